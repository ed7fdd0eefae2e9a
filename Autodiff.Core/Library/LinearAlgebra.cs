namespace Autodiff;

public static partial class Ops
{
    /// <summary>The square root of the sum of the squares of all elements. Its derivative is NaN where it is 0.</summary>
    public static NDArray Norm(NDArray x) => Norm(x, default);

    /// <summary>
    /// The square root of the sum of the squares over some axes: the Euclidean norm of vectors along one, the Frobenius norm of matrices along two.
    /// <paramref name="keepDims"/> keeps these axes with size 1.
    /// </summary>
    /// <exception cref="ShapeException">There is no such axis, or it is named twice.</exception>
    public static NDArray Norm(NDArray x, Axes axis, bool keepDims = false) =>
        Sqrt(Reduce("Norm", x, axis, keepDims, a => new ReduceSumPrimitive(a), of: y => Square(Broadcasting.ToFloat(y))));

    /// <summary>
    /// A norm of the vectors along an axis, for an order p: (Σ|x|ᵖ)^(1/p), the largest or smallest |x| for ±∞, the number of elements that
    /// are not zero for 0. The axis may be left out for a vector.
    /// </summary>
    /// <exception cref="ShapeException">There is no such axis, or several and none is given.</exception>
    public static NDArray VectorNorm(NDArray x, double order = 2, int axis = -1, bool keepDims = false)
    {
        ReadOnlySpan<int> axes = [NormalizeAxis(axis, x, "VectorNorm")];
        x = Broadcasting.ToFloat(x);
        return order switch
        {
            2 => Sqrt(Sum(Square(x), axes, keepDims)),
            1 => Sum(Abs(x), axes, keepDims),
            0 => Sum(AsType(NotEqual(x, 0), x.DType), axes, keepDims),
            double.PositiveInfinity => Max(Abs(x), axes, keepDims),
            double.NegativeInfinity => Min(Abs(x), axes, keepDims),
            _ => Power(Sum(Power(Abs(x), order), axes, keepDims), 1 / order),
        };
    }

    /// <summary>
    /// A norm of the matrices in the last two axes: of Frobenius if no order is given, the largest (smallest) sum of magnitudes in a column
    /// for 1 (−1), or in a row for ∞ (−∞).
    /// </summary>
    /// <exception cref="ShapeException">There are fewer than two axes.</exception>
    /// <exception cref="InvalidArgumentException">It is another order.</exception>
    public static NDArray MatrixNorm(NDArray x, double? order = null, bool keepDims = false)
    {
        if (x.NotNull().Rank < 2)
            throw new ShapeException($"MatrixNorm needs at least two axes, but got {x.Aval}.");
        x = Broadcasting.ToFloat(x);
        var norm = order switch
        {
            null => Sqrt(Sum(Square(x), [-2, -1], keepDims: true)),
            1 => Max(Sum(Abs(x), [-2], keepDims: true), [-1], keepDims: true),
            -1 => Min(Sum(Abs(x), [-2], keepDims: true), [-1], keepDims: true),
            double.PositiveInfinity => Max(Sum(Abs(x), [-1], keepDims: true), [-2], keepDims: true),
            double.NegativeInfinity => Min(Sum(Abs(x), [-1], keepDims: true), [-2], keepDims: true),
            _ => throw new InvalidArgumentException($"MatrixNorm has the orders 1, −1, ∞, −∞ and none (Frobenius), but got {order}."),
        };
        return keepDims ? norm : Squeeze(norm, -2, -1);
    }

    /// <summary>The inverses of the square matrices in the last two axes. To solve equations use <see cref="Solve"/>.</summary>
    /// <exception cref="ShapeException">The last two axes differ in size.</exception>
    public static NDArray Inv(NDArray x)
    {
        x = SquareMatrices("Inv", x);
        return Solve(x, Eye(x.Shape[x.Rank - 1], type: x.DType));
    }

    /// <summary>
    /// The determinants of the square matrices in the last two axes. From order 4 on the derivative divides by the pivots: it is NaN for
    /// singular matrices.
    /// </summary>
    /// <exception cref="ShapeException">The last two axes differ in size.</exception>
    public static NDArray Det(NDArray x)
    {
        x = SquareMatrices("Det", x);
        NDArray At(int i, int j) => x[Slice.Ellipsis, i, j];
        NDArray Minor(int j, int k) => At(1, j) * At(2, k) - At(1, k) * At(2, j);
        switch (x.Shape[x.Rank - 1])
        {
            case 2:
                return At(0, 0) * At(1, 1) - At(0, 1) * At(1, 0);
            case 3:
                return At(0, 0) * Minor(1, 2) - At(0, 1) * Minor(0, 2) + At(0, 2) * Minor(0, 1);
        }
        var (factors, permutation) = LuFactor(x);
        return Parity(permutation, x.DType) * Prod(Diagonal(factors, 0, -2, -1), -1);
    }

    /// <summary>
    /// The signs of the determinants of the square matrices in the last two axes, and the logarithms of their magnitudes: 0 and −∞ for
    /// singular ones.
    /// </summary>
    /// <exception cref="ShapeException">The last two axes differ in size.</exception>
    public static (NDArray Sign, NDArray LogAbsDet) SlogDet(NDArray x)
    {
        x = SquareMatrices("SlogDet", x);
        var (factors, permutation) = LuFactor(x);
        var pivots = Diagonal(factors, 0, -2, -1);
        return (Parity(permutation, x.DType) * Prod(Sign(StopGradient(pivots)), -1), Sum(Log(Abs(pivots)), -1));
    }

    // −1 for an odd number of pairs in the wrong order.
    static NDArray Parity(NDArray permutation, DType type)
    {
        var inverted = ExpandDims(permutation, -1) > ExpandDims(permutation, -2);
        return AsType(1 - 2 * Mod(Sum(Triangle("Parity", inverted, lower: false, k: 1), -2, -1), 2), type);
    }

    /// <summary>
    /// The product of <paramref name="n"/> factors x, for the square matrices in the last two axes; of inverses if n is negative.
    /// </summary>
    /// <exception cref="ShapeException">The last two axes differ in size.</exception>
    public static NDArray MatrixPower(NDArray x, int n)
    {
        if (x.NotNull().Rank < 2 || x.Shape[x.Rank - 1] != x.Shape[x.Rank - 2])
            throw new ShapeException($"MatrixPower needs square matrices in the last two axes, but got {x.Aval}.");
        if (n == 0)
            return BroadcastTo(Eye(x.Shape[x.Rank - 1], type: x.DType), x.Shape);
        if (n < 0)
            (x, n) = (Inv(x), checked(-n));
        NDArray? result = null;
        for (; ; x = MatMul(x, x))
        {
            if ((n & 1) != 0)
                result = result is null ? x : MatMul(result, x);
            if ((n >>= 1) == 0)
                return result!;
        }
    }

    /// <summary>The product of several matrices, the first and the last of which may be vectors, from the left.</summary>
    /// <exception cref="InvalidArgumentException">There are fewer than two.</exception>
    public static NDArray MultiDot(ReadOnlySpan<NDArray> matrices)
    {
        if (matrices.NotNull().Length < 2)
            throw new InvalidArgumentException($"MultiDot needs at least two matrices, but got {matrices.Length}.");
        var result = matrices[0];
        foreach (var matrix in matrices[1..])
            result = MatMul(result, matrix);
        return result;
    }

    /// <summary>
    /// The cross products of vectors along an axis, of three components each, or of two, for which it is the third component; the other
    /// axes broadcast.
    /// </summary>
    /// <exception cref="ShapeException">The vectors have other numbers of components.</exception>
    public static NDArray Cross(NDArray x, NDArray y, int axis = -1)
    {
        var (a, b) = (MoveAxis(x, axis, -1), MoveAxis(y.NotNull(), axis, -1));
        var n = a.Shape[a.Rank - 1];
        if (n != b.Shape[b.Rank - 1] || n is not (2 or 3))
            throw new ShapeException($"Cross needs vectors of 2 or 3 components along axis {axis}, but got {x.Aval} and {y.Aval}.");
        NDArray Component(int i, int j) => a[Slice.Ellipsis, i] * b[Slice.Ellipsis, j] - a[Slice.Ellipsis, j] * b[Slice.Ellipsis, i];
        return n == 2 ? Component(0, 1) : Stack([Component(1, 2), Component(2, 0), Component(0, 1)], axis);
    }
}
