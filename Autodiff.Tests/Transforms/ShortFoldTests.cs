using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>Sums and other folds of few terms are written out where vectors run along their results.</summary>
public sealed class ShortFoldTests
{
    static readonly RandomKey Key = new(11);

    static readonly Dictionary<string, Func<NDArray, NDArray>> Folds = new()
    {
        ["sum"] = x => Sum(x, axis: [0]),
        ["product"] = x => Prod(x, axis: [0]),
        ["max"] = x => Max(x, axis: [0]),
        ["min"] = x => Min(x, axis: [0]),
        ["squares"] = x => Sum(x * x, axis: [0]),
        ["two axes"] = x => Sum(Reshape(x, 1, x.Shape[0], x.Shape[1]), axis: [0, 1]),
        ["all"] = x => All(x > -2, axis: [0]),
    };

    public static TheoryData<string, int, DType> Cases =>
        new(
            from fold in Folds.Keys
            from terms in Enumerable.Range(1, 10)
            from type in new[] { DType.Float64, DType.Float32, DType.Int32 }
            select (fold, terms, type)
        );

    [Theory, MemberData(nameof(Cases))]
    public void Compiled_code_gives_what_eager_code_gives(string fold, int terms, DType type)
    {
        var x = (3 * Key.FoldIn(terms).Normal([terms, 21])).AsType(type);
        var (expected, got) = (Folds[fold](x), Jit(x => Folds[fold](x))(x));
        Assert.Equal(expected.DType, got.DType);
        Assert.True((bool)AllClose(expected, got, 1e-5, 1e-5), $"{expected} is not {got}");
    }

    [Fact]
    public void A_step_of_a_small_recurrence_is_one_kernel()
    {
        NDArray Program(NDArray a, NDArray b, NDArray c) => ForiLoop(0, 100, (_, c) => Tanh(Dot(a, c) + b), c);
        string Body(int n) =>
            Jit<Func<NDArray, NDArray, NDArray, NDArray>>(Program).Lower(Zeros(n, n), Zeros(n), Zeros(n)).Kernels.Split("loop 100")[1];
        Assert.DoesNotContain("reduce", Body(8));
        Assert.Equal(2, Body(8).Split(" = for ").Length);
        Assert.Contains("reduce", Body(9));
    }

    [Fact]
    public void Sums_along_rows_and_of_terms_that_cost_much_stay_folds()
    {
        string Kernels(Func<NDArray, NDArray> f) => Jit(f).Lower(Zeros(8, 100)).Kernels;
        Assert.DoesNotContain("reduce", Kernels(x => Sum(x, axis: [0])));
        Assert.Contains("reduce", Kernels(x => Sum(Reshape(x, 100, 8), axis: [1])));
        Assert.Contains("reduce", Kernels(x => Sum(Exp(x), axis: [0])));
    }

    /// <summary>A sum that reads many arrays is stored in the order of them, though it is read in another.</summary>
    [Fact]
    public void A_sum_that_is_read_across_is_not_computed_across() =>
        Assert.Equal(3, Jit(x => Tanh(Sum(x, axis: [0]).T)).Lower(Zeros(8, 30, 40)).Kernels.Split(" = for ").Length);

    [Fact]
    public void The_sum_of_negative_zeros_is_zero()
    {
        var x = -Zeros(4, 9);
        Assert.Equal("[0. 0. 0. 0. 0. 0. 0. 0. 0.]", Jit(x => Sum(x, axis: [0]))(x).ToString());
        Assert.Equal("[-0. -0. -0. -0. -0. -0. -0. -0. -0.]", x[0].ToString());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(8)]
    public void Gradients_and_batches_agree(int n)
    {
        var (a, b, c) = (Key.Normal([n, n]) / n, Key.FoldIn(1).Normal([n]), Key.FoldIn(2).Normal([6, n]));
        NDArray Program(NDArray a, NDArray c) => Sum(ForiLoop(0, 20, (_, c) => Tanh(Dot(a, c) + b), c));
        var gradient = Grad<NDArray, NDArray>(Program);
        Assert.True((bool)AllClose(gradient(a, c[0]), Jit(gradient)(a, c[0]), 1e-10, 1e-12));
        var batch = Vmap(gradient, inAxes: [null, 0]);
        Assert.True((bool)AllClose(batch(a, c), Jit(batch)(a, c), 1e-10, 1e-12));
    }
}
