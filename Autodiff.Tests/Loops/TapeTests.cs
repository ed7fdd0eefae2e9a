using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>Tapes grow while loops write them, and hold what arrays of a static length hold.</summary>
public class TapeTests
{
    // Keeps a scalar, a vector and a condition of every step.
    static (NDArray, NDArray) Step((NDArray A, NDArray V) s) =>
        (Where(s.A > 0.5, Sin(3 * s.A), s.A + 0.3) + 0.01 * Sum(s.V), Tanh(s.V * s.A) + 0.5 * s.V);

    static Func<NDArray, NDArray> Counted(Func<NDArray, int, (NDArray, NDArray)> run, int steps) =>
        x => run(x, steps) is var (a, v) ? a + Sum(v * v) : x;

    static (NDArray, NDArray) Start(NDArray x) => (Sum(x), x);

    static (NDArray, NDArray) While(NDArray x, int steps)
    {
        var end = WhileLoop(s => s.I < steps, s => (s.I + 1, Step(s.State)), init: (I: (NDArray)0, State: Start(x)));
        return end.State;
    }

    static (NDArray, NDArray) For(NDArray x, int steps) => ForiLoop(0, steps, (_, s) => Step(s), init: Start(x));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(1000)]
    public void A_while_loop_has_the_derivatives_of_a_loop_of_as_many_steps(int steps)
    {
        var x = new RandomKey(3).Normal([5]);
        var (dynamic, fixedLength) = (Counted(While, steps), Counted(For, steps));
        Func<NDArray, NDArray> Second(Func<NDArray, NDArray> f) => Grad(v => Sum(Sin(Grad(f)(v))));
        foreach (var device in new Device[] { CpuDevice.Instance, InterpreterDevice.Instance })
        {
            using var scope = device.Use();
            Assert.True((bool)AllClose(Grad(fixedLength)(x), Grad(dynamic)(x), 1e-12, 1e-12));
            Assert.True((bool)AllClose(Jit(Grad(fixedLength))(x), Jit(Grad(dynamic))(x), 1e-12, 1e-12));
            Assert.True((bool)AllClose(Jit(Second(fixedLength))(x), Jit(Second(dynamic))(x), 1e-9, 1e-9));
        }
    }

    [Fact]
    public void A_tape_is_used_again_by_shorter_and_longer_loops()
    {
        var gradient = Jit(Grad((NDArray x) => WhileLoop(y => y < 100, y => y + 0.01 * y * y, x)));
        double Expected(double x)
        {
            var d = 1.0;
            for (; x < 100; x += 0.01 * x * x)
                d *= 1 + 0.02 * x;
            return d;
        }
        foreach (var x in (double[])[50, 0.1, 101, 20, 0.01, 99])
            Assert.Equal(1, (double)gradient(x) / Expected(x), 1e-9);
    }

    [Fact]
    public void Rows_may_be_empty()
    {
        var gradient = Jit(Grad((NDArray v) => WhileLoop(s => s.I < 50, s => (s.I + 1, s.V * s.V), init: (I: (NDArray)0, V: v)).V.Sum()));
        Assert.Equal([0, 3], gradient(Zeros(0, 3)).Shape.Dims);
    }

    /// <summary>A loop that runs as often as one that carried a tape may run more often than the tape has rows.</summary>
    [Fact]
    public void Rows_beyond_those_of_a_tape_that_was_carried_are_zero()
    {
        Aval number = new(DType.Float64, Shape.Scalar),
            count = new(DType.Int64, Shape.Scalar);
        Value Number() => new(number);
        Value Count() => new(count);
        Value Rows() => new(number.Stack(null));
        ConstantStep Constant(double value, Value output) => new((ConcreteArray)Asarray(value).AsType(output.Type.DType), output);

        var (x, few, many, zero) = (Number(), Count(), Count(), Number());
        var (kept, rows, carried, manyRun, sum) = (Number(), Rows(), Rows(), Count(), Number());
        var write = new LoopStep([x], [], new([Count(), kept], [], [kept, kept]), [Number(), Count(), rows]) { Count = few };
        var tape = Rows();
        var carry = new LoopStep([rows], [], new([Count(), tape], [], [tape]), [carried, manyRun]) { Count = many };
        var (before, row, after) = (Number(), Number(), Number());
        var add = new Kernel(Shape.Scalar, 0, new KernelOutput(number, Kernel.ElementAt(0, number) + Kernel.ElementAt(1, number)));
        var read = new LoopStep(
            [zero],
            [carried],
            new([Count(), before, row], [new KernelStep(add, [before, row], [after])], [after]),
            [sum, Count()]
        )
        {
            Count = manyRun,
        };
        var program = new Program(new([x], [Constant(3, few), Constant(10_000, many), Constant(0, zero), write, carry, read], [sum]));
        ProgramChecker.Check(program, "the test");
        // As it stands: the optimizer would read the tape that was carried through.
        Assert.Equal(6.0, (double)KernelCompiler.Compile(program, KernelCompiler.WidestVector).Run([Asarray(2.0)])[0]);
    }
}
