namespace Autodiff;

/// <summary>What a gather gives where a window starts out of bounds.</summary>
enum GatherMode
{
    /// <summary>The nearest window that lies inside.</summary>
    Clamp,

    /// <summary>A fill value in the whole window.</summary>
    Fill,

    /// <summary>It never does: the caller promises.</summary>
    Promise,
}

public static partial class Ops
{
    /// <summary>
    /// Windows of x at the starts given by one index array for each of <paramref name="axes"/>; see <see cref="GatherPrimitive"/>.
    /// </summary>
    internal static NDArray Gather(
        NDArray x,
        ValueList<int> axes,
        ValueList<int> window,
        ReadOnlySpan<NDArray> indices,
        GatherMode mode,
        double? fill = null
    )
    {
        var shape = Broadcasting.CommonShape("gather", indices.IsEmpty ? [0] : indices);
        var starts = BroadcastIndices(indices, shape);
        var result = shape.Concat(Shape.Create(window.AsSpan()));
        // Nothing is read, so it does not matter that there may be nothing to read.
        return result.Size == 0 ? Zeros(result, x.DType) : new GatherPrimitive(axes, window, mode, fill).Bind([x, .. starts]);
    }

    static NDArray[] BroadcastIndices(ReadOnlySpan<NDArray> indices, Shape shape)
    {
        var starts = new NDArray[indices.Length];
        for (var i = 0; i < starts.Length; i++)
            starts[i] = BroadcastTo(AsType(indices[i], DType.Int64), shape);
        return starts;
    }

    /// <summary>
    /// Operands: x, then for each of Axes an Int64 array of starts, all of one shape S. Window has a size for each axis of x; the result
    /// is of shape S + Window: result[s, w] = x[start_a[s] + w_a for a in Axes, w_b for the others].
    /// </summary>
    internal sealed record GatherPrimitive(ValueList<int> Axes, ValueList<int> Window, GatherMode Mode, double? Fill = null) : SingleResult
    {
        protected override Aval InferSingle(Aval[] xs) =>
            new(xs[0].DType, Windows.Check(Name, Axes, Window, xs[0], xs[1..]).Concat(Shape.Create(Window.AsSpan())), xs[0].Weak);

        public override Lowered Lower(Aval[] xs)
        {
            var result = InferSingle(xs);
            var (place, inside) = Windows.Place(
                Axes,
                Window,
                xs[0].Shape,
                result.Rank - Window.Count,
                1,
                Mode == GatherMode.Clamp,
                Mode == GatherMode.Fill
            );
            Scalar element = new Element(0, result.DType, place);
            return Kernel.Map(result, inside is null ? element : inside.Select(element, FillOf(result.DType)));
        }

        Scalar FillOf(DType type) =>
            Scalar.Constant(
                type,
                Fill
                    ?? type switch
                    {
                        DType.Bool => 1,
                        DType.UInt8 => byte.MaxValue,
                        DType.UInt32 => uint.MaxValue,
                        DType.Int32 => int.MinValue,
                        DType.Int64 => long.MinValue,
                        _ => double.NaN,
                    }
            );

        protected override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs) =>
            dxs[0] is { } dx ? (this with { Fill = Mode == GatherMode.Fill ? 0 : null }).Bind([dx, .. xs[1..]]) : null;

        protected override void TransposeSingle(NDArray ct, Operand[] xs, Cotangents into)
        {
            var mode = Mode switch
            {
                GatherMode.Clamp => ScatterMode.Clamp,
                GatherMode.Fill => ScatterMode.Drop,
                _ => ScatterMode.Promise,
            };
            NDArray[] starts = [.. xs[1..].Select(x => x.Known)];
            into.Add(0, new ScatterPrimitive(Axes, Window, Fold.Add, mode).Bind([ZerosOf(xs[0].Aval), .. starts, ct]));
        }

        protected override Batched BatchSingle(int size, Batched[] xs)
        {
            var (x, starts) = (xs[0], xs[1..]);
            var result = InferSingle(Array.ConvertAll(xs, b => b.Example));
            if (size == 0)
                return new(ZerosOf(result.Batched(0)), true);
            if (!Array.Exists(starts, s => s.IsBatched))
            {
                var behind = this with { Axes = [.. Axes.Select(a => a + 1)], Window = [size, .. Window] };
                var windows = behind.Bind([x.Value, .. starts.Select(s => s.Value)]);
                return new(MoveAxis(windows, result.Rank - Window.Count, 0), true);
            }
            NDArray[] each = [.. starts.Select(s => s.Materialize(size))];
            if (!x.IsBatched)
                return new(Bind([x.Value, .. each]), true);
            var indexed = this with { Axes = [0, .. Axes.Select(a => a + 1)], Window = [1, .. Window] };
            var own = indexed.Bind([x.Value, Iota(DType.Int64, each[0].Shape, 0), .. each]);
            return new(ReshapeTo(own, result.Shape.Prepend(size)), true);
        }
    }

    /// <summary>What gather and scatter share: windows of an array at computed starts.</summary>
    static class Windows
    {
        /// <summary>The common shape of the starts.</summary>
        internal static Shape Check(string name, ValueList<int> axes, ValueList<int> window, Aval x, Aval[] starts)
        {
            var shape = starts.Length > 0 ? starts[0].Shape : Shape.Scalar;
            if (starts.Length != axes.Count || Array.Exists(starts, s => s.DType != DType.Int64 || s.Shape != shape))
                throw new IndexingException(
                    $"'{name}' along axes {axes} needs as many Int64 arrays of starts, of one shape, "
                        + $"but got {string.Join(", ", (object[])starts)}."
                );
            var fits = window.Count == x.Rank && axes.All(a => a >= 0 && a < x.Rank) && axes.Distinct().Count() == axes.Count;
            for (var i = 0; fits && i < x.Rank; i++)
                fits = window[i] >= 0 && (axes.Contains(i) ? window[i] <= x.Shape[i] : window[i] == x.Shape[i]);
            return fits
                ? shape
                : throw new ShapeException(
                    $"'{name}' along axes {axes} of {x} cannot take windows {window}: they must fit, and be whole along the other axes."
                );
        }

        /// <summary>
        /// The index into an array of shape <paramref name="x"/> of element (s, w), the kernel's own index, where the starts are operands
        /// number <paramref name="first"/> and up; and, if <paramref name="guarded"/>, whether the window of s lies inside.
        /// </summary>
        internal static (Scalar[] Place, Scalar? Inside) Place(
            ValueList<int> axes,
            ValueList<int> window,
            Shape x,
            int rank,
            int first,
            bool clamped,
            bool guarded
        )
        {
            Scalar? inside = null;
            var own = Kernel.Indices(rank);
            var place = new Scalar[x.Rank];
            for (var i = 0; i < place.Length; i++)
                place[i] = window[i] == 1 ? Scalar.Constant(0) : Scalar.Axis(rank + i);
            for (var k = 0; k < axes.Count; k++)
            {
                Scalar start = new Element(first + k, DType.Int64, own);
                var (zero, last) = (Scalar.Constant(0), Scalar.Constant(x[axes[k]] - window[axes[k]]));
                if (clamped)
                    start = start.Binary(ScalarOp.Max, zero).Binary(ScalarOp.Min, last);
                if (guarded)
                {
                    var within = (start >= zero) & (start <= last);
                    inside = inside is null ? within : inside & within;
                }
                place[axes[k]] = start + place[axes[k]];
            }
            return (place, inside);
        }
    }
}
