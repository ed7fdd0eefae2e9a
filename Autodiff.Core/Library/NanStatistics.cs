namespace Autodiff;

// Folds that pass over NaN. Integers and booleans have none.
public static partial class Ops
{
    /// <summary>The sum of the elements that are not NaN, over some axes; over all if none is given. 0 if there are none.</summary>
    public static NDArray NanSum(NDArray x, params ReadOnlySpan<int> axes) => Sum(NanAs(x, 0), axes);

    /// <summary>The product of the elements that are not NaN, over some axes; over all if none is given. 1 if there are none.</summary>
    public static NDArray NanProd(NDArray x, params ReadOnlySpan<int> axes) => Prod(NanAs(x, 1), axes);

    /// <summary>The running sums along an axis, of the flattened array if it is null, in which NaN counts as 0.</summary>
    public static NDArray NanCumSum(NDArray x, int? axis = null) => CumSum(NanAs(x, 0), axis);

    /// <summary>The running products along an axis, of the flattened array if it is null, in which NaN counts as 1.</summary>
    public static NDArray NanCumProd(NDArray x, int? axis = null) => CumProd(NanAs(x, 1), axis);

    /// <summary>The largest element that is not NaN, over some axes; over all if none is given. NaN if there is none.</summary>
    /// <exception cref="ShapeException">There are no elements.</exception>
    public static NDArray NanMax(NDArray x, params ReadOnlySpan<int> axes) =>
        x.NotNull().DType.IsFloat ? Where(All(IsNaN(x), axes), double.NaN, Max(NanAs(x, double.NegativeInfinity), axes)) : Max(x, axes);

    /// <summary>The smallest element that is not NaN, over some axes; over all if none is given. NaN if there is none.</summary>
    /// <exception cref="ShapeException">There are no elements.</exception>
    public static NDArray NanMin(NDArray x, params ReadOnlySpan<int> axes) =>
        x.NotNull().DType.IsFloat ? Where(All(IsNaN(x), axes), double.NaN, Min(NanAs(x, double.PositiveInfinity), axes)) : Min(x, axes);

    /// <summary>The position of the first largest element that is not NaN, as <see cref="ArgMax"/> gives it; −1 if there is none.</summary>
    /// <exception cref="ShapeException">There are no elements.</exception>
    public static NDArray NanArgMax(NDArray x, int? axis = null) =>
        Where(NanAlong(x, axis), -1, ArgMax(NanAs(x, double.NegativeInfinity), axis));

    /// <summary>
    /// The position of the first smallest element that is not NaN, as <see cref="ArgMin"/> gives it; −1 if there is none.
    /// </summary>
    /// <exception cref="ShapeException">There are no elements.</exception>
    public static NDArray NanArgMin(NDArray x, int? axis = null) =>
        Where(NanAlong(x, axis), -1, ArgMin(NanAs(x, double.PositiveInfinity), axis));

    /// <summary>The mean of the elements that are not NaN, over some axes; over all if none is given. NaN if there is none.</summary>
    public static NDArray NanMean(NDArray x, params ReadOnlySpan<int> axes) => NanMean(x, axes, keepDims: false);

    /// <summary>Likewise; <paramref name="keepDims"/> keeps the reduced axes with size 1.</summary>
    public static NDArray NanMean(NDArray x, ReadOnlySpan<int> axes, bool keepDims)
    {
        x = Broadcasting.ToFloat(x);
        return Sum(NanAs(x, 0), axes, keepDims) / Sum(Numbers(x), axes, keepDims);
    }

    /// <summary>
    /// The variance of the elements that are not NaN, over some axes; over all if none is given. Divides by their number less
    /// <paramref name="ddof"/>; NaN where that is not positive.
    /// </summary>
    public static NDArray NanVar(NDArray x, ReadOnlySpan<int> axes = default, bool keepDims = false, int ddof = 0)
    {
        x = Broadcasting.ToFloat(x);
        var deviation = Where(IsNaN(x), 0, x - NanMean(x, axes, keepDims: true));
        var divisor = Sum(Numbers(x), axes, keepDims) - ddof;
        return Where(divisor > 0, Sum(Square(deviation), axes, keepDims) / Where(divisor > 0, divisor, 1), double.NaN);
    }

    /// <inheritdoc cref="NanVar(NDArray, ReadOnlySpan{int}, bool, int)"/>
    public static NDArray NanVar(NDArray x, params ReadOnlySpan<int> axes) => NanVar(x, axes, keepDims: false);

    /// <summary>The square root of the variance; see <see cref="NanVar(NDArray, ReadOnlySpan{int}, bool, int)"/>.</summary>
    public static NDArray NanStd(NDArray x, ReadOnlySpan<int> axes = default, bool keepDims = false, int ddof = 0) =>
        Sqrt(NanVar(x, axes, keepDims, ddof));

    /// <inheritdoc cref="NanStd(NDArray, ReadOnlySpan{int}, bool, int)"/>
    public static NDArray NanStd(NDArray x, params ReadOnlySpan<int> axes) => NanStd(x, axes, keepDims: false);

    static NDArray NanAs(NDArray x, double value) => x.NotNull().DType.IsFloat ? Where(IsNaN(x), value, x) : x;

    // 1 for a number, 0 for NaN.
    static NDArray Numbers(NDArray x) => AsType(!IsNaN(x), x.DType);

    static NDArray NanAlong(NDArray x, int? axis) => axis is { } a ? All(IsNaN(x), a) : All(IsNaN(x));
}
