using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>Positions of extremes in rows long enough for vectors: the first of equals, and of NaN.</summary>
public sealed class PositionTests
{
    public static TheoryData<int, DType> Cases =>
        new(
            from n in new[] { 63, 64, 65, 100, 257, 511, 1039, 2048, 5000, 16_411 }
            from type in new[] { DType.Float64, DType.Float32, DType.Int64, DType.Int32 }
            select (n, type)
        );

    [Theory, MemberData(nameof(Cases))]
    public void TheFirstOfTheBestIsFound(int n, DType type)
    {
        var random = new Random(n);
        foreach (var distinct in new[] { 1, 3, 1000 })
        foreach (var special in new[] { double.NaN, double.NegativeInfinity, double.PositiveInfinity })
        {
            double[] row = [.. Enumerable.Range(0, n).Select(_ => (double)random.Next(distinct))];
            if (type.IsFloat)
                foreach (var at in new[] { random.Next(n), random.Next(n) })
                    row[at] = special;
            var x = Asarray(row).AsType(type);
            Assert.Equal(First(row, (a, b) => a > b), (long)Jit(x => ArgMax(x))(x));
            Assert.Equal(First(row, (a, b) => a < b), (long)Jit(x => ArgMin(x))(x));
        }
    }

    static long First(double[] row, Func<double, double, bool> better)
    {
        var best = 0;
        for (var i = 1; i < row.Length; i++)
            if (!double.IsNaN(row[best]) && (double.IsNaN(row[i]) || better(row[i], row[best])))
                best = i;
        return best;
    }
}
