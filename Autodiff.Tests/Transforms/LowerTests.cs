using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

[PyTree]
public sealed partial record Incline(NDArray Slope, NDArray Offset);

/// <summary>The stages of a jitted function, and the function compiled ahead of its first call.</summary>
public class LowerTests
{
    static readonly NDArray X = new[] { 1.0, 2, 3 };

    static void Prints(string expected, string actual) => Assert.Equal(expected, actual, ignoreLineEndingDifferences: true);

    [Fact]
    public void A_fused_map()
    {
        var lowered = Jit(x => Sin(x) * x).Lower([1.0, 2.0]);
        Prints(
            """
            { lambda a:f64[2] . let
                b:f64[2] = sin a
                c:f64[2] = mul b a
              in (c) }
            """,
            lowered.Jaxpr.ToString()
        );
        Prints(
            """
            program(%0:f64[2]) {
              %1:f64[2] = for i<2: sin(%0[i]) * %0[i]
              yield %1
            }
            """,
            lowered.Kernels
        );
        Assert.Equal(lowered.Kernels, lowered.ToString());
    }

    [Fact]
    public void A_loop() =>
        Prints(
            """
            program(%0:f64[4]) {
              %1:f64[4], %2:i64[] = loop carry(%0) while (%3:f64[4]) {
                %4:f64[] = reduce add over i<4: %3[i]
                %5:bool[] = %4 < 100
                yield %5
              } do (%6:i64[], %7:f64[4]) {
                %8:f64[4] = for i<4: %7[i] * 2
                yield %8
              }
              yield %1
            }
            """,
            Jit(x => WhileLoop(c => c.Sum() < 100, c => c * 2, x)).Lower(Ones(4)).Kernels
        );

    [Fact]
    public void A_product_with_a_captured_matrix()
    {
        NDArray a = Ones(2, 3);
        var lowered = Jit(x => MatMul(a, x)).Lower(Ones(3, 5));
        Assert.Equal([3, 5], Assert.Single(lowered.Jaxpr.InputTypes).Shape);
        Assert.Contains("program(%0:f64[2,3], %1:f64[3,5])", lowered.Kernels, StringComparison.Ordinal);
        Assert.Equal(3 * 5 * 8, lowered.Memory.ArgumentBytes);
        Assert.Equal(2 * 3 * 8, lowered.Memory.ConstantBytes);
    }

    [Fact]
    public void Values_do_not_matter_and_may_be_absent()
    {
        var lowered = Jit((x, y) => MatMul(x, y))
            .Lower(new AbstractArray([1000, 2000], DType.Float32), new AbstractArray([2000, 10], DType.Float32));
        Assert.Equal(2.0 * 1000 * 2000 * 10, lowered.Cost.Flops);
        Assert.Equal([1000, 10], lowered.Jaxpr.OutputTypes[0].Shape);
    }

    [Fact]
    public void Trees_and_any_number_of_arguments()
    {
        var line = new Incline(2.0, 1.0);
        var apply = Jit((Incline l, NDArray x) => l.Slope * x + l.Offset).Lower(line, X).Compile();
        Agreement.Holds([3, 5, 7], apply(line, X));
        var pair = Jit((NDArray x) => (x, new Incline(x, x + 1))).Lower(3).Compile()(3);
        Agreement.Holds([4], pair.Item2.Offset);
        Agreement.Holds([2], Jit(() => (NDArray)1.0 + 1).Lower().Compile()());
        Agreement.Holds([6], Jit((NDArray a, NDArray b, NDArray c) => a + b + c).Lower(1, 2, 3).Compile()(1, 2, 3));
        var eight = Jit(
            (NDArray a, NDArray b, NDArray c, NDArray d, NDArray e, NDArray f, NDArray g, NDArray h) => a + b + c + d + e + f + g - h
        );
        Agreement.Holds([20], eight.Lower(1, 2, 3, 4, 5, 6, 7, 8).Compile()(1, 2, 3, 4, 5, 6, 7, 8));
    }

    delegate NDArray Area(NDArray width, NDArray height);

    [Fact]
    public void A_delegate_type_of_ones_own_lowers_as_a_Func()
    {
        var area = new Func<NDArray, NDArray, NDArray>(Jit<Area>((width, height) => width * height));
        Agreement.Holds([6], area.Lower(2.0, 3.0).Compile()(2.0, 3.0));
    }

    [Fact]
    public void The_compiled_function_is_not_traced_again_and_leaves_no_signature()
    {
        var f = Jit(x => x * 2);
        var compiled = f.Lower(Zeros(3)).Compile();
        Agreement.Holds([2, 4, 6], compiled(X));
        Assert.Equal(new JitStatistics(1, 0), StatisticsOf(f));
        f(X);
        f.Lower(X);
        Assert.Equal(new JitStatistics(2, 1), StatisticsOf(f));
    }

    [Fact]
    public void Weakness_does_not_matter_to_the_compiled_function()
    {
        var compiled = Jit(x => x * 2).Lower(Ones()).Compile();
        Agreement.Holds([6], compiled(3.0));
        Assert.False(compiled(3.0).Aval.Weak);
    }

    [Fact]
    public void Transforms_apply_to_the_compiled_function()
    {
        var compiled = Jit(x => x * x * x).Lower(1.0).Compile();
        Agreement.Holds([12], Grad(compiled)(2.0));
        Agreement.Holds([1, 8, 27], Vmap(compiled)(X));
    }

    [Fact]
    public void It_runs_on_the_device_it_was_lowered_for()
    {
        LoweredFunction<Func<NDArray, NDArray>> lowered;
        using (InterpreterDevice.Instance.Use())
            lowered = Jit(x => Sin(x) * x).Lower(X);
        // The interpreter runs the program as it is lowered.
        Assert.Contains("%2:f64[3] = for i<3: %1[i] * %0[i]", lowered.Kernels, StringComparison.Ordinal);
        Assert.InRange(lowered.Memory.ScratchBytes, 48, long.MaxValue);
        Agreement.Holds(Sin(X) * X, lowered.Compile()(X));
    }

    [Fact]
    public void Other_arguments_are_refused_by_name()
    {
        var compiled = Jit((Incline l, NDArray x) => l.Slope * x + l.Offset).Lower(new Incline(Ones(3), 1.0), X).Compile();
        Message.Says<ShapeException>(() => compiled(new Incline(Ones(3), 1.0), Ones(4)), "Argument x", "f64[4]", "f64[3]", "Lower it");
        Message.Says<ShapeException>(() => compiled(new Incline(1.0, 1.0), X), "Argument l.Slope", "f64[]", "f64[3]");
        Message.Says<DTypeException>(() => compiled(new Incline(Ones(3), 1), X), "Argument l.Offset", "i64[]", "f64[]");
        var list = Jit((List<NDArray> xs) => xs[0]).Lower([1.0, 2.0]).Compile();
        Message.Says<TreeMismatchException>(() => list([1.0]), "List<NDArray>", "call the jitted function");
        // An error leaves the thread fit for the next call.
        Agreement.Holds([2, 3, 4], compiled(new Incline(Ones(3), 1.0), X));
    }

    [Fact]
    public void A_delegate_that_is_not_jitted_is_refused()
    {
        Func<NDArray, NDArray> plain = x => x;
        Message.Says<InvalidArgumentException>(() => plain.Lower(1.0), "Lower", "Jit", "Func<NDArray, NDArray>");
        Message.Says<InvalidArgumentException>(() => Grad(Jit(x => x * x)).Lower(1.0), "Lower", "Jit");
        Message.Says<InvalidArgumentException>(() => Jit(x => x).Lower(1.0).Compile().Lower(1.0), "Lower", "Jit");
        Message.Says<InvalidArgumentException>(() => StatisticsOf(plain), "StatisticsOf", "Jit");
    }

    [Fact]
    public void Errors_of_the_function_come_as_it_is_lowered() =>
        Assert.Throws<ShapeException>(() => Jit((a, b) => MatMul(a, b)).Lower(Ones(2, 3), Ones(2, 3)));
}
