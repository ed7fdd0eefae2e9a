using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>A matrix that is transposed for a product is read where it lies.</summary>
public sealed class TransposedOperandTests
{
    static readonly RandomKey Key = new(11);

    static string Kernels(Func<NDArray, NDArray, NDArray> f, int[] a, int[] b) =>
        Jit(f).Lower(new AbstractArray([.. a], DType.Float64), new AbstractArray([.. b], DType.Float64)).Kernels;

    [Fact]
    public void Nothing_is_copied()
    {
        var text = Kernels((x, y) => MatMul(x, MatrixTranspose(y)), [20, 30], [40, 30]);
        Assert.Contains("matmul[right transposed]", text);
        Assert.DoesNotContain("for ", text);
        text = Kernels((x, y) => MatMul(MatrixTranspose(x), MatrixTranspose(y)), [7, 30, 20], [7, 40, 30]);
        Assert.Contains("matmul[both transposed]", text);
        Assert.DoesNotContain("for ", text);
        // Twice transposed is as it was.
        text = Kernels((x, y) => MatMul(MatrixTranspose(MatrixTranspose(x)), y), [20, 30], [30, 40]);
        Assert.Contains("matmul(", text);
    }

    [Fact]
    public void Other_orders_of_axes_are_copied() =>
        Assert.Contains("for ", Kernels((x, y) => MatMul(Transpose(x, [2, 1, 0]), y), [30, 20, 7], [7, 30, 40]));

    [Fact]
    public void What_is_transposed_before_a_loop_stays_so()
    {
        var text = Kernels((x, y) => ForiLoop(0, 10, (_, c) => Tanh(MatMul(c, MatrixTranspose(x))), y), [50, 50], [20, 50]);
        Assert.Contains("for i<50, j<50: %0[j,i]", text);
        Assert.Contains("matmul(", text);
    }

    public static TheoryData<int, int, int, DType> Sizes =>
        [
            .. from m in new[] { 1, 3, 50 }
            from n in new[] { 1, 5, 70 }
            from k in new[] { 1, 4, 91, 600 }
            from type in new[] { DType.Float64, DType.Float32, DType.Int32 }
            select (m, n, k, type),
        ];

    [Theory, MemberData(nameof(Sizes))]
    public void Products_are_those_of_copies(int m, int n, int k, DType type)
    {
        var (a, b) = ((9 * Key.Normal([2, k, m])).AsType(type), (9 * Key.FoldIn(1).Normal([2, n, k])).AsType(type));
        var (at, bt) = (MatrixTranspose(a), MatrixTranspose(b));
        Agree(MatMul(at, bt), Jit((x, y) => MatMul(MatrixTranspose(x), MatrixTranspose(y)))(a, b));
        Agree(MatMul(at[0], bt[1]), Jit((x, y) => MatMul(MatrixTranspose(x[0]), y[1].T))(a, b));
        Agree(MatMul(at, bt), Jit((x, y) => MatMul(x, MatrixTranspose(y)))(at, b));
    }

    static void Agree(NDArray expected, NDArray got)
    {
        var (relative, absolute) = expected.DType == DType.Float32 ? (1e-5, 1e-2) : (1e-12, 1e-10);
        Assert.True((bool)AllClose(expected, got, relative, absolute), $"{expected} is not {got}");
    }
}
