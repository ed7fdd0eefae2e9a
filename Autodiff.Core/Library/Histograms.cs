namespace Autodiff;

public static partial class Ops
{
    /// <summary>
    /// The Int64 positions at which values would be inserted into a sorted vector to keep it sorted: before elements equal to them, or
    /// after if <paramref name="right"/>. NaN is the largest.
    /// </summary>
    /// <exception cref="ShapeException"><paramref name="sorted"/> is not a vector.</exception>
    public static NDArray SearchSorted(NDArray sorted, NDArray values, bool right = false)
    {
        values.NotNull();
        if (sorted.NotNull().Rank != 1)
            throw new ShapeException($"SearchSorted needs a sorted vector, but got {sorted.Aval}.");
        var promoted = Broadcasting.Promote(sorted, values);
        (sorted, values) = (promoted[0], promoted[1]);
        var n = sorted.Length;
        // Bisection without branches: how many elements come before, bit by bit from the highest.
        var count = Zeros(values.Shape, DType.Int64);
        for (var step = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)n + 1) / 2; step > 0; step /= 2)
        {
            var next = count + step;
            var element = Take(sorted, next - 1, 0, IndexMode.Clip);
            var before = right ? !Precedes(values, element) : Precedes(element, values);
            count = Where((next <= n) & before, next, count);
        }
        return count;

        static NDArray Precedes(NDArray a, NDArray b) => a.DType.IsFloat ? (a < b) | (IsNaN(b) & !IsNaN(a)) : a < b;
    }

    /// <summary>
    /// The Int64 number of the bin of each element, for monotonic edges: i where edges[i − 1] ≤ x &lt; edges[i], or edges[i − 1] &gt; x ≥
    /// edges[i] if they fall. If <paramref name="right"/>, the equality is on the other side.
    /// </summary>
    /// <exception cref="ShapeException">The edges are not a vector.</exception>
    public static NDArray Digitize(NDArray x, NDArray bins, bool right = false)
    {
        x.NotNull();
        if (bins.NotNull().Rank != 1)
            throw new ShapeException($"Digitize needs a vector of edges, but got {bins.Aval}.");
        var n = bins.Length;
        if (n == 0)
            return Zeros(x.Shape, DType.Int64);
        return Where(bins[n - 1] >= bins[0], SearchSorted(bins, x, right: !right), n - SearchSorted(Flip(bins), x, right: !right));
    }

    /// <summary>
    /// How often each of 0, 1, 2, … occurs among non-negative integers, as Int64; with weights, the sum of the weights of each. The result
    /// has <paramref name="length"/> elements, and larger integers are ignored; without a length it reaches to the largest, which must be
    /// known.
    /// </summary>
    /// <exception cref="DTypeException">The elements are not integers.</exception>
    /// <exception cref="ConcretizationException">No length is given, and x is being traced.</exception>
    public static NDArray BinCount(NDArray x, NDArray? weights = null, int? length = null)
    {
        if (x.NotNull().DType.IsFloat)
            throw new DTypeException($"BinCount counts integers, but got {x.Aval}. Use Histogram for floats.");
        var bins = length ?? (x.Size == 0 ? 0 : 1 + LengthOf("BinCount", Max(x), "length"));
        var counts = Zeros([bins], weights?.DType ?? DType.Int64);
        return counts.At[Maximum(AsType(Ravel(x), DType.Int64), 0)].Add(weights is null ? 1 : Ravel(weights));
    }

    /// <summary>
    /// The edges of bins of one width from the smallest to the largest element, or over a range: a vector with one element more than there
    /// are bins.
    /// </summary>
    /// <exception cref="InvalidArgumentException">There is no bin.</exception>
    public static NDArray HistogramBinEdges(NDArray x, int bins = 10, (NDArray Low, NDArray High)? range = null)
    {
        if (bins < 1)
            throw new InvalidArgumentException($"A histogram needs at least one bin, but {bins} were asked for.");
        var (low, high) = range ?? (x.NotNull().Size == 0 ? (0.0, 1.0) : (Min(x), Max(x)));
        (low, high) = (Broadcasting.ToFloat(low), Broadcasting.ToFloat(high));
        var flat = Equal(low, high);
        return LinSpace(low - Where(flat, 0.5, 0.0), high + Where(flat, 0.5, 0.0), bins + 1);
    }

    /// <summary>
    /// How many elements fall into each bin, as Int64, and the edges of the bins; see <see cref="HistogramBinEdges"/>. A bin has its left
    /// edge, and the last one also its right. With weights, their sums; with <paramref name="density"/>, the sums divided by the total and
    /// the widths.
    /// </summary>
    /// <exception cref="InvalidArgumentException">There is no bin.</exception>
    public static (NDArray Counts, NDArray Edges) Histogram(
        NDArray x,
        int bins = 10,
        (NDArray Low, NDArray High)? range = null,
        NDArray? weights = null,
        bool density = false
    ) => Histogram(x.NotNull(), HistogramBinEdges(x, bins, range), weights, density);

    /// <summary>Likewise, with increasing <paramref name="edges"/>.</summary>
    /// <exception cref="ShapeException">The edges are not a vector of at least two.</exception>
    public static (NDArray Counts, NDArray Edges) Histogram(NDArray x, NDArray edges, NDArray? weights = null, bool density = false)
    {
        x.NotNull();
        if (edges.NotNull().Rank != 1 || edges.Length < 2)
            throw new ShapeException($"Histogram needs a vector of at least two edges, but got {edges.Aval}.");
        var bins = edges.Length - 1;
        x = Ravel(x);
        var index = Where(Equal(x, edges[bins]), bins, SearchSorted(edges, x, right: true)) - 1;
        // Elements below the first edge would count from the end: they go beyond it, where they are dropped.
        var counts = BinCount(Where(index < 0, bins, index), weights, bins);
        if (density)
            counts = counts / Sum(counts) / Diff(edges);
        return (counts, edges);
    }
}
