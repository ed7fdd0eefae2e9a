using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

[PyTree]
public sealed partial record Scaled(NDArray X, [property: Static] int Power);

/// <summary>When Jit traces, what it captures, and that it may be called from many threads.</summary>
public class JitTests
{
    static readonly NDArray X = new[] { 1.0, 2, 3 };

    [Fact]
    public void It_traces_once_a_signature()
    {
        var f = Jit((NDArray x) => x * 2);
        f(X);
        f(X + 1);
        Assert.Equal(new JitStatistics(1, 1), StatisticsOf(f));
        f(Ones(4));
        Assert.Equal(2, StatisticsOf(f).Traces);
        f(AsType(X, DType.Float32));
        Assert.Equal(3, StatisticsOf(f).Traces);
        f(1.0);
        Assert.Equal(4, StatisticsOf(f).Traces);
        f(Ones());
        Assert.Equal(new JitStatistics(5, 5), StatisticsOf(f));
        f(3.0);
        f(X);
        Assert.Equal(5, StatisticsOf(f).Traces);
    }

    [Fact]
    public void Weak_types_stay_weak()
    {
        var f = Jit((NDArray x) => x * 2.5);
        Assert.Equal(DType.Float32, (f(2.0) * new[] { 1f }).DType);
        Assert.Equal(DType.Float64, (f(Ones()) * new[] { 1f }).DType);
    }

    [Fact]
    public void A_tree_of_another_structure_is_another_signature()
    {
        var f = Jit((List<NDArray> xs) => xs.Aggregate(Add));
        Agreement.Holds([3], f([1.0, 2.0]));
        Agreement.Holds([7], f([3.0, 4.0]));
        Assert.Equal(1, StatisticsOf(f).Traces);
        Agreement.Holds([6], f([1.0, 2.0, 3.0]));
        Assert.Equal(2, StatisticsOf(f).Traces);
    }

    [Fact]
    public void A_static_member_is_part_of_the_signature()
    {
        var f = Jit((Scaled s) => Power(s.X, s.Power));
        Agreement.Holds([9], f(new(3.0, 2)));
        Agreement.Holds([16], f(new(4.0, 2)));
        Agreement.Holds([27], f(new(3.0, 3)));
        Assert.Equal(2, StatisticsOf(f).Traces);
    }

    [Fact]
    public void Side_effects_happen_when_it_is_traced()
    {
        var runs = 0;
        var f = Jit(
            (NDArray x) =>
            {
                runs++;
                return x;
            }
        );
        for (var i = 0; i < 3; i++)
            f(X);
        Assert.Equal(1, runs);
    }

    [Fact]
    public void Captured_arrays_belong_to_the_program()
    {
        var captured = X;
        var f = Jit((NDArray x) => x * captured);
        Agreement.Holds(2 * X, f(2.0));
        Agreement.Holds(X, Grad(x => Sum(f(x)))(X) * 1.0);
        Assert.Equal(2, StatisticsOf(f).Traces);
    }

    [Fact]
    public void A_captured_traced_value_is_differentiated_and_batched()
    {
        Agreement.Holds([12], Grad(x => Jit((NDArray y) => y * x * x)(2.0))(3.0));
        Agreement.Holds(2 * X, Vmap(x => Jit((NDArray y) => y * x)(2.0))(X));
        Agreement.Holds([2], Grad(Grad(x => Jit((NDArray y) => y * x * x)(1.0)))(3.0));
    }

    [Fact]
    public void Jit_nests()
    {
        var inner = Jit((NDArray x) => Sin(x) * x);
        var outer = Jit((NDArray x) => inner(x) + inner(2 * x));
        Agreement.Holds(Sin(X) * X + Sin(2 * X) * 2 * X, outer(X));
        Assert.Equal(1, StatisticsOf(inner).Traces);
        Agreement.Holds(Grad(x => Sum(Sin(x) * x))(X), Jit(Grad(x => Sum(Jit(inner)(x))))(X));
    }

    [Fact]
    public void Functions_of_no_and_of_eight_arguments()
    {
        Agreement.Holds([2], Jit(() => (NDArray)1.0 + 1)());
        var sum = Jit(
            (NDArray a, NDArray b, NDArray c, NDArray d, NDArray e, NDArray f, NDArray g, NDArray h) => a + b + c + d + e + f + g - h
        );
        Agreement.Holds([20], sum(1, 2, 3, 4, 5, 6, 7, 8));
    }

    [Fact]
    public void A_delegate_type_of_ones_own() => Agreement.Holds([6], Jit<Area>((width, height) => width * height)(2.0, 3.0));

    delegate NDArray Area(NDArray width, NDArray height);

    [Fact]
    public void The_results_may_be_arguments_and_constants()
    {
        var (a, b, c) = Jit((NDArray x) => (x, (NDArray)5, x * 0))(X);
        Agreement.Holds(X, a);
        Agreement.Holds([5], b);
        Agreement.Holds([0, 0, 0], c);
    }

    [Fact]
    public void Many_threads_may_call_at_once()
    {
        var f = Jit(Grad((NDArray x) => Sum(WhileLoop(y => Sum(y) < 100, y => y * 1.5 + Sin(y), x))));
        var expected = Enumerable
            .Range(1, 6)
            .Select(n => Grad(x => Sum(Flow.Plain.While(y => Sum(y) < 100, y => y * 1.5 + Sin(y), x)))(Ones(n)))
            .ToArray();
        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => Agreement.Holds(expected[i % 6], f(Ones(i % 6 + 1))));
        Assert.Equal(6, StatisticsOf(f).Signatures);
    }

    [Fact]
    public void MakeJaxpr_and_EvalShape_compute_nothing()
    {
        var example = new AbstractArray([1000, 1000], DType.Float32);
        var (product, total) = EvalShape((NDArray x) => (MatMul(x, x), Sum(AsType(x, DType.Float64))), example);
        Assert.Equal(new Aval(DType.Float32, [1000, 1000]), product.Aval);
        Assert.Equal(new Aval(DType.Float64, Shape.Scalar), total.Aval);
        Assert.Equal(example.Aval, MakeJaxpr(x => MatMul(x, x), example).OutputTypes[0]);
    }
}
