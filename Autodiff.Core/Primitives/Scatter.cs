namespace Autodiff;

/// <summary>What a scatter does with a window that starts out of bounds.</summary>
enum ScatterMode
{
    /// <summary>It is skipped.</summary>
    Drop,

    /// <summary>It goes to the nearest place inside.</summary>
    Clamp,

    /// <summary>There is none: the caller promises.</summary>
    Promise,
}

public static partial class Ops
{
    /// <summary>x with windows combined with updates at the starts given by one index array for each of <paramref name="axes"/>.</summary>
    internal static NDArray Scatter(
        NDArray x,
        ValueList<int> axes,
        ValueList<int> window,
        ReadOnlySpan<NDArray> indices,
        NDArray updates,
        Fold fold,
        ScatterMode mode,
        bool unique = false
    )
    {
        var shape = Broadcasting.CommonShape("scatter", indices.IsEmpty ? [0] : indices);
        var starts = BroadcastIndices(indices, shape);
        updates = BroadcastTo(AsType(updates, x.DType), shape.Concat(Shape.Create(window.AsSpan())));
        return updates.Size == 0 ? x : new ScatterPrimitive(axes, window, fold, mode, unique).Bind([x, .. starts, updates]);
    }

    /// <summary>
    /// Operands: x; for each of Axes an Int64 array of starts, all of one shape S; and updates of shape S + Window, where Window has a
    /// size for each axis of x. The windows of x at the starts are combined with the updates by Fold, in order: the last Set stays.
    /// Unique promises that no element is met twice.
    /// </summary>
    internal sealed record ScatterPrimitive(ValueList<int> Axes, ValueList<int> Window, Fold Fold, ScatterMode Mode, bool Unique = false)
        : SingleResult
    {
        public override string Name => Fold == Fold.Set ? "scatter" : $"scatter_{Fold.ToString().ToLowerInvariant()}";

        protected override Aval InferSingle(Aval[] xs)
        {
            var (x, updates) = (xs[0], xs[^1]);
            var shape = Windows.Check(Name, Axes, Window, x, xs[1..^1]).Concat(Shape.Create(Window.AsSpan()));
            return updates.DType == x.DType && updates.Shape == shape
                ? x.Strong
                : throw new ShapeException($"'{Name}' into {x} needs updates {x.DType.ShortName}{shape}, but got {updates}.");
        }

        public override Lowered Lower(Aval[] xs)
        {
            var (x, updates) = (xs[0], xs[^1]);
            var (place, inside) = Windows.Place(
                Axes,
                Window,
                x.Shape,
                updates.Rank - Window.Count,
                1,
                Mode == ScatterMode.Clamp,
                Mode == ScatterMode.Drop
            );
            var output = new KernelOutput(x.Strong, Kernel.ElementAt(xs.Length - 1, updates), Fold)
            {
                Into = 0,
                Index = place,
                Guard = inside,
            };
            return new Kernel(updates.Shape, 0, output);
        }

        bool IsUnique(Shape updates) => Unique || updates.Size == Window.Aggregate(1L, (n, w) => n * w);

        /// <summary>The same windows of an array of x's shape, zero for those that are dropped.</summary>
        NDArray Read(NDArray x, NDArray[] starts, double dropped = 0)
        {
            var mode = Mode switch
            {
                ScatterMode.Drop => GatherMode.Fill,
                ScatterMode.Clamp => GatherMode.Clamp,
                _ => GatherMode.Promise,
            };
            return new GatherPrimitive(Axes, Window, mode, mode == GatherMode.Fill ? dropped : null).Bind([x, .. starts]);
        }

        protected override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs)
        {
            var (x, starts, updates) = (xs[0], xs[1..^1], xs[^1]);
            if (dxs[0] is null && dxs[^1] is null)
                return null;
            var dx = dxs[0] ?? ZerosOf(x.Aval);
            var add = this with { Fold = Fold.Add };
            switch (Fold)
            {
                case Fold.Set or Fold.Add:
                    return Bind([dx, .. starts, dxs[^1] ?? ZerosOf(updates.Aval)]);
                case Fold.Mul:
                    var scaled = dxs[0] is null ? dx : Bind([dx, .. starts, updates]);
                    if (dxs[^1] is not { } du)
                        return scaled;
                    return IsUnique(updates.Shape)
                        ? add.Bind([scaled, .. starts, du * Read(x, starts)])
                        : throw new NotDifferentiableException(
                            "A scatter that multiplies has a derivative with respect to its updates only if no element is met twice. "
                                + "Pass uniqueIndices: true if that is so."
                        );
                default:
                    // All that attain the extremum share it, as in a reduction.
                    var kept = AsType(Equal(x, y), x.DType);
                    var taken = AsType(Equal(updates, Read(y, starts)), x.DType);
                    var count = add.Bind([kept, .. starts, taken]);
                    return add.Bind([dx * kept, .. starts, (dxs[^1] ?? ZerosOf(updates.Aval)) * taken]) / count;
            }
        }

        protected override void TransposeSingle(NDArray ct, Operand[] xs, Cotangents into)
        {
            var (x, updates) = (xs[0], xs[^1]);
            NDArray[] starts = [.. xs[1..^1].Select(s => s.Known)];
            switch (Fold)
            {
                case Fold.Add:
                    if (x.IsLinear)
                        into.Add(0, ct);
                    if (updates.IsLinear)
                        into.Add(xs.Length - 1, Read(ct, starts));
                    break;
                case Fold.Set:
                    if (x.IsLinear)
                        into.Add(0, Bind([ct, .. starts, ZerosOf(updates.Aval)]));
                    if (updates.IsLinear)
                        into.Add(xs.Length - 1, Winning(Read(ct, starts), x.Aval.Shape, starts));
                    break;
                case Fold.Mul when x.IsLinear:
                    into.Add(0, Bind([ct, .. starts, updates.Known]));
                    break;
                default:
                    base.TransposeSingle(ct, xs, into);
                    break;
            }
        }

        // Where several updates met one element the last one stayed: scatter their numbers and see whose is left.
        NDArray Winning(NDArray ct, Shape x, NDArray[] starts)
        {
            if (IsUnique(ct.Shape))
                return ct;
            var number = ReshapeTo(Iota(DType.Int64, [checked((int)ct.Size)], 0), ct.Shape);
            var left = Read(Bind([Full(x, -1, DType.Int64), .. starts, number]), starts, dropped: -1);
            return Where(Equal(left, number), ct, ZerosOf(ct.Aval));
        }

        protected override Batched BatchSingle(int size, Batched[] xs)
        {
            var starts = xs[1..^1];
            var (x, updates) = (xs[0].Materialize(size), xs[^1].Materialize(size));
            if (size == 0)
                return new(x, true);
            var rank = xs[^1].Example.Rank - Window.Count;
            if (!Array.Exists(starts, s => s.IsBatched))
            {
                var behind = this with { Axes = [.. Axes.Select(a => a + 1)], Window = [size, .. Window] };
                return new(behind.Bind([x, .. starts.Select(s => s.Value), MoveAxis(updates, 0, rank)]), true);
            }
            NDArray[] each = [.. starts.Select(s => s.Materialize(size))];
            var indexed = this with { Axes = [0, .. Axes.Select(a => a + 1)], Window = [1, .. Window] };
            var windows = ReshapeTo(updates, updates.Shape.Insert(rank + 1, 1));
            return new(indexed.Bind([x, Iota(DType.Int64, each[0].Shape, 0), .. each, windows]), true);
        }
    }
}
