using System.Runtime.CompilerServices;

namespace Autodiff;

/// <summary>
/// One index of <c>x[…]</c>: a position (negative ones, and C#'s <c>^1</c>, count from the end), a range, a new axis, an ellipsis, an
/// array of positions, or a boolean mask. A collection expression is an array: <c>x[[0, 2], [1, 1]]</c>.
/// </summary>
[CollectionBuilder(typeof(Slice), nameof(Of))]
public readonly struct Slice
{
    readonly int? start;
    readonly int? stop;
    readonly int step;

    Slice(SliceKind kind, int? start = null, int? stop = null, int step = 1, NDArray? array = null)
    {
        Kind = kind;
        Array = array;
        (this.start, this.stop, this.step) = (start, stop, step);
    }

    internal SliceKind Kind { get; }
    internal NDArray? Array { get; }

    /// <summary>A new axis of size 1; NumPy's <c>None</c>.</summary>
    public static Slice NewAxis => new(SliceKind.NewAxis);

    /// <summary>As many whole axes as are left; NumPy's <c>...</c>. (C#'s <c>..</c> is one whole axis.)</summary>
    public static Slice Ellipsis => new(SliceKind.Ellipsis);

    /// <summary>
    /// start, start + step, … up to but without stop; NumPy's <c>start:stop:step</c>. Negative bounds count from the end, null is the end
    /// the step starts from or goes to, and bounds beyond the ends are the ends.
    /// </summary>
    /// <exception cref="IndexingException">The step is 0.</exception>
    public static Slice Step(int? start, int? stop, int step) =>
        step != 0 ? new(SliceKind.Range, start, stop, step) : throw new IndexingException("A slice needs a step other than 0.");

    public static implicit operator Slice(int position) => new(SliceKind.Position, position);

    public static implicit operator Slice(Index position) =>
        position is { IsFromEnd: true, Value: 0 }
            ? throw new IndexingException("^0 lies one past the last element, which is ^1.")
            : new(SliceKind.Position, position.IsFromEnd ? -position.Value : position.Value);

    // As a start ^0 is beyond the end, as a stop it is the end.
    public static implicit operator Slice(Range range) =>
        new(
            SliceKind.Range,
            range.Start is { IsFromEnd: true, Value: 0 } ? int.MaxValue : Signed(range.Start),
            range.End is { IsFromEnd: true, Value: 0 } ? null : Signed(range.End)
        );

    static int Signed(Index i) => i.IsFromEnd ? -i.Value : i.Value;

    public static implicit operator Slice(NDArray positionsOrMask) =>
        positionsOrMask.NotNull() is ConcreteArray { IsLiteral: true, DType: DType.Int64 } literal
            ? new(SliceKind.Position, checked((int)literal.LoadInteger(0)))
            : new(positionsOrMask.DType == DType.Bool ? SliceKind.Mask : SliceKind.Positions, array: positionsOrMask);

    /// <summary>Positions, or a mask, of single elements. A collection expression calls this.</summary>
    public static Slice Of(ReadOnlySpan<NDArray> positionsOrMask) => Ops.Stack(positionsOrMask.NotNull());

    /// <summary>The elements of an array of positions or a mask; none of another index.</summary>
    public IEnumerator<NDArray> GetEnumerator() => (Array ?? Ops.Zeros(0)).GetEnumerator();

    public static implicit operator Slice(int[] positions) => (NDArray)positions.NotNull();

    public static implicit operator Slice(bool[] mask) => (NDArray)mask.NotNull();

    /// <summary>The position on an axis of size <paramref name="size"/>.</summary>
    internal int Position(int axis, int size)
    {
        var position = start!.Value;
        return position >= -size && position < size
            ? position < 0
                ? position + size
                : position
            : throw new IndexingException(
                $"Index {position} is out of range for axis {axis}, which has size {size}: it must be in {-size} … {size - 1}."
            );
    }

    /// <summary>The first position, the step and the number of positions on an axis of size <paramref name="size"/>.</summary>
    internal (int Start, int Step, int Count) Span(int size)
    {
        var (lowest, highest) = step > 0 ? (0, size) : (-1, size - 1);
        int Bound(int? bound, int open) => bound is not { } b ? open : Math.Clamp(b < 0 ? b + size : b, lowest, highest);
        var first = Bound(start, step > 0 ? lowest : highest);
        var distance = (long)Bound(stop, step > 0 ? highest : lowest) - first;
        var count = (int)Math.Max(0, (distance + step - Math.Sign(step)) / step);
        return count > 0 ? (first, step, count) : (0, 1, 0);
    }
}

enum SliceKind : byte
{
    Range,
    Position,
    NewAxis,
    Ellipsis,
    Positions,
    Mask,
}
