namespace Autodiff;

public static partial class Ops
{
    /// <summary>An array whose elements may be anything; here zeros, Float64.</summary>
    public static NDArray Empty(params ReadOnlySpan<int> shape) => Zeros(shape);

    /// <summary>An array whose elements may be anything; here zeros.</summary>
    public static NDArray Empty(Shape shape, DType type) => Zeros(shape, type);

    /// <summary>An array of the shape and type of <paramref name="x"/> whose elements may be anything; here zeros.</summary>
    public static NDArray EmptyLike(NDArray x) => ZerosLike(x);

    /// <summary>
    /// <paramref name="count"/> evenly spaced numbers from start to stop, with stop unless <paramref name="endpoint"/> is false, along a
    /// new first axis; start and stop broadcast. Floats: start·(1 − s) + stop·s with s = i / (count − 1), which is exact at both ends.
    /// </summary>
    /// <exception cref="InvalidArgumentException">The count is negative.</exception>
    public static NDArray LinSpace(NDArray start, NDArray stop, int count = 50, bool endpoint = true)
    {
        if (count < 0)
            throw new InvalidArgumentException($"A sequence cannot have {count} elements.");
        var ends = Broadcasting.PromoteFloat(start, stop);
        (start, stop) = (ends[0], ends[1]);
        var shape = Broadcasting.CommonShape("LinSpace", ends).Prepend(count);
        var s = Iota(start.DType, shape, 0) / Math.Max(1, endpoint ? count - 1 : count);
        return start * (1 - s) + stop * s;
    }

    /// <summary>Powers of <paramref name="base"/> with evenly spaced exponents from start to stop; see <see cref="LinSpace"/>.</summary>
    /// <exception cref="InvalidArgumentException">The count is negative.</exception>
    public static NDArray LogSpace(NDArray start, NDArray stop, int count = 50, bool endpoint = true, double @base = 10) =>
        Power(@base, LinSpace(start, stop, count, endpoint));

    /// <summary>
    /// Numbers from start to stop whose neighbours have one ratio, exact at both ends; see <see cref="LinSpace"/>. NaN if one end is 0 or
    /// the signs differ.
    /// </summary>
    /// <exception cref="InvalidArgumentException">The count is negative.</exception>
    public static NDArray GeomSpace(NDArray start, NDArray stop, int count = 50, bool endpoint = true)
    {
        var ends = Broadcasting.PromoteFloat(start, stop);
        (start, stop) = (ends[0], ends[1]);
        var exponents = LinSpace(0, Log10(stop / start), count, endpoint);
        var place = Iota(DType.Int64, exponents.Shape, 0);
        var numbers = Where(Equal(place, 0), start, start * Power(10, exponents));
        return endpoint && count > 1 ? Where(Equal(place, count - 1), stop, numbers) : numbers;
    }

    /// <summary>The function applied to the Int64 positions 0 … count − 1.</summary>
    public static NDArray FromFunction(Func<NDArray, NDArray> f, int count) => f(Iota(DType.Int64, [count], 0));

    /// <summary>The function applied to the Int64 row and column of each element of a matrix.</summary>
    public static NDArray FromFunction(Func<NDArray, NDArray, NDArray> f, int rows, int columns) =>
        f(Iota(DType.Int64, [rows, columns], 0), Iota(DType.Int64, [rows, columns], 1));

    /// <summary>The function applied to the Int64 positions of the elements of an array, one array of positions for each axis.</summary>
    public static NDArray FromFunction(Func<NDArray[], NDArray> f, Shape shape) => f(Indices(shape));

    /// <summary>The Int64 positions of the elements of an array of a shape: for each axis, the position along it.</summary>
    public static NDArray[] Indices(Shape shape) => [.. Enumerable.Range(0, shape.Rank).Select(axis => Iota(DType.Int64, shape, axis))];

    /// <summary>
    /// The coordinates of the points of a grid with these vectors as axes: one array for each. The first vector runs along the columns, the
    /// second along the rows (NumPy's <c>indexing="xy"</c>).
    /// </summary>
    /// <exception cref="ShapeException">One is not a vector.</exception>
    public static NDArray[] Meshgrid(params ReadOnlySpan<NDArray> axes) => Meshgrid(axes, ij: false);

    /// <summary>Likewise; with <paramref name="ij"/> vector i runs along axis i.</summary>
    /// <exception cref="ShapeException">One is not a vector.</exception>
    public static NDArray[] Meshgrid(ReadOnlySpan<NDArray> axes, bool ij)
    {
        var vectors = axes.NotNull().ToArray();
        foreach (var vector in vectors)
            if (vector.Rank != 1)
                throw new ShapeException($"Meshgrid needs vectors, but got {vector.Aval}.");
        int[] order = [.. Enumerable.Range(0, vectors.Length)];
        if (!ij && order.Length >= 2)
            (order[0], order[1]) = (1, 0);
        Shape shape = [.. order.Select(i => vectors[i].Length)];
        return [.. vectors.Select((vector, i) => BroadcastInDim(vector, shape, [order[i]]))];
    }

    /// <summary>
    /// Vectors of positions, vector i along axis i and of size 1 on the others: x[ix[0], ix[1]] is the sub-matrix of those rows and columns
    /// (NumPy's <c>ix_</c>).
    /// </summary>
    /// <exception cref="ShapeException">One is not a vector.</exception>
    public static NDArray[] Ix(params ReadOnlySpan<NDArray> positions)
    {
        var open = positions.NotNull().ToArray();
        for (var i = 0; i < open.Length; i++)
        {
            if (open[i].Rank != 1)
                throw new ShapeException($"Ix needs vectors, but got {open[i].Aval}.");
            var shape = new int[open.Length];
            Array.Fill(shape, 1);
            shape[i] = open[i].Length;
            open[i] = Reshape(open[i], shape);
        }
        return open;
    }
}
