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
    public void Scalars_take_formats()
    {
        NDArray x = 3.14159;
        Assert.Equal("3.14", $"{x:F2}");
        Assert.Equal("007", $"{Asarray(7):D3}");
        Assert.Equal("[1. 2. 3.]", $"{X:F2}");
    }
}
