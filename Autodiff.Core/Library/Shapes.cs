namespace Autodiff;

public static partial class Ops
{
    /// <summary>The elements in row-major order, as a vector.</summary>
    public static NDArray Ravel(NDArray x) => ReshapeTo(x, [checked((int)x.NotNull().Size)]);

    /// <summary>The axes in another order; another name of <see cref="Transpose"/>.</summary>
    /// <exception cref="ShapeException">It is not a permutation of the axes.</exception>
    public static NDArray PermuteDims(NDArray x, params ReadOnlySpan<int> axes) => Transpose(x, axes);

    /// <summary>The array with two axes exchanged.</summary>
    /// <exception cref="ShapeException">There are no such axes.</exception>
    public static NDArray SwapAxes(NDArray x, int axis1, int axis2)
    {
        int[] order = [.. Enumerable.Range(0, x.NotNull().Rank)];
        var (a, b) = (NormalizeAxis(axis1, x, "SwapAxes"), NormalizeAxis(axis2, x, "SwapAxes"));
        (order[a], order[b]) = (b, a);
        return Transpose(x, order);
    }

    /// <summary>The array with new axes of size 1 at the given places of the result.</summary>
    /// <exception cref="ShapeException">A place is out of range or named twice.</exception>
    public static NDArray ExpandDims(NDArray x, params ReadOnlySpan<int> axis)
    {
        if (axis.IsEmpty)
            return x;
        var places = NormalizeAxes(axis, x.NotNull().Rank + axis.Length, "ExpandDims", "the result");
        var shape = x.Shape;
        foreach (var place in places)
            shape = shape.Insert(place, 1);
        return ReshapeTo(x, shape);
    }

    /// <summary>The array without some axes of size 1; without all of them if none is given.</summary>
    /// <exception cref="ShapeException">A given axis has another size.</exception>
    public static NDArray Squeeze(NDArray x, params ReadOnlySpan<int> axis)
    {
        if (axis.IsEmpty)
            return ReshapeTo(x, [.. x.Shape.Dims.ToArray().Where(n => n != 1)]);
        var removed = NormalizeAxes(axis, x, "Squeeze");
        foreach (var i in removed)
            if (x.Shape[i] != 1)
                throw new ShapeException($"Squeeze removes axes of size 1, but axis {i} of {x.Aval} has size {x.Shape[i]}.");
        return ReshapeTo(x, x.Shape.Remove(removed.AsSpan()));
    }

    /// <summary>The array with at least one axis: a scalar becomes a vector.</summary>
    public static NDArray AtLeast1D(NDArray x) => x.NotNull().Rank == 0 ? ReshapeTo(x, [1]) : x;

    /// <summary>The array with at least two axes: a vector becomes a row.</summary>
    public static NDArray AtLeast2D(NDArray x) => x.NotNull().Rank < 2 ? Reshape(x, 1, -1) : x;

    /// <summary>The array with at least three axes: a vector becomes [1, n, 1], a matrix [m, n, 1].</summary>
    public static NDArray AtLeast3D(NDArray x) => x.NotNull().Rank < 3 ? ExpandDims(AtLeast2D(x), 2) : x;

    /// <summary>The arrays in their common shape under NumPy's broadcasting rule.</summary>
    /// <exception cref="ShapeException">There is none.</exception>
    public static NDArray[] BroadcastArrays(params ReadOnlySpan<NDArray> arrays)
    {
        if (arrays.NotNull().IsEmpty)
            return [];
        var shape = Broadcasting.CommonShape("BroadcastArrays", arrays);
        return Array.ConvertAll(arrays.ToArray(), x => BroadcastTo(x, shape));
    }

    /// <summary>The columns (the second axis) in reverse order.</summary>
    /// <exception cref="ShapeException">There are fewer than two axes.</exception>
    public static NDArray FlipLR(NDArray x) => Flip(x, NormalizeAxis(1, x, "FlipLR"));

    /// <summary>The rows (the first axis) in reverse order.</summary>
    /// <exception cref="ShapeException">There is no axis.</exception>
    public static NDArray FlipUD(NDArray x) => Flip(x, NormalizeAxis(0, x, "FlipUD"));

    /// <summary>The array turned <paramref name="k"/> times by a right angle, from the first of two axes towards the second.</summary>
    /// <exception cref="ShapeException">There are no such two axes.</exception>
    public static NDArray Rot90(NDArray x, int k = 1, int axis1 = 0, int axis2 = 1)
    {
        var (a, b) = (NormalizeAxis(axis1, x, "Rot90"), NormalizeAxis(axis2, x, "Rot90"));
        if (a == b)
            throw new ShapeException($"Rot90 needs two axes, but got axis {axis1} twice.");
        return (k & 3) switch
        {
            1 => SwapAxes(Flip(x, b), a, b),
            2 => Flip(x, a, b),
            3 => Flip(SwapAxes(x, a, b), b),
            _ => x,
        };
    }

    /// <summary>
    /// The elements moved <paramref name="shift"/> places along an axis, or in row-major order if it is null; what leaves one end enters at
    /// the other.
    /// </summary>
    /// <exception cref="ShapeException">There is no such axis.</exception>
    public static NDArray Roll(NDArray x, int shift, int? axis = null)
    {
        if (axis is not { } a)
            return ReshapeTo(Roll(Ravel(x), shift, 0), x.Shape);
        a = NormalizeAxis(a, x, "Roll");
        var n = x.Shape[a];
        if (n == 0 || shift % n == 0)
            return x;
        var split = n - ((shift % n + n) % n);
        return ConcatenateAll([SliceAxis(x, a, split, n), SliceAxis(x, a, 0, split)], a);
    }

    /// <summary>Likewise along several axes, each with its own shift.</summary>
    /// <exception cref="ShapeException">There is not one shift for each axis, or there is no such axis.</exception>
    public static NDArray Roll(NDArray x, ReadOnlySpan<int> shift, ReadOnlySpan<int> axis)
    {
        if (shift.Length != axis.Length)
            throw new ShapeException($"Roll needs one shift for each axis, but got {shift.Length} shifts and {axis.Length} axes.");
        for (var i = 0; i < axis.Length; i++)
            x = Roll(x, shift[i], axis[i]);
        return x;
    }
}

public abstract partial class NDArray
{
    /// <inheritdoc cref="Ops.Ravel"/>
    public NDArray Ravel() => Ops.Ravel(this);

    /// <inheritdoc cref="Ops.SwapAxes"/>
    public NDArray SwapAxes(int axis1, int axis2) => Ops.SwapAxes(this, axis1, axis2);

    /// <inheritdoc cref="Ops.Squeeze"/>
    public NDArray Squeeze(params ReadOnlySpan<int> axis) => Ops.Squeeze(this, axis);
}
