using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>Large work is shared between threads, and gives the same bits however many there are.</summary>
public sealed class ParallelTests
{
    static readonly RandomKey Key = new(7);

    static NDArray Softmax(NDArray x)
    {
        var e = Exp(x - Max(x, [-1], keepDims: true));
        return e / Sum(e, [-1], keepDims: true);
    }

    static NDArray Simulate(NDArray x) => ForiLoop(0, 200, (i, v) => v + 0.01 * Sin(v), x);

    // How often the loop runs depends on the element.
    static NDArray Decay(NDArray x) => WhileLoop(v => v > 0.3, v => v - 0.01 * (1.5 + Sin(v)) * v, init: 1 + Abs(x));

    static NDArray Decays(NDArray x) => WhileLoop(v => Sum(v) > 2, v => v * 0.9 + 0.01 * Decay(v[0]), init: 1 + Abs(x));

    public static TheoryData<string, Func<NDArray, NDArray>, int[]> Programs =>
        new()
        {
            { "map of a line with a tail", x => x * x + Exp(-x), [200_003] },
            { "map of two columns", x => Tanh(x) * 2, [150_001, 2] },
            { "map with a broadcast row", x => Sqrt(Abs(x)) + x[0], [3_001, 67] },
            { "sum of a line with a tail", x => Sum(Sin(x)), [1_000_003] },
            { "several folds of one pass", x => Sum(x * x) + Max(x) - Min(x), [900_001] },
            { "sums of columns", x => Sum(Exp(x), 0), [120_007, 5] },
            { "sums of rows", x => Sum(Exp(x), 1), [1_001, 503] },
            { "cumulative sums down columns, with a tail", x => CumSum(x, 0), [40, 20_011] },
            { "cumulative sums along rows", x => CumSum(x, 1), [301, 2_003] },
            { "a result stored around the caches", x => x * x + 1, [8_500_003] },
            { "argmax of rows", x => ArgMax(x * x, 1), [2_003, 301] },
            { "transpose", x => x.T + 1, [1_024, 1_024] },
            { "softmax by rows", Softmax, [601, 513] },
            { "gradient through softmax", Grad(x => Sum(Square(Softmax(x)))), [300, 700] },
            { "sums of columns of softmax", x => Sum(Softmax(x) * x, 0), [607, 1_031] },
            { "folds of rows, with a tail", x => Sum(Softmax(x)) + Max(Softmax(x) - x), [607, 1_031] },
            { "gradient through gain and bias", Grad(x => Sum(Square(Standardize(x) * x[0] + x[1]))), [607, 1_031] },
            { "a loop for each element", x => Map(Simulate, x), [3_000] },
            { "a loop over rows that multiplies", x => Map(row => MatMul(row, row), x), [64, 40, 40] },
            { "a gradient through a while loop for each element", x => Map(Grad(Decay), x), [3_000] },
            { "the same, of vectors and with loops in loops", x => Map(Grad(v => Sum(Decays(v))), x), [900, 5] },
            { "gradient of a large sum", Grad(x => Sum(Log(1 + Exp(x)))), [500_009] },
        };

    [Theory, MemberData(nameof(Programs))]
    public void ThreadsChangeNoBit(string name, Func<NDArray, NDArray> program, int[] shape)
    {
        var x = Key.Normal(Shape.Create(shape));
        var before = ParallelLoop.MaxThreads;
        try
        {
            var jitted = Jit(program);
            ParallelLoop.MaxThreads = 1;
            var alone = jitted(x);
            using (InterpreterDevice.Instance.Use())
                Assert.True((bool)AllClose(program(x), alone, 1e-9, 1e-9), $"{name}: compiled code and the interpreter differ.");
            ParallelLoop.MaxThreads = 3;
            for (var repeat = 0; repeat < 3; repeat++)
                Assert.True(Bits(alone).SequenceEqual(Bits(jitted(x))), $"{name}: the results of one and of three threads differ.");
        }
        finally
        {
            ParallelLoop.MaxThreads = before;
        }
    }

    [Theory, MemberData(nameof(Programs))]
    public void LargeWorkIsARegion(string name, Func<NDArray, NDArray> program, int[] shape)
    {
        var x = new AbstractArray(new(DType.Float64, Shape.Create(shape)));
        Assert.True(RegionsOf(program, x) > 0, $"{name} has no region for threads.");
    }

    static int RegionsOf(Func<NDArray, NDArray> program, NDArray x)
    {
        var jaxpr = MakeJaxpr(program, x);
        var lowered = ProgramBuilder.Build(jaxpr.InputTypes, (b, inputs) => b.Typed(jaxpr.Emit(b, inputs), jaxpr.OutputTypes));
        var body = KernelCompiler.Fit(Optimizer.Optimize(lowered)).Body;
        var emitter = new BlockEmitter(body, [], new ConstantPool(), KernelCompiler.WidestVector);
        emitter.EmitProgram(_ => true);
        return emitter.Regions.Length;
    }

    [Fact]
    public void EveryThreadHasScratchMemoryOfItsOwn()
    {
        var lowered = Jit(x => Map(row => Sum(CumSum(Sin(row)) * CumSum(row)), x)).Lower(Zeros(300, 10_000));
        var before = ParallelLoop.MaxThreads;
        try
        {
            long ScratchWith(int threads)
            {
                ParallelLoop.MaxThreads = threads;
                return lowered.Memory.ScratchBytes;
            }
            var (one, two, four) = (ScratchWith(1), ScratchWith(2), ScratchWith(4));
            Assert.InRange(two - one, 10_000 * sizeof(double), 3 * 10_000 * sizeof(double));
            Assert.Equal(3 * (two - one), four - one);
        }
        finally
        {
            ParallelLoop.MaxThreads = before;
        }
    }

    [Fact]
    public void SmallWorkStaysOnTheCaller() => Assert.Equal(0, RegionsOf(x => Sum(Exp(x)), Key.Normal([1000])));

    [Fact]
    public async Task OneDelegateServesManyThreads()
    {
        var jitted = Jit(Grad(x => Sum(Softmax(x) * x)));
        NDArray[] inputs = [.. Enumerable.Range(0, 8).Select(i => Key.FoldIn(i).Normal([64, 130]))];
        NDArray[] expected = [.. inputs.Select(x => jitted(x))];
        var results = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(t =>
                    Task.Run(() =>
                        Enumerable.Range(0, 50).All(i => Bits(jitted(inputs[(t + i) % 8])).SequenceEqual(Bits(expected[(t + i) % 8])))
                    )
                )
        );
        Assert.All(results, Assert.True);
    }

    static byte[] Bits(NDArray x)
    {
        var array = (ConcreteArray)x;
        var bytes = new byte[array.Aval.ByteSize];
        array.Buffer.CopyTo(bytes);
        return bytes;
    }
}
