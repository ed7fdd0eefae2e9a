namespace Autodiff;

public static partial class Ops
{
    /// <summary>
    /// The running combinations x₀, x₀∘x₁, x₀∘x₁∘x₂, … along an axis, of tuples of arrays, in logarithmic depth;
    /// <paramref name="reverse"/> combines from the last to the first. <paramref name="combine"/> must be associative and act on any
    /// number of elements along the axis at once.
    /// </summary>
    /// <remarks>Blelloch, "Prefix sums and their applications" (1990): pairs first, then the elements between them.</remarks>
    internal static NDArray[] AssociativeScan(
        Func<NDArray[], NDArray[], NDArray[]> combine,
        NDArray[] elements,
        int axis,
        bool reverse = false
    )
    {
        if (!reverse)
            return ScanPairs(combine, elements, axis);
        var flipped = Array.ConvertAll(elements, x => Flip(x, axis));
        return Array.ConvertAll(ScanPairs(combine, flipped, axis), x => Flip(x, axis));
    }

    static NDArray[] ScanPairs(Func<NDArray[], NDArray[], NDArray[]> combine, NDArray[] xs, int axis)
    {
        var n = xs[0].Shape[axis];
        if (n < 2)
            return xs;
        NDArray[] Every(NDArray[] arrays, int start, int limit, int stride) =>
            Array.ConvertAll(arrays, x => SliceAxis(x, axis, start, limit, stride));

        var odd = ScanPairs(combine, combine(Every(xs, 0, n - 1, 2), Every(xs, 1, n, 2)), axis);
        var even = Every(xs, 0, 1, 1);
        if (n > 2)
        {
            var between = combine(Every(odd, 0, (n - 1) / 2, 1), Every(xs, 2, n, 2));
            even = [.. even.Zip(between, (first, rest) => ConcatenateAll([first, rest], axis))];
        }
        return [.. even.Zip(odd, (e, o) => Interleave(e, o, axis))];
    }

    // e₀ o₀ e₁ o₁ …; there may be one e more.
    static NDArray Interleave(NDArray even, NDArray odd, int axis)
    {
        var n = odd.Shape[axis];
        var paired = SliceAxis(even, axis, 0, n);
        var both = ConcatenateAll(
            [ReshapeTo(paired, odd.Shape.Insert(axis + 1, 1)), ReshapeTo(odd, odd.Shape.Insert(axis + 1, 1))],
            axis + 1
        );
        var woven = ReshapeTo(both, odd.Shape.Replace(axis, 2 * n));
        return even.Shape[axis] == n ? woven : ConcatenateAll([woven, SliceAxis(even, axis, n, n + 1)], axis);
    }
}
