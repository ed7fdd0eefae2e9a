namespace Autodiff;

/// <summary>
/// NumPy's indexing rules, resolved for one shape: <c>x[…]</c> as windows of x at computed starts (see
/// <see cref="Ops.GatherPrimitive"/>), and how the axes of the result lie in those of the windows.
/// </summary>
sealed class IndexPlan
{
    readonly List<int> axes = [];
    readonly int[] window;
    readonly List<NDArray> starts = [];

    // The axes of the result among those of the gathered windows, first the axes of the starts, then x's; −1 for a new axis.
    readonly List<int> layout = [];
    readonly Shape gathered;

    internal IndexPlan(NDArray x, ReadOnlySpan<Slice> index)
    {
        var items = Expand(x.Aval, index);
        window = x.Shape.Dims.ToArray();
        IsStatic = !items.Exists(i => i.Array is not null);
        IsUnique = !items.Exists(i => i is { Array: not null, FromMask: false });
        var advanced = items.Where(i => i.Array is not null || (!IsStatic && i.Slice.Kind == SliceKind.Position)).ToHashSet();
        var common = Shape.Scalar;
        foreach (var item in items)
            if (item.Array is { } array)
                common = Shape.Broadcast(common, array.Shape) ?? throw DoNotBroadcast(items);
        var strided = items.Count(i => i.Slice.Kind == SliceKind.Range && i.Slice.Span(x.Shape[i.Axis]) is { Step: not 1, Count: > 0 });
        var rank = common.Rank + strided;

        // Arrays that stand side by side leave their axes there; otherwise these come first.
        var together = advanced.Count == 0 || items.FindLastIndex(advanced.Contains) - items.FindIndex(advanced.Contains) < advanced.Count;
        var placed = !together;
        if (placed)
            layout.AddRange(Enumerable.Range(0, common.Rank));
        var next = common.Rank;
        List<int> counts = [];
        foreach (var item in items)
        {
            if (advanced.Contains(item) && !placed)
            {
                layout.AddRange(Enumerable.Range(0, common.Rank));
                placed = true;
            }
            var size = item.Axis < 0 ? 0 : x.Shape[item.Axis];
            if (item.Array is { } array)
                Start(item.Axis, 1, WithTrailing(Wrap(array, size), strided));
            else if (item.Slice.Kind == SliceKind.Position)
                Start(item.Axis, 1, Ops.Strong(item.Slice.Position(item.Axis, size)));
            else if (item.Slice.Kind == SliceKind.NewAxis)
                layout.Add(-1);
            else
            {
                var (first, step, count) = item.Slice.Span(size);
                var steps = step != 1 && count > 0;
                layout.Add(steps ? next : rank + item.Axis);
                if (steps)
                {
                    counts.Add(count);
                    var positions = Ops.Iota(DType.Int64, [count], 0) * Ops.Strong(step) + Ops.Strong(first);
                    Start(item.Axis, 1, WithTrailing(positions, rank - ++next));
                }
                else if (count != size)
                    Start(item.Axis, count, Ops.Strong(first));
            }
        }
        gathered = common.Concat([.. counts, .. window]);
        Shape = [.. layout.Select(a => a < 0 ? 1 : gathered[a])];
    }

    /// <summary>The shape of the result.</summary>
    internal Shape Shape { get; }

    /// <summary>Whether there are only positions and ranges, which are in bounds.</summary>
    internal bool IsStatic { get; }

    /// <summary>Whether no element can be met twice.</summary>
    internal bool IsUnique { get; }

    internal NDArray Read(NDArray x, GatherMode mode, double? fill = null)
    {
        var raw = Ops.Gather(x, [.. axes], [.. window], [.. starts], IsStatic ? GatherMode.Promise : mode, fill);
        return Ops.ReshapeTo(Ops.Transpose(Ops.ReshapeTo(raw, Kept), Permutation), Shape);
    }

    /// <summary>x with the indexed elements combined with <paramref name="updates"/>, which broadcast to <see cref="Shape"/>.</summary>
    internal NDArray Write(NDArray x, NDArray updates, Fold fold, ScatterMode mode, bool unique)
    {
        if (updates.DType.IsFloat && !x.DType.IsFloat)
            throw new DTypeException(
                $"An array {x.Aval} cannot take updates {updates.Aval}, which would lose their fractions. Convert the one or the other."
            );
        var laid = Ops.ReshapeTo(Ops.BroadcastTo(updates, Shape), [.. layout.Where(a => a >= 0).Select(a => gathered[a])]);
        var inverse = new int[Permutation.Length];
        for (var i = 0; i < inverse.Length; i++)
            inverse[Permutation[i]] = i;
        var windows = Ops.ReshapeTo(Ops.Transpose(laid, inverse), gathered);
        return Ops.Scatter(
            x,
            [.. axes],
            [.. window],
            [.. starts],
            windows,
            fold,
            IsStatic ? ScatterMode.Promise : mode,
            unique || IsUnique
        );
    }

    int[] KeptAxes => [.. layout.Where(a => a >= 0).Order()];

    /// <summary>The shape of the windows without the axes that positions took.</summary>
    Shape Kept => [.. KeptAxes.Select(a => gathered[a])];

    int[] Permutation
    {
        get
        {
            var kept = KeptAxes;
            return [.. layout.Where(a => a >= 0).Select(a => Array.IndexOf(kept, a))];
        }
    }

    void Start(int axis, int size, NDArray start)
    {
        axes.Add(axis);
        window[axis] = size;
        starts.Add(start);
    }

    static NDArray WithTrailing(NDArray positions, int ones) =>
        ones == 0 || positions.Rank == 0 ? positions : Ops.ReshapeTo(positions, [.. positions.Shape, .. Enumerable.Repeat(1, ones)]);

    /// <summary>Positions with negative ones counted from the end, as Int64.</summary>
    internal static NDArray Wrap(NDArray positions, int size)
    {
        if (!positions.DType.IsInteger)
            throw new IndexingException($"An index must be of integers or booleans, but got {positions.Aval}. Convert it to Int64.");
        if (positions.DType.IsUnsigned)
            return Ops.AsType(positions, DType.Int64);
        if (positions is not ConcreteArray array)
        {
            var wide = Ops.AsType(positions, DType.Int64);
            return Ops.Where(wide < 0, wide + Ops.Strong(size), wide);
        }
        if (array.Rank == 0)
            return Ops.Strong(array.LoadInteger(0) is < 0 and var negative ? negative + size : array.LoadInteger(0));
        var wrapped = ConcreteArray.Allocate(new Aval(DType.Int64, array.Shape));
        for (var i = 0L; i < array.Size; i++)
        {
            var position = array.LoadInteger(i);
            wrapped.StoreInteger(i, position < 0 ? position + size : position);
        }
        return wrapped;
    }

    /// <summary>One index after ellipses and masks are spelled out. Axis is −1 for a new axis.</summary>
    internal sealed record Item(Slice Slice, int Axis, NDArray? Array = null, bool FromMask = false)
    {
        public bool Equals(Item? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
    }

    internal static List<Item> Expand(Aval x, ReadOnlySpan<Slice> index)
    {
        var (used, ellipses) = (0, 0);
        foreach (var slice in index)
        {
            used += slice.Kind switch
            {
                SliceKind.NewAxis or SliceKind.Ellipsis => 0,
                SliceKind.Mask => slice.Array!.Rank,
                _ => 1,
            };
            ellipses += slice.Kind == SliceKind.Ellipsis ? 1 : 0;
        }
        if (used > x.Rank)
            throw new IndexingException($"Too many indices: {used} for {x}, which has {(x.Rank == 1 ? "one axis" : $"{x.Rank} axes")}.");
        if (ellipses > 1)
            throw new IndexingException("An index has at most one Slice.Ellipsis.");
        var items = new List<Item>();
        var axis = 0;
        foreach (var slice in index)
            switch (slice.Kind)
            {
                case SliceKind.NewAxis:
                    items.Add(new(slice, -1));
                    break;
                case SliceKind.Ellipsis:
                    for (var rest = x.Rank - used; rest > 0; rest--)
                        items.Add(new(Range.All, axis++));
                    break;
                case SliceKind.Mask:
                    foreach (var positions in NonZero(slice.Array!, x, axis))
                        items.Add(new(slice, axis++, positions, FromMask: true));
                    break;
                default:
                    items.Add(new(slice, axis++, slice.Array));
                    break;
            }
        while (axis < x.Rank)
            items.Add(new(Range.All, axis++));
        return items;
    }

    /// <summary>The positions of a mask's true elements, one array for each of its axes.</summary>
    static NDArray[] NonZero(NDArray mask, Aval x, int axis)
    {
        if (mask.Rank == 0)
            throw new IndexingException("A boolean scalar is no index. Use Where, or an array of booleans.");
        if (!x.Shape.Dims[axis..].StartsWith(mask.Shape.Dims))
            throw new IndexingException($"A mask {mask.Aval} does not fit {x} from axis {axis} on: the sizes must be equal.");
        if (mask is not Concrete and not Tracer { Known: not null })
            throw new IndexingException(
                $"A mask must have values, because it decides the shape of the result, but {mask} is being traced. "
                    + "Use Where(mask, x, other) instead."
            );
        var values = mask.Materialize("A mask");
        using var held = values.Hold();
        var strides = mask.Shape.Strides();
        var found = new List<long>();
        for (var i = 0L; i < mask.Size; i++)
            if (held.Element<byte>(i) != 0)
                found.Add(i);
        var positions = new NDArray[mask.Rank];
        for (var a = 0; a < positions.Length; a++)
        {
            var (stride, size) = (strides[a], mask.Shape[a]);
            positions[a] = ConcreteArray.Create<long>(new Aval(DType.Int64, [found.Count]), found.Select(i => i / stride % size).ToArray());
        }
        return positions;
    }

    static IndexingException DoNotBroadcast(List<Item> items)
    {
        var arrays = items.Where(i => i.Array is not null).Select(i => i.Array!.Aval);
        return new($"Index arrays {string.Join(" and ", arrays)} do not broadcast to one shape.");
    }
}
