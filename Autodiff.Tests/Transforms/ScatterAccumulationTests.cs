using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>A small array padded with zeros is added where it lies, unless that touches most cache lines of the sum anyway.</summary>
public sealed class ScatterAccumulationTests
{
    static NDArray RowsSquared(NDArray x) => Square(x).Sum() + Exp(x[..2]).Sum();

    static NDArray ColumnSquared(NDArray x) => Square(x).Sum() + Exp(x[.., 3]).Sum();

    [Theory]
    [InlineData("rows", 400, 64, true)]
    [InlineData("column", 400, 8, true)]
    [InlineData("column", 4000, 16, false)]
    [InlineData("column", 4000, 128, true)]
    public void A_part_is_added_in_place_where_that_spares_traffic(string part, int rows, int columns, bool inPlace)
    {
        var gradient = Grad(part == "rows" ? RowsSquared : ColumnSquared);
        var x = new RandomKey(2).Normal([rows, columns]);
        Assert.Equal(inPlace, Jit(gradient).Lower(x).Kernels.Contains("scatter add"));
        Assert.True((bool)AllClose(gradient(x), Jit(gradient)(x), 1e-12, 1e-12));
    }
}
