using System.Runtime.CompilerServices;

namespace Autodiff;

public abstract partial class NDArray
{
    /// <summary>
    /// Elements by NumPy's rules: positions, ranges, <see cref="Slice.NewAxis"/>, <see cref="Slice.Ellipsis"/>, <see cref="Slice.Step"/>,
    /// integer arrays and boolean masks. Positions computed by a program are clamped to the array; C# numbers out of range are an error.
    /// </summary>
    /// <exception cref="IndexingException">There are more indices than axes, a C# number is out of range, arrays do not broadcast, or a
    /// mask is traced.</exception>
    [IndexerName("Elements")]
    public NDArray this[params ReadOnlySpan<Slice> index] => Ops.Index(this, index);

    // Of one index, so that a collection expression is an array of positions and not a list of indices: x[[0, 2]].
    /// <inheritdoc cref="this[ReadOnlySpan{Slice}]"/>
    [IndexerName("Elements")]
    [OverloadResolutionPriority(1)]
    public NDArray this[NDArray index] => Ops.Index(this, [index.NotNull()]);
}

public static partial class Ops
{
    /// <summary>
    /// The window of <paramref name="sizes"/> that starts at <paramref name="starts"/>, one scalar an axis, moved inside if it is not.
    /// </summary>
    /// <exception cref="ShapeException">There is not one start and one size for each axis, or the window is larger than x.</exception>
    public static NDArray DynamicSlice(NDArray x, ReadOnlySpan<NDArray> starts, ReadOnlySpan<int> sizes) =>
        Gather(x.NotNull(), AllAxes(x), [.. sizes], WrapStarts("DynamicSlice", x, starts), GatherMode.Clamp);

    /// <summary>
    /// x with <paramref name="update"/> in place of the window that starts at <paramref name="starts"/>, moved inside if it is not.
    /// </summary>
    /// <exception cref="ShapeException">There is not one start for each axis, or the update is larger than x.</exception>
    public static NDArray DynamicUpdateSlice(NDArray x, NDArray update, ReadOnlySpan<NDArray> starts)
    {
        update.NotNull();
        var window = WrapStarts("DynamicUpdateSlice", x, starts);
        return Scatter(x, AllAxes(x), [.. update.NotNull().Shape], window, update, Fold.Set, ScatterMode.Clamp, unique: true);
    }

    /// <summary>The window of one element.</summary>
    static ValueList<int> Single(NDArray x) => [.. Enumerable.Repeat(1, x.Rank)];

    static ValueList<int> AllAxes(NDArray x) => [.. Enumerable.Range(0, x.Rank)];

    static NDArray[] WrapStarts(string name, NDArray x, ReadOnlySpan<NDArray> starts)
    {
        if (starts.NotNull().Length != x.NotNull().Rank)
            throw new ShapeException($"{name} of {x.Aval} needs {x.Rank} starts, but got {starts.Length}.");
        var wrapped = new NDArray[starts.Length];
        for (var i = 0; i < wrapped.Length; i++)
            wrapped[i] =
                starts[i].Rank == 0
                    ? IndexPlan.Wrap(starts[i], x.Shape[i])
                    : throw new ShapeException($"{name} needs scalar starts, but got {starts[i].Aval} for axis {i}.");
        return wrapped;
    }

    /// <summary>
    /// The elements at <paramref name="indices"/> along an axis, or of the flattened array: the axis is replaced by those of the indices.
    /// Negative indices count from the end; those out of range give NaN, the lowest signed or the highest unsigned integer, unless
    /// <paramref name="mode"/> says otherwise.
    /// </summary>
    public static NDArray Take(NDArray x, NDArray indices, int? axis = null, IndexMode mode = IndexMode.Fill)
    {
        if (axis is not { } a)
            return Take(Ravel(x), indices, 0, mode);
        indices.NotNull();
        a = NormalizeAxis(a, x, "Take");
        var window = x.Shape.Replace(a, 1);
        var taken = Gather(x, [a], [.. window], [IndexPlan.Wrap(indices, x.Shape[a])], GatherModeOf(mode));
        // The axes of the indices come first; they belong where the axis was.
        var result = ReshapeTo(taken, indices.Shape.Concat(x.Shape.Remove(a)));
        int[] order =
        [
            .. Enumerable.Range(indices.Rank, a),
            .. Enumerable.Range(0, indices.Rank),
            .. Enumerable.Range(indices.Rank + a, x.Rank - 1 - a),
        ];
        return Transpose(result, order);
    }

    /// <summary>
    /// result[i, j, …] = x[i, indices[i, j, …], …], where the index takes the place of the one along <paramref name="axis"/>; the other
    /// axes broadcast. Out of range as in <see cref="Take"/>. With the result of an argsort it sorts.
    /// </summary>
    /// <exception cref="ShapeException">The ranks differ, or the other axes do not broadcast.</exception>
    public static NDArray TakeAlongAxis(NDArray x, NDArray indices, int axis, IndexMode mode = IndexMode.Fill) =>
        Elements(x, AlongAxis("TakeAlongAxis", x, indices, axis), GatherModeOf(mode));

    /// <summary>
    /// x with <paramref name="values"/> in the places that <see cref="TakeAlongAxis"/> reads; out of range they are dropped.
    /// </summary>
    /// <exception cref="ShapeException">The ranks differ, or the other axes do not broadcast.</exception>
    public static NDArray PutAlongAxis(NDArray x, NDArray indices, NDArray values, int axis, IndexMode mode = IndexMode.Drop)
    {
        values.NotNull();
        var starts = AlongAxis("PutAlongAxis", x, indices, axis);
        var shape = Broadcasting.CommonShape("PutAlongAxis", starts);
        var updates = ReshapeTo(BroadcastTo(values, shape), shape.Concat(Shape.Create(Single(x).AsSpan())));
        return Scatter(x, AllAxes(x), Single(x), starts, updates, Fold.Set, ScatterModeOf(mode));
    }

    /// <summary>Single elements, at one index array for each axis.</summary>
    static NDArray Elements(NDArray x, NDArray[] starts, GatherMode mode)
    {
        var windows = Gather(x, AllAxes(x), Single(x), starts, mode);
        return ReshapeTo(windows, [.. windows.Shape.Dims[..^x.Rank]]);
    }

    static NDArray[] AlongAxis(string name, NDArray x, NDArray indices, int axis)
    {
        if (indices.NotNull().Rank != x.NotNull().Rank)
            throw new ShapeException($"{name} needs an index array with as many axes as {x.Aval}, but got {indices.Aval}.");
        axis = NormalizeAxis(axis, x, name);
        var common = Shape.Broadcast(x.Shape.Replace(axis, 1), indices.Shape.Replace(axis, 1));
        if (common is not { } shape)
            throw new ShapeException(
                $"{name} of {x.Aval} along axis {axis} needs indices that broadcast on the other axes, not {indices.Aval}."
            );
        shape = shape.Replace(axis, indices.Shape[axis]);
        var starts = new NDArray[x.Rank];
        for (var i = 0; i < starts.Length; i++)
            starts[i] =
                i == axis ? BroadcastTo(IndexPlan.Wrap(indices, x.Shape[axis]), shape)
                : x.Shape[i] == 1 ? Strong(0)
                : Iota(DType.Int64, shape, i);
        return starts;
    }

    internal static GatherMode GatherModeOf(IndexMode mode) =>
        mode switch
        {
            IndexMode.Clip => GatherMode.Clamp,
            IndexMode.PromiseInBounds => GatherMode.Promise,
            _ => GatherMode.Fill,
        };

    internal static ScatterMode ScatterModeOf(IndexMode mode) =>
        mode switch
        {
            IndexMode.Clip => ScatterMode.Clamp,
            IndexMode.PromiseInBounds => ScatterMode.Promise,
            _ => ScatterMode.Drop,
        };

    internal static NDArray Index(NDArray x, ReadOnlySpan<Slice> index)
    {
        var eager = Autodiff.Trace.Current is EvalTrace;
        // Eager positions are operands, so that a loop over them runs one kernel; in a program they are parameters, which fuse.
        foreach (var slice in index)
            if (slice.Kind is SliceKind.Positions or SliceKind.Mask || (eager && slice.Kind == SliceKind.Position))
                return new IndexPlan(x, index).Read(x, GatherMode.Clamp);
        return IndexStatic(x, index);
    }

    static NDArray IndexStatic(NDArray x, ReadOnlySpan<Slice> index)
    {
        var (starts, limits, strides) = (new int[x.Rank], x.Shape.Dims.ToArray(), new int[x.Rank]);
        Array.Fill(strides, 1);
        List<int> shape = [];
        List<int> reversed = [];
        foreach (var (slice, axis, _, _) in IndexPlan.Expand(x.Aval, index))
        {
            if (slice.Kind == SliceKind.NewAxis)
            {
                shape.Add(1);
                continue;
            }
            if (slice.Kind == SliceKind.Position)
            {
                starts[axis] = slice.Position(axis, x.Shape[axis]);
                limits[axis] = starts[axis] + 1;
                continue;
            }
            var (first, step, count) = slice.Span(x.Shape[axis]);
            var last = first + step * Math.Max(0, count - 1);
            (starts[axis], limits[axis], strides[axis]) = (
                Math.Min(first, last),
                count == 0 ? first : Math.Max(first, last) + 1,
                Math.Abs(step)
            );
            shape.Add(count);
            if (step < 0)
                reversed.Add(axis);
        }
        var sliced = StaticSlice(x, [.. starts], [.. limits], [.. strides]);
        return ReshapeTo(reversed.Count == 0 ? sliced : new ReversePrimitive([.. reversed]).Bind(sliced), [.. shape]);
    }
}
