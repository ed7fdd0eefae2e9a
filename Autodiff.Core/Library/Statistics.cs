namespace Autodiff;

public static partial class Ops
{
    /// <summary>
    /// The arithmetic mean over some axes; over all if none is given. Integers and booleans give Float64; of nothing, NaN.
    /// </summary>
    /// <exception cref="ShapeException">There is no such axis, or it is named twice.</exception>
    public static NDArray Mean(NDArray x, params ReadOnlySpan<int> axis) => Mean(x, axis, keepDims: false);

    /// <summary>Likewise; <paramref name="keepDims"/> keeps the reduced axes with size 1.</summary>
    /// <exception cref="ShapeException">There is no such axis, or it is named twice.</exception>
    public static NDArray Mean(NDArray x, Axes axis = default, bool keepDims = false)
    {
        var along = NormalizeAxes(axis.Numbers, x, "Mean");
        return Sum(Broadcasting.ToFloat(x), along.AsSpan(), keepDims) / CountAlong(x, along);
    }

    /// <summary>
    /// The variance over some axes, of all elements if none is given: Σ(x − mean)² / (n − <paramref name="ddof"/>). Integers and booleans
    /// give Float64; NaN or ∞ where n ≤ ddof.
    /// </summary>
    /// <exception cref="ShapeException">There is no such axis, or it is named twice.</exception>
    public static NDArray Var(NDArray x, Axes axis = default, bool keepDims = false, int ddof = 0) =>
        Variance("Var", x, axis, keepDims, ddof);

    /// <inheritdoc cref="Var(NDArray, Axes, bool, int)"/>
    public static NDArray Var(NDArray x, params ReadOnlySpan<int> axis) => Var(x, axis, keepDims: false);

    /// <summary>The square root of the variance; see <see cref="Var(NDArray, Axes, bool, int)"/>. Its derivative is NaN where it is 0.</summary>
    /// <exception cref="ShapeException">There is no such axis, or it is named twice.</exception>
    public static NDArray Std(NDArray x, Axes axis = default, bool keepDims = false, int ddof = 0) =>
        Sqrt(Variance("Std", x, axis, keepDims, ddof));

    /// <inheritdoc cref="Std(NDArray, Axes, bool, int)"/>
    public static NDArray Std(NDArray x, params ReadOnlySpan<int> axis) => Std(x, axis, keepDims: false);

    static NDArray Variance(string operation, NDArray x, Axes axis, bool keepDims, int ddof)
    {
        var along = NormalizeAxes(axis.Numbers, x, operation);
        x = Broadcasting.ToFloat(x);
        var deviation = x - Mean(x, along.AsSpan(), keepDims: true);
        return Sum(Square(deviation), along.AsSpan(), keepDims) / Math.Max(0, CountAlong(x, along) - ddof);
    }

    /// <summary>The distance from the smallest element to the largest (peak to peak), over some axes; over all if none is given.</summary>
    /// <exception cref="ShapeException">There are no elements, there is no such axis, or it is named twice.</exception>
    public static NDArray Ptp(NDArray x, params ReadOnlySpan<int> axis) => Ptp(x, axis, keepDims: false);

    /// <summary>Likewise; <paramref name="keepDims"/> keeps the reduced axes with size 1.</summary>
    /// <exception cref="ShapeException">There are no elements, there is no such axis, or it is named twice.</exception>
    public static NDArray Ptp(NDArray x, Axes axis = default, bool keepDims = false)
    {
        var along = NormalizeAxes(axis.Numbers, x, "Ptp").AsSpan();
        return Max(x, along, keepDims) - Min(x, along, keepDims);
    }

    /// <summary>
    /// Σ w·x / Σ w along an axis, or over all elements. The weights have the shape of x, or are one vector along the axis.
    /// </summary>
    /// <exception cref="ShapeException">The weights have another shape.</exception>
    public static NDArray Average(NDArray x, NDArray weights, int? axis = null, bool keepDims = false)
    {
        x.NotNull();
        weights.NotNull();
        ReadOnlySpan<int> axes = axis is { } a ? [NormalizeAxis(a, x, "Average")] : [];
        if (axes.Length == 1 && weights.Rank == 1 && weights.Shape[0] == x.Shape[axes[0]])
            weights = BroadcastInDim(weights, x.Shape, [axes[0]]);
        if (weights.Shape != x.Shape)
            throw new ShapeException(
                $"Average of {x.Aval} needs weights of its shape, or a vector along the given axis, but got {weights.Aval}."
            );
        return Divide(Sum(x * weights, axes, keepDims), Sum(weights, axes, keepDims));
    }

    /// <summary>The Int64 number of elements that are not zero, over some axes; over all if none is given.</summary>
    /// <exception cref="ShapeException">There is no such axis, or it is named twice.</exception>
    public static NDArray CountNonZero(NDArray x, params ReadOnlySpan<int> axis) => CountNonZero(x, axis, keepDims: false);

    /// <summary>Likewise; <paramref name="keepDims"/> keeps the reduced axes with size 1.</summary>
    /// <exception cref="ShapeException">There is no such axis, or it is named twice.</exception>
    public static NDArray CountNonZero(NDArray x, Axes axis = default, bool keepDims = false) =>
        Reduce("CountNonZero", x, axis, keepDims, a => new ReduceSumPrimitive(a), of: y => Summable(Truth(y)));

    /// <summary>
    /// The covariance matrix of variables that are the rows of x (the columns, if not <paramref name="rowVar"/>), and of y if it is given;
    /// a scalar for one variable. Divides by n − <paramref name="ddof"/>.
    /// </summary>
    /// <exception cref="ShapeException">There are more than two axes, or the numbers of observations differ.</exception>
    public static NDArray Cov(NDArray x, NDArray? y = null, bool rowVar = true, int ddof = 1)
    {
        x = Variables(x, rowVar);
        if (y is not null)
            x = Concatenate([x, Variables(y, rowVar)], 0);
        x = Broadcasting.ToFloat(x);
        x -= Mean(x, axis: 1, keepDims: true);
        return Squeeze(MatMul(x, x.T) / Math.Max(0, x.Shape[1] - ddof));
    }

    /// <summary>Pearson's correlation coefficients, from −1 to 1, of variables that are given as in <see cref="Cov"/>.</summary>
    /// <exception cref="ShapeException">There are more than two axes, or the numbers of observations differ.</exception>
    public static NDArray CorrCoef(NDArray x, NDArray? y = null, bool rowVar = true)
    {
        var covariance = Cov(x, y, rowVar);
        if (covariance.Rank == 0)
            return covariance / covariance;
        var deviation = Sqrt(Diagonal(covariance));
        return Clip(covariance / ExpandDims(deviation, 1) / deviation, -1, 1);
    }

    // One variable a row.
    static NDArray Variables(NDArray x, bool rowVar) =>
        x.NotNull().Rank > 2 ? throw new ShapeException($"Cov and CorrCoef need a vector or a matrix, but got {x.Aval}.")
        : x.Rank == 2 && !rowVar ? x.T
        : AtLeast2D(x);

    /// <summary>The number of elements that are folded into one.</summary>
    static double CountAlong(NDArray x, ValueList<int> axes) => axes.Aggregate(1.0, (n, axis) => n * x.Shape[axis]);
}

public abstract partial class NDArray
{
    /// <inheritdoc cref="Ops.Mean(NDArray, Axes, bool)"/>
    public NDArray Mean(params ReadOnlySpan<int> axis) => Ops.Mean(this, axis);

    /// <inheritdoc cref="Ops.Mean(NDArray, Axes, bool)"/>
    public NDArray Mean(Axes axis = default, bool keepDims = false) => Ops.Mean(this, axis, keepDims);

    /// <inheritdoc cref="Ops.Var(NDArray, Axes, bool, int)"/>
    public NDArray Var(params ReadOnlySpan<int> axis) => Ops.Var(this, axis);

    /// <inheritdoc cref="Ops.Var(NDArray, Axes, bool, int)"/>
    public NDArray Var(Axes axis = default, bool keepDims = false, int ddof = 0) => Ops.Var(this, axis, keepDims, ddof);

    /// <inheritdoc cref="Ops.Std(NDArray, Axes, bool, int)"/>
    public NDArray Std(params ReadOnlySpan<int> axis) => Ops.Std(this, axis);

    /// <inheritdoc cref="Ops.Std(NDArray, Axes, bool, int)"/>
    public NDArray Std(Axes axis = default, bool keepDims = false, int ddof = 0) => Ops.Std(this, axis, keepDims, ddof);

    /// <inheritdoc cref="Ops.Ptp(NDArray, Axes, bool)"/>
    public NDArray Ptp(params ReadOnlySpan<int> axis) => Ops.Ptp(this, axis);

    /// <inheritdoc cref="Ops.Ptp(NDArray, Axes, bool)"/>
    public NDArray Ptp(Axes axis = default, bool keepDims = false) => Ops.Ptp(this, axis, keepDims);

    /// <inheritdoc cref="Ops.All(NDArray, Axes, bool)"/>
    public NDArray All(params ReadOnlySpan<int> axis) => Ops.All(this, axis);

    /// <inheritdoc cref="Ops.All(NDArray, Axes, bool)"/>
    public NDArray All(Axes axis = default, bool keepDims = false) => Ops.All(this, axis, keepDims);

    /// <inheritdoc cref="Ops.Any(NDArray, Axes, bool)"/>
    public NDArray Any(params ReadOnlySpan<int> axis) => Ops.Any(this, axis);

    /// <inheritdoc cref="Ops.Any(NDArray, Axes, bool)"/>
    public NDArray Any(Axes axis = default, bool keepDims = false) => Ops.Any(this, axis, keepDims);

    /// <inheritdoc cref="Ops.ArgMax"/>
    public NDArray ArgMax(int? axis = null, bool keepDims = false) => Ops.ArgMax(this, axis, keepDims);

    /// <inheritdoc cref="Ops.ArgMin"/>
    public NDArray ArgMin(int? axis = null, bool keepDims = false) => Ops.ArgMin(this, axis, keepDims);
}
