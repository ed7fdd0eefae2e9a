namespace Autodiff;

public static partial class Ops
{
    /// <summary>
    /// The different elements of x in increasing order. With a <paramref name="size"/> there are so many: the smallest ones, or the rest
    /// filled with <paramref name="fill"/> (the smallest element if null).
    /// </summary>
    /// <exception cref="ConcretizationException">No size is given, and x is being traced.</exception>
    public static NDArray Unique(NDArray x, int? size = null, NDArray? fill = null)
    {
        var sorted = Sort(Ravel(x));
        return FirstsOf("Unique", sorted, Firsts(sorted), size, fill).Values;
    }

    /// <summary>
    /// The different elements, as <see cref="Unique"/> gives them, and how often each occurs, as Int64; what is filled in occurs 0 times.
    /// </summary>
    /// <exception cref="ConcretizationException">No size is given, and x is being traced.</exception>
    public static (NDArray Values, NDArray Counts) UniqueCounts(NDArray x, int? size = null, NDArray? fill = null)
    {
        var sorted = Sort(Ravel(x));
        var firsts = Firsts(sorted);
        var (values, starts) = FirstsOf("UniqueCounts", sorted, firsts, size, fill);
        var number = Sum(firsts);
        // A run ends where the next one starts; the last one that there is room for, where one more would.
        var next = FlatNonZero(firsts, starts.Length + 1, sorted.Length)[1..];
        return (values, Where(Arange(starts.Length) < number, next - starts, 0));
    }

    /// <summary>
    /// The different elements, as <see cref="Unique"/> gives them, and the Int64 position among them of each element of x.
    /// </summary>
    /// <exception cref="ConcretizationException">No size is given, and x is being traced.</exception>
    public static (NDArray Values, NDArray Inverse) UniqueInverse(NDArray x, int? size = null, NDArray? fill = null)
    {
        var flat = Ravel(x);
        var order = ArgSort(flat);
        var sorted = Take(flat, order, 0, IndexMode.PromiseInBounds);
        var firsts = Firsts(sorted);
        var inverse = ZerosLike(order).At[order].Set(CumSum(firsts, 0) - 1, IndexMode.PromiseInBounds, uniqueIndices: true);
        return (FirstsOf("UniqueInverse", sorted, firsts, size, fill).Values, ReshapeTo(inverse, x.Shape));
    }

    // Whether an element of a sorted vector differs from the one before it; NaNs are one element.
    static NDArray Firsts(NDArray sorted)
    {
        var n = sorted.Length;
        if (n == 0)
            return Full([0], true);
        var (before, after) = (SliceAxis(sorted, 0, 0, n - 1), SliceAxis(sorted, 0, 1, n));
        return Concatenate([Full([1], true), NotEqual(before, after) & !(IsNaN(before) & IsNaN(after))]);
    }

    static (NDArray Values, NDArray Starts) FirstsOf(string operation, NDArray sorted, NDArray firsts, int? size, NDArray? fill)
    {
        var starts = Positions(operation, firsts, size);
        if (sorted.Length == 0)
            return (Full(starts.Shape, fill ?? 0, sorted.DType), starts);
        var values = Take(sorted, starts, 0, IndexMode.PromiseInBounds);
        return (fill is null ? values : Where(Arange(starts.Length) < Sum(firsts), values, AsType(fill, values.DType)), starts);
    }

    /// <summary>Whether each element of x is one of <paramref name="test"/>. NaN is never found.</summary>
    public static NDArray IsIn(NDArray x, NDArray test)
    {
        x.NotNull();
        if (test.NotNull().Size == 0)
            return Full(x.Shape, false);
        var sorted = Sort(Ravel(test));
        return Equal(x, Take(sorted, SearchSorted(sorted, x), 0, IndexMode.Clip));
    }

    /// <summary>The different elements of both, in increasing order; the size is as in <see cref="Unique"/>.</summary>
    /// <exception cref="ConcretizationException">No size is given, and an array is being traced.</exception>
    public static NDArray Union1D(NDArray x, NDArray y, int? size = null, NDArray? fill = null) =>
        Unique(Append(x.NotNull(), y.NotNull()), size, fill);

    /// <summary>The different elements that both have, in increasing order.</summary>
    /// <exception cref="ConcretizationException">An array is being traced.</exception>
    public static NDArray Intersect1D(NDArray x, NDArray y)
    {
        RequireValues("Intersect1D", x.NotNull(), y.NotNull());
        var unique = Unique(x);
        return unique[IsIn(unique, y)];
    }

    /// <summary>The different elements of x that y has not, in increasing order.</summary>
    /// <exception cref="ConcretizationException">An array is being traced.</exception>
    public static NDArray SetDiff1D(NDArray x, NDArray y)
    {
        RequireValues("SetDiff1D", x.NotNull(), y.NotNull());
        var unique = Unique(x);
        return unique[!IsIn(unique, y)];
    }

    static void RequireValues(string operation, NDArray x, NDArray y)
    {
        foreach (var operand in (ReadOnlySpan<NDArray>)[x, y])
            operand.Materialize(
                operation,
                $"It decides the shape of the result: call {operation} outside of Jit, Vmap and loops, or use the mask that IsIn gives."
            );
    }
}
