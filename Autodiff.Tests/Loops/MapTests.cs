using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>Map and AssociativeScan.</summary>
public class MapTests
{
    static readonly NDArray Rows = 0.3 * Arange(14).Reshape(7, 2) - 1;

    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(100)]
    public void Map_is_Vmap_whatever_the_batch_size(int? batchSize)
    {
        static NDArray F(NDArray row) => Sin(row) * Sum(row * row);
        NDArray Loss(NDArray rows) => Sum(Square(Map(F, rows, batchSize)));
        Agreement.Holds(Vmap(F)(Rows), Map(F, Rows, batchSize));
        Agreement.Holds(Grad(rows => Sum(Square(Vmap(F)(rows))))(Rows), Grad(Loss)(Rows));
        Agreement.Holds(Grad(Loss)(Rows), Jit(Grad(Loss))(Rows));
    }

    [Fact]
    public void Map_takes_and_gives_trees()
    {
        var (a, b) = Map(((NDArray, NDArray) p) => (p.Item1 + p.Item2, Sum(p.Item2)), (Rows, 2 * Rows), 4);
        Agreement.Holds(3 * Rows, a);
        Agreement.Holds(2 * Sum(Rows, 1), b);
    }

    [Fact]
    public void Map_of_no_rows_has_no_rows() => Assert.Equal([0, 3], Map(x => x * Ones(3), Zeros(0)).Shape);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(8)]
    public void AssociativeScan_gives_all_prefixes(int length)
    {
        var x = Sin(Arange(length) + 1.0);
        Agreement.Holds(CumSum(x), AssociativeScan(Add, x));
        Agreement.Holds(CumProd(x), AssociativeScan(Multiply, x));
        Agreement.Holds(Flip(CumSum(Flip(x))), AssociativeScan(Add, x, reverse: true));
        var w = Cos(Arange(length) * 1.0);
        Agreement.Holds(Grad(v => Dot(w, CumProd(v)))(x), Grad(v => Dot(w, AssociativeScan(Multiply, v)))(x));
    }

    [Fact]
    public void AssociativeScan_of_a_tree_along_another_axis()
    {
        // Linear recurrences y = a·y + b compose: (a, b) then (c, d) is (ac, cb + d).
        NDArray a = Sin(Rows),
            b = Cos(Rows);
        var (_, ys) = AssociativeScan((l, r) => (l.Item1 * r.Item1, r.Item1 * l.Item2 + r.Item2), (a, b), axis: 0);
        var expected = Scan((y, row) => (row.Item1 * y + row.Item2, row.Item1 * y + row.Item2), Zeros(2), (a, b)).Ys;
        Agreement.Holds(expected, ys);
        var (_, columns) = AssociativeScan(
            (l, r) => (l.Item1 * r.Item1, r.Item1 * l.Item2 + r.Item2),
            (a.Transpose(), b.Transpose()),
            axis: -1
        );
        Agreement.Holds(expected, columns.Transpose());
    }

    [Fact]
    public void AssociativeScan_under_Vmap_is_that_of_each_row()
    {
        var whole = Vmap((NDArray row) => AssociativeScan(Multiply, row))(Rows);
        Agreement.Holds(CumProd(Rows, axis: 1), whole);
    }
}
