namespace Autodiff;

public static partial class Ops
{
    /// <summary>
    /// A matrix of zeros with ones on diagonal <paramref name="k"/>: the main one is 0, those above are positive. Square unless
    /// <paramref name="columns"/> says otherwise.
    /// </summary>
    public static NDArray Eye(int rows, int? columns = null, int k = 0, DType type = DType.Float64) =>
        AsType(Equal(RowPlus(k, rows, columns), ColumnOf(rows, columns)), type);

    /// <summary>The identity matrix.</summary>
    public static NDArray Identity(int n, DType type = DType.Float64) => Eye(n, type: type);

    /// <summary>A matrix of ones on and below diagonal <paramref name="k"/>, and zeros above.</summary>
    public static NDArray Tri(int rows, int? columns = null, int k = 0, DType type = DType.Float64) =>
        AsType(RowPlus(k, rows, columns) >= ColumnOf(rows, columns), type);

    /// <summary>The matrices in the last two axes with zeros above diagonal <paramref name="k"/>.</summary>
    /// <exception cref="ShapeException">There are fewer than two axes.</exception>
    public static NDArray Tril(NDArray x, int k = 0) => Triangle("Tril", x, lower: true, k);

    /// <summary>The matrices in the last two axes with zeros below diagonal <paramref name="k"/>.</summary>
    /// <exception cref="ShapeException">There are fewer than two axes.</exception>
    public static NDArray Triu(NDArray x, int k = 0) => Triangle("Triu", x, lower: false, k);

    /// <summary>A square matrix with a vector on diagonal <paramref name="k"/> and zeros elsewhere; of a matrix, its diagonal k.</summary>
    /// <exception cref="ShapeException">It is neither a vector nor a matrix.</exception>
    public static NDArray Diag(NDArray x, int k = 0)
    {
        if (x.NotNull().Rank == 2)
            return Diagonal(x, k);
        if (x.Rank != 1)
            throw new ShapeException($"Diag needs a vector or a matrix, but got {x.Aval}.");
        var n = checked(x.Length + Math.Abs(k));
        var padded = Pad(x, [(0, Math.Abs(k))]);
        return Where(Equal(RowPlus(k, n, n), ColumnOf(n, n)), k < 0 ? padded : ReshapeTo(padded, [n, 1]), 0);
    }

    /// <summary>A square matrix with the elements of x, in row-major order, on diagonal <paramref name="k"/> and zeros elsewhere.</summary>
    public static NDArray DiagFlat(NDArray x, int k = 0) => Diag(Ravel(x), k);

    /// <summary>
    /// The elements of two axes whose second index is the first plus <paramref name="offset"/>, along a new last axis in place of the two.
    /// </summary>
    /// <exception cref="ShapeException">There are no such two axes.</exception>
    public static NDArray Diagonal(NDArray x, int offset = 0, int axis1 = 0, int axis2 = 1)
    {
        var (a, b) = (NormalizeAxis(axis1, x, "Diagonal"), NormalizeAxis(axis2, x, "Diagonal"));
        if (a == b)
            throw new ShapeException($"Diagonal needs two axes, but got axis {axis1} twice.");
        int[] rest = [.. Enumerable.Range(0, x.Rank).Where(i => i != a && i != b)];
        var (rows, columns) = (x.Shape[a], x.Shape[b]);
        var (row, column) = (Math.Max(0, -offset), Math.Max(0, offset));
        var length = Math.Max(0, Math.Min(rows - row, columns - column));
        var shape = x.Shape.Remove([a, b]);
        if (length == 0)
            return Zeros(Shape.Create([.. shape.Dims, 0]), x.DType);
        // In a flat matrix, neighbours on a diagonal are columns + 1 apart.
        var flat = ReshapeTo(Transpose(x, [.. rest, a, b]), Shape.Create([.. shape.Dims, checked(rows * columns)]));
        var start = row * columns + column;
        return SliceAxis(flat, rest.Length, start, start + (length - 1) * (columns + 1) + 1, columns + 1);
    }

    /// <summary>
    /// The Vandermonde matrix of a vector: a row for each element, of its powers from <paramref name="columns"/> − 1 down to 0, or upwards
    /// if <paramref name="increasing"/>; square by default.
    /// </summary>
    /// <exception cref="ShapeException">It is not a vector.</exception>
    public static NDArray Vander(NDArray x, int? columns = null, bool increasing = false)
    {
        if (x.NotNull().Rank != 1)
            throw new ShapeException($"Vander needs a vector, but got {x.Aval}.");
        var n = columns ?? x.Length;
        var exponents = Iota(x.DType, [n], 0);
        return Power(ReshapeTo(x, [x.Length, 1]), increasing ? exponents : n - 1 - exponents);
    }

    /// <summary>1 at the position that each integer names and 0 elsewhere, along a new axis; zeros where it is out of range.</summary>
    /// <exception cref="ShapeException">There is no such axis of the result.</exception>
    public static NDArray OneHot(NDArray x, int classes, DType type = DType.Float64, int axis = -1)
    {
        var place = NormalizeAxis(axis, x.NotNull().Rank + 1, "OneHot", "the result");
        return AsType(Equal(ExpandDims(x, place), Iota(DType.Int64, x.Shape.Insert(place, classes), place)), type);
    }

    static NDArray RowPlus(int k, int rows, int? columns) => Iota(DType.Int64, [rows, columns ?? rows], 0) + k;

    static NDArray ColumnOf(int rows, int? columns) => Iota(DType.Int64, [rows, columns ?? rows], 1);
}

public abstract partial class NDArray
{
    /// <inheritdoc cref="Ops.Diagonal"/>
    public NDArray Diagonal(int offset = 0, int axis1 = 0, int axis2 = 1) => Ops.Diagonal(this, offset, axis1, axis2);
}
