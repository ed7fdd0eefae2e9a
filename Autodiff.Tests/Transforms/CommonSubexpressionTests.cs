using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>What a function computes twice, its compiled form computes once.</summary>
public sealed class CommonSubexpressionTests
{
    static readonly AbstractArray Matrix = new([50, 50], DType.Float64);

    static int Count(string text, Func<NDArray, NDArray, NDArray> f) => Jit(f).Lower(Matrix, Matrix).Kernels.Split(text).Length - 1;

    [Fact]
    public void Equal_routines_run_once()
    {
        Assert.Equal(1, Count("routine matmul", (x, y) => Sin(MatMul(x, y)) + Cos(MatMul(x, y))));
        Assert.Equal(1, Count("routine sort", (x, y) => Sort(x) * ForiLoop(0, 10, (_, c) => c + Sort(x), y)));
        Assert.Equal(1, Count("routine cholesky", (x, y) => Cholesky(x) - y * Cholesky(x)));
    }

    [Fact]
    public void Routines_that_differ_in_an_option_do_not()
    {
        Assert.Equal(2, Count("routine matmul", (x, y) => MatMul(x, y) * MatMul(x, MatrixTranspose(y))));
        Assert.Equal(2, Count("routine sort", (x, _) => Sort(x) * Sort(x, descending: true)));
        Assert.Equal(2, Count("routine sort", (x, y) => Sort(x) * Sort(y)));
    }

    [Fact]
    public void Equal_kernels_run_once() => Assert.Equal(1, Count("cumulate add", (x, y) => Sin(CumSum(x * y)) * Exp(CumSum(x * y))));
}
