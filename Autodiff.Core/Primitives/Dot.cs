namespace Autodiff;

public static partial class Ops
{
    /// <summary>
    /// NumPy's dot: the inner product of vectors, the product of matrices; in general the sum over the last axis of x and the last but
    /// one of y (the only one of a vector), with the remaining axes of x before those of y. A scalar multiplies.
    /// </summary>
    /// <exception cref="ShapeException">The summed axes differ in size.</exception>
    public static NDArray Dot(NDArray x, NDArray y) =>
        x.NotNull().Rank == 0 || y.NotNull().Rank == 0
            ? Multiply(x, y)
            : DotGeneral("Dot", x, y, [x.Rank - 1], [Math.Max(0, y.Rank - 2)], [], []);

    /// <summary>
    /// The product of matrices, in the last two axes; the axes before them broadcast. A vector on the left is a row, on the right a
    /// column, and loses that axis in the result.
    /// </summary>
    /// <exception cref="ShapeException">An operand is a scalar, the summed axes differ in size, or the axes before do not
    /// broadcast.</exception>
    public static NDArray MatMul(NDArray x, NDArray y)
    {
        if (x.NotNull().Rank == 0 || y.NotNull().Rank == 0)
            throw new ShapeException($"MatMul needs operands with axes, but got {x.Aval} and {y.Aval}. Multiply by a scalar with *.");
        if (x.Rank <= 2 && y.Rank <= 2)
            return DotGeneral("MatMul", x, y, [x.Rank - 1], [Math.Max(0, y.Rank - 2)], [], []);
        if (x.Rank == 1)
            return DotGeneral("MatMul", y, x, [y.Rank - 2], [0], [], []);
        if (y.Rank <= 2)
            return DotGeneral("MatMul", x, y, [x.Rank - 1], [0], [], []);
        var (left, right) = (Shape.Create(x.Shape.Dims[..^2]), Shape.Create(y.Shape.Dims[..^2]));
        var batch =
            Shape.Broadcast(left, right)
            ?? throw new ShapeException($"MatMul got {x.Aval} and {y.Aval}, whose axes before the last two do not broadcast.");
        ValueList<int> leading = [.. Enumerable.Range(0, batch.Rank)];
        x = BroadcastTo(x, batch.Concat([x.Shape[x.Rank - 2], x.Shape[x.Rank - 1]]));
        y = BroadcastTo(y, batch.Concat([y.Shape[y.Rank - 2], y.Shape[y.Rank - 1]]));
        return DotGeneral("MatMul", x, y, [batch.Rank + 1], [batch.Rank], leading, leading);
    }

    /// <summary>The inner product of all elements of two arrays of one size, in row-major order.</summary>
    /// <exception cref="ShapeException">The sizes differ.</exception>
    public static NDArray VDot(NDArray x, NDArray y) => DotGeneral("VDot", Ravel(x), Ravel(y.NotNull()), [0], [0], [], []);

    /// <summary>The inner products of vectors along an axis; the other axes broadcast.</summary>
    /// <exception cref="ShapeException">The vectors differ in length, or the other axes do not broadcast.</exception>
    public static NDArray VecDot(NDArray x, NDArray y, int axis = -1)
    {
        x = MoveAxis(x, axis, -1);
        y = MoveAxis(y.NotNull(), axis, -1);
        if (x.Shape[x.Rank - 1] != y.Shape[y.Rank - 1])
            throw new ShapeException($"VecDot needs vectors of one length, but they are along the last axes of {x.Aval} and {y.Aval}.");
        var shape = Broadcasting.CommonShape("vecdot", [x, y]);
        ValueList<int> leading = [.. Enumerable.Range(0, shape.Rank - 1)];
        return DotGeneral("VecDot", BroadcastTo(x, shape), BroadcastTo(y, shape), [shape.Rank - 1], [shape.Rank - 1], leading, leading);
    }

    /// <summary>The sum over the last axes of both; the remaining axes of x come before those of y. A scalar multiplies.</summary>
    /// <exception cref="ShapeException">The last axes differ in size.</exception>
    public static NDArray Inner(NDArray x, NDArray y) =>
        x.NotNull().Rank == 0 || y.NotNull().Rank == 0 ? Multiply(x, y) : DotGeneral("Inner", x, y, [x.Rank - 1], [y.Rank - 1], [], []);

    /// <summary>All products of an element of x and one of y, as a matrix: both are flattened.</summary>
    public static NDArray Outer(NDArray x, NDArray y) => Multiply(Reshape(x.NotNull(), -1, 1), Ravel(y.NotNull()));

    /// <summary>The sum over the last <paramref name="axes"/> axes of x and the first of y.</summary>
    /// <exception cref="ShapeException">There are not so many axes, or they differ in size.</exception>
    public static NDArray TensorDot(NDArray x, NDArray y, int axes = 2) =>
        axes >= 0 && axes <= x.NotNull().Rank && axes <= y.NotNull().Rank
            ? TensorDot(x, y, [.. Enumerable.Range(x.Rank - axes, axes)], [.. Enumerable.Range(0, axes)])
            : throw new ShapeException($"TensorDot over {axes} axes needs operands with so many, but got {x.Aval} and {y.Aval}.");

    /// <summary>The sum over pairs of axes; the remaining axes of x come before those of y.</summary>
    /// <exception cref="ShapeException">The axes do not pair up, or differ in size.</exception>
    public static NDArray TensorDot(NDArray x, NDArray y, ReadOnlySpan<int> xAxes, ReadOnlySpan<int> yAxes)
    {
        var (xs, ys) = (new int[xAxes.Length], new int[yAxes.Length]);
        for (var i = 0; i < xs.Length; i++)
            xs[i] = NormalizeAxis(xAxes[i], x, "TensorDot");
        for (var i = 0; i < ys.Length; i++)
            ys[i] = NormalizeAxis(yAxes[i], y, "TensorDot");
        return DotGeneral("TensorDot", x, y, [.. xs], [.. ys], [], []);
    }

    /// <summary>The Kronecker product: every element of x times all of y, as blocks.</summary>
    public static NDArray Kron(NDArray x, NDArray y)
    {
        var rank = Math.Max(x.NotNull().Rank, y.NotNull().Rank);
        var (a, b) = (new int[2 * rank], new int[2 * rank]);
        var shape = new int[rank];
        for (var i = 0; i < rank; i++)
        {
            var (m, n) = (i - rank + x.Rank, i - rank + y.Rank);
            (a[2 * i], a[2 * i + 1]) = (m < 0 ? 1 : x.Shape[m], 1);
            (b[2 * i], b[2 * i + 1]) = (1, n < 0 ? 1 : y.Shape[n]);
            shape[i] = checked(a[2 * i] * b[2 * i + 1]);
        }
        return Reshape(Reshape(x, a) * Reshape(y, b), shape);
    }

    /// <summary>
    /// The sum over a diagonal of two axes: of the elements whose second index is the first plus <paramref name="offset"/>.
    /// </summary>
    /// <exception cref="ShapeException">There are no such two axes.</exception>
    public static NDArray Trace(NDArray x, int offset = 0, int axis1 = 0, int axis2 = 1)
    {
        ValueList<int> axes = [NormalizeAxis(axis1, x, "Trace"), NormalizeAxis(axis2, x, "Trace")];
        if (axes[0] == axes[1])
            throw new ShapeException($"Trace needs two axes, but got axis {axis1} twice.");
        var (row, column) = (Iota(DType.Int64, x.Shape, axes[0]), Iota(DType.Int64, x.Shape, axes[1]));
        var terms = Where(Equal(column, row + offset), x, ZerosLike(x));
        return Sum(terms, axes.AsSpan());
    }

    internal static NDArray DotGeneral(
        string name,
        NDArray x,
        NDArray y,
        ValueList<int> xContract,
        ValueList<int> yContract,
        ValueList<int> xBatch,
        ValueList<int> yBatch
    )
    {
        if (xContract.Count != yContract.Count || xContract.Where((a, i) => x.Shape[a] != y.Shape[yContract[i]]).Any())
            throw new ShapeException(
                $"{name} of {x.Aval} and {y.Aval} sums over axes {xContract} of the first and {yContract} of the second, "
                    + "which must be equal in size."
            );
        var pair = Broadcasting.Promote(x, y);
        return new DotGeneralPrimitive(xContract, yContract, xBatch, yBatch).Bind(pair);
    }
}

public abstract partial class NDArray
{
    /// <inheritdoc cref="Ops.Dot"/>
    public NDArray Dot(NDArray y) => Ops.Dot(this, y);

    /// <inheritdoc cref="Ops.MatMul"/>
    public NDArray MatMul(NDArray y) => Ops.MatMul(this, y);
}
