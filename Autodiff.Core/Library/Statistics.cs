namespace Autodiff;

public static partial class Ops
{
    /// <summary>
    /// The arithmetic mean over some axes; over all if none is given. Integers and booleans give Float64; of nothing, NaN.
    /// </summary>
    public static NDArray Mean(NDArray x, params ReadOnlySpan<int> axes) => Mean(x, axes, keepDims: false);

    /// <summary>Likewise; <paramref name="keepDims"/> keeps the reduced axes with size 1.</summary>
    public static NDArray Mean(NDArray x, ReadOnlySpan<int> axes, bool keepDims) =>
        Sum(Broadcasting.ToFloat(x), axes, keepDims) / CountAlong(x, axes);

    /// <summary>
    /// The variance over some axes, of all elements if none is given: Σ(x − mean)² / (n − <paramref name="ddof"/>). Integers and booleans
    /// give Float64; NaN or ∞ where n ≤ ddof.
    /// </summary>
    public static NDArray Var(NDArray x, ReadOnlySpan<int> axes = default, bool keepDims = false, int ddof = 0)
    {
        x = Broadcasting.ToFloat(x);
        var deviation = x - Mean(x, axes, keepDims: true);
        return Sum(Square(deviation), axes, keepDims) / Math.Max(0, CountAlong(x, axes) - ddof);
    }

    /// <inheritdoc cref="Var(NDArray, ReadOnlySpan{int}, bool, int)"/>
    public static NDArray Var(NDArray x, params ReadOnlySpan<int> axes) => Var(x, axes, keepDims: false);

    /// <summary>
    /// The square root of the variance; see <see cref="Var(NDArray, ReadOnlySpan{int}, bool, int)"/>. Its derivative is NaN where it is 0.
    /// </summary>
    public static NDArray Std(NDArray x, ReadOnlySpan<int> axes = default, bool keepDims = false, int ddof = 0) =>
        Sqrt(Var(x, axes, keepDims, ddof));

    /// <inheritdoc cref="Std(NDArray, ReadOnlySpan{int}, bool, int)"/>
    public static NDArray Std(NDArray x, params ReadOnlySpan<int> axes) => Std(x, axes, keepDims: false);

    /// <summary>The distance from the smallest element to the largest (peak to peak), over some axes; over all if none is given.</summary>
    /// <exception cref="ShapeException">There are no elements.</exception>
    public static NDArray Ptp(NDArray x, params ReadOnlySpan<int> axes) => Max(x, axes) - Min(x, axes);

    /// <summary>
    /// Σ w·x / Σ w along an axis, or over all elements. The weights have the shape of x, or are one vector along the axis.
    /// </summary>
    /// <exception cref="ShapeException">The weights have another shape.</exception>
    public static NDArray Average(NDArray x, NDArray weights, int? axis = null)
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
        return Divide(Sum(x * weights, axes), Sum(weights, axes));
    }

    /// <summary>The Int64 number of elements that are not zero, over some axes; over all if none is given.</summary>
    public static NDArray CountNonZero(NDArray x, params ReadOnlySpan<int> axes) => Sum(Truth(x), axes);

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
        x -= Mean(x, [1], keepDims: true);
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
    static double CountAlong(NDArray x, ReadOnlySpan<int> axes) =>
        NormalizeAxes(axes, x, "A reduction").Aggregate(1.0, (n, axis) => n * x.Shape[axis]);
}

public abstract partial class NDArray
{
    /// <inheritdoc cref="Ops.Mean(NDArray, ReadOnlySpan{int})"/>
    public NDArray Mean(params ReadOnlySpan<int> axes) => Ops.Mean(this, axes);

    /// <inheritdoc cref="Ops.Var(NDArray, ReadOnlySpan{int}, bool, int)"/>
    public NDArray Var(params ReadOnlySpan<int> axes) => Ops.Var(this, axes);

    /// <inheritdoc cref="Ops.Std(NDArray, ReadOnlySpan{int}, bool, int)"/>
    public NDArray Std(params ReadOnlySpan<int> axes) => Ops.Std(this, axes);

    /// <inheritdoc cref="Ops.Ptp"/>
    public NDArray Ptp(params ReadOnlySpan<int> axes) => Ops.Ptp(this, axes);

    /// <inheritdoc cref="Ops.All"/>
    public NDArray All(params ReadOnlySpan<int> axes) => Ops.All(this, axes);

    /// <inheritdoc cref="Ops.Any"/>
    public NDArray Any(params ReadOnlySpan<int> axes) => Ops.Any(this, axes);

    /// <inheritdoc cref="Ops.ArgMax"/>
    public NDArray ArgMax(int? axis = null) => Ops.ArgMax(this, axis);

    /// <inheritdoc cref="Ops.ArgMin"/>
    public NDArray ArgMin(int? axis = null) => Ops.ArgMin(this, axis);
}
