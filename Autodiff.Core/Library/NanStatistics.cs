namespace Autodiff;

// Folds that pass over NaN. Integers and booleans have none.
public static partial class Ops
{
    /// <summary>The sum of the elements that are not NaN, over some axes; over all if none is given. 0 if there are none.</summary>
    /// <exception cref="ShapeException">There is no such axis, or it is named twice.</exception>
    public static NDArray NanSum(NDArray x, params ReadOnlySpan<int> axis) => NanSum(x, axis, keepDims: false);

    /// <summary>Likewise; <paramref name="keepDims"/> keeps the reduced axes with size 1.</summary>
    /// <exception cref="ShapeException">There is no such axis, or it is named twice.</exception>
    public static NDArray NanSum(NDArray x, Axes axis = default, bool keepDims = false) =>
        Reduce("NanSum", x, axis, keepDims, a => new ReduceSumPrimitive(a), of: y => Summable(NanAs(y, 0)));

    /// <summary>The product of the elements that are not NaN, over some axes; over all if none is given. 1 if there are none.</summary>
    /// <exception cref="ShapeException">There is no such axis, or it is named twice.</exception>
    public static NDArray NanProd(NDArray x, params ReadOnlySpan<int> axis) => NanProd(x, axis, keepDims: false);

    /// <summary>Likewise; <paramref name="keepDims"/> keeps the reduced axes with size 1.</summary>
    /// <exception cref="ShapeException">There is no such axis, or it is named twice.</exception>
    public static NDArray NanProd(NDArray x, Axes axis = default, bool keepDims = false) =>
        Reduce("NanProd", x, axis, keepDims, a => new ReduceProdPrimitive(a), of: y => Summable(NanAs(y, 1)));

    /// <summary>The running sums along an axis, of the flattened array if it is null, in which NaN counts as 0.</summary>
    public static NDArray NanCumSum(NDArray x, int? axis = null) => CumSum(NanAs(x, 0), axis);

    /// <summary>The running products along an axis, of the flattened array if it is null, in which NaN counts as 1.</summary>
    public static NDArray NanCumProd(NDArray x, int? axis = null) => CumProd(NanAs(x, 1), axis);

    /// <summary>The largest element that is not NaN, over some axes; over all if none is given. NaN if there is none.</summary>
    /// <exception cref="ShapeException">There are no elements, there is no such axis, or it is named twice.</exception>
    public static NDArray NanMax(NDArray x, params ReadOnlySpan<int> axis) => NanMax(x, axis, keepDims: false);

    /// <summary>Likewise; <paramref name="keepDims"/> keeps the reduced axes with size 1.</summary>
    /// <exception cref="ShapeException">There are no elements, there is no such axis, or it is named twice.</exception>
    public static NDArray NanMax(NDArray x, Axes axis = default, bool keepDims = false) =>
        NanExtremum("NanMax", x, axis, keepDims, double.NegativeInfinity, a => new ReduceMaxPrimitive(a));

    /// <summary>The smallest element that is not NaN, over some axes; over all if none is given. NaN if there is none.</summary>
    /// <exception cref="ShapeException">There are no elements, there is no such axis, or it is named twice.</exception>
    public static NDArray NanMin(NDArray x, params ReadOnlySpan<int> axis) => NanMin(x, axis, keepDims: false);

    /// <summary>Likewise; <paramref name="keepDims"/> keeps the reduced axes with size 1.</summary>
    /// <exception cref="ShapeException">There are no elements, there is no such axis, or it is named twice.</exception>
    public static NDArray NanMin(NDArray x, Axes axis = default, bool keepDims = false) =>
        NanExtremum("NanMin", x, axis, keepDims, double.PositiveInfinity, a => new ReduceMinPrimitive(a));

    static NDArray NanExtremum(string operation, NDArray x, Axes axis, bool keepDims, double instead, Func<ValueList<int>, Reduction> make)
    {
        var result = Reduce(operation, x, axis, keepDims, make, of: y => NanAs(y, instead));
        return x.DType.IsFloat ? Where(All(IsNaN(x), axis, keepDims), double.NaN, result) : result;
    }

    /// <summary>The position of the first largest element that is not NaN, as <see cref="ArgMax"/> gives it; −1 if there is none.</summary>
    /// <exception cref="ShapeException">There are no elements.</exception>
    public static NDArray NanArgMax(NDArray x, int? axis = null, bool keepDims = false)
    {
        var position = ArgReduce("NanArgMax", NanAs(x, double.NegativeInfinity), axis, keepDims, a => new ArgMaxPrimitive(a));
        return Where(All(IsNaN(x), axis is { } a ? a : default(Axes), keepDims), -1, position);
    }

    /// <summary>
    /// The position of the first smallest element that is not NaN, as <see cref="ArgMin"/> gives it; −1 if there is none.
    /// </summary>
    /// <exception cref="ShapeException">There are no elements.</exception>
    public static NDArray NanArgMin(NDArray x, int? axis = null, bool keepDims = false)
    {
        var position = ArgReduce("NanArgMin", NanAs(x, double.PositiveInfinity), axis, keepDims, a => new ArgMinPrimitive(a));
        return Where(All(IsNaN(x), axis is { } a ? a : default(Axes), keepDims), -1, position);
    }

    /// <summary>The mean of the elements that are not NaN, over some axes; over all if none is given. NaN if there is none.</summary>
    /// <exception cref="ShapeException">There is no such axis, or it is named twice.</exception>
    public static NDArray NanMean(NDArray x, params ReadOnlySpan<int> axis) => NanMean(x, axis, keepDims: false);

    /// <summary>Likewise; <paramref name="keepDims"/> keeps the reduced axes with size 1.</summary>
    /// <exception cref="ShapeException">There is no such axis, or it is named twice.</exception>
    public static NDArray NanMean(NDArray x, Axes axis = default, bool keepDims = false)
    {
        var along = NormalizeAxes(axis.Numbers, x, "NanMean").AsSpan();
        x = Broadcasting.ToFloat(x);
        return Sum(NanAs(x, 0), along, keepDims) / Sum(Numbers(x), along, keepDims);
    }

    /// <summary>
    /// The variance of the elements that are not NaN, over some axes; over all if none is given. Divides by their number less
    /// <paramref name="ddof"/>; NaN where that is not positive.
    /// </summary>
    /// <exception cref="ShapeException">There is no such axis, or it is named twice.</exception>
    public static NDArray NanVar(NDArray x, Axes axis = default, bool keepDims = false, int ddof = 0) =>
        NanVariance("NanVar", x, axis, keepDims, ddof);

    /// <inheritdoc cref="NanVar(NDArray, Axes, bool, int)"/>
    public static NDArray NanVar(NDArray x, params ReadOnlySpan<int> axis) => NanVar(x, axis, keepDims: false);

    /// <summary>The square root of the variance; see <see cref="NanVar(NDArray, Axes, bool, int)"/>.</summary>
    /// <exception cref="ShapeException">There is no such axis, or it is named twice.</exception>
    public static NDArray NanStd(NDArray x, Axes axis = default, bool keepDims = false, int ddof = 0) =>
        Sqrt(NanVariance("NanStd", x, axis, keepDims, ddof));

    /// <inheritdoc cref="NanStd(NDArray, Axes, bool, int)"/>
    public static NDArray NanStd(NDArray x, params ReadOnlySpan<int> axis) => NanStd(x, axis, keepDims: false);

    static NDArray NanVariance(string operation, NDArray x, Axes axis, bool keepDims, int ddof)
    {
        var along = NormalizeAxes(axis.Numbers, x, operation).AsSpan();
        x = Broadcasting.ToFloat(x);
        var deviation = Where(IsNaN(x), 0, x - NanMean(x, along, keepDims: true));
        var divisor = Sum(Numbers(x), along, keepDims) - ddof;
        return Where(divisor > 0, Sum(Square(deviation), along, keepDims) / Where(divisor > 0, divisor, 1), double.NaN);
    }

    static NDArray NanAs(NDArray x, double value) => x.NotNull().DType.IsFloat ? Where(IsNaN(x), value, x) : x;

    // 1 for a number, 0 for NaN.
    static NDArray Numbers(NDArray x) => AsType(!IsNaN(x), x.DType);
}
