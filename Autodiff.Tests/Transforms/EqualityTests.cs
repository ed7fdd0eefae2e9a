using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>The operators == and != are elementwise; Equals is identity.</summary>
public class EqualityTests
{
    static readonly NDArray X = new[] { 1.0, 2, 3 };

    [Fact]
    public void Operators_compare_elements_in_every_trace()
    {
        NDArray y = new[] { 1.0, 0, 3 };
        Assert.Equal("[ True False  True]", (X == y).ToString());
        Assert.Equal("[False  True False]", (X != y).ToString());
        Assert.Equal(2, (long)Sum(Jit((NDArray a, NDArray b) => a == b)(X, y)));
        Assert.Equal("[1. 9. 3.]", Where(X == 2, 9, X).ToString());
        Assert.Equal("[ True False  True]", Vmap((NDArray a, NDArray b) => a == b)(X, y).ToString());
    }

    [Fact]
    public void Equals_is_identity()
    {
        NDArray copy = new[] { 1.0, 2, 3 };
        Assert.False(X.Equals(copy));
        Assert.True(X.Equals(X));
        Assert.True(ArrayEqual(X, copy));
    }

    [Fact]
    public void Numbers_take_formats()
    {
        NDArray x = 3.14159;
        Assert.Equal("3.14", $"{x:F2}");
        Assert.Equal("007", $"{Asarray(7):D3}");
        Assert.Equal("[1.00 2.00 3.00]", $"{X:F2}");
        NDArray matrix =
        [
            [-1.5, 22.26],
            [100.0, 0.04],
        ];
        Assert.Equal("[[ -1.5  22.3]\n [100.0   0.0]]", $"{matrix:F1}");
        Assert.Equal("[001 020]", $"{(NDArray)new[] { 1, 20 }:D3}");
        Assert.Equal("[1.1E+000      NaN]", $"{(NDArray)new[] { 1.1f, float.NaN }:E1}");
        Assert.Equal("0.1", $"{(NDArray)0.1f:R}");
        Assert.Equal("[   0    1    2 ... 1997 1998 1999]", $"{Arange(2000):D1}");
        Assert.Equal("[ True False]", $"{(NDArray)new[] { true, false }:F2}");
    }
}
