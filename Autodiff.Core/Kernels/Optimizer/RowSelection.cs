namespace Autodiff;

/// <summary>
/// A digit of the place of an element in row-major order: (place / <paramref name="Stride"/>) % <paramref name="Size"/>. An axis is one; a
/// reshape keeps the digits and changes which axis each lies in.
/// </summary>
readonly record struct Digit(long Stride, int Size)
{
    internal static Digit OfAxis(Shape shape, int axis) => new(shape.Strides()[axis], shape[axis]);

    /// <summary>The axis that holds the whole digit, and how far the axis counts above and below it; null if it lies across axes.</summary>
    internal (int Axis, int Outer, int Inner)? In(Shape shape)
    {
        var strides = shape.Strides();
        for (var axis = 0; axis < strides.Length; axis++)
            if (Stride % strides[axis] == 0 && strides[axis] * shape[axis] % (Stride * Size) == 0)
                return (axis, (int)(strides[axis] * shape[axis] / (Stride * Size)), (int)(Stride / strides[axis]));
        return null;
    }

    /// <summary>A type whose digit counts to <paramref name="size"/>, where that of <paramref name="type"/> counts to the digit's size.</summary>
    internal Aval Resized(Aval type, int size) =>
        In(type.Shape) is var (axis, outer, inner) ? type with { Shape = type.Shape.Replace(axis, outer * size * inner) } : type;
}

/// <summary>
/// The elements of an array whose <paramref name="Digit"/> is one of some rows: an Int64 expression for each index of a space, in row-major
/// order.
/// </summary>
sealed record RowSelection(Digit Digit, Scalar Rows, Shape Space)
{
    // A gather costs more than a load, the more so where neighbours in memory are not wanted together.
    internal bool IsSmall => Space.Size > 0 && 4 * Space.Size <= (Digit.Stride > 1 ? 3 : 1) * (long)Digit.Size;

    internal int Count => (int)Space.Size;
}
