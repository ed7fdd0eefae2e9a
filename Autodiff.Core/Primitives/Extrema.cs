namespace Autodiff;

public static partial class Ops
{
    /// <summary>The larger of two, elementwise; NaN if either is. Equal elements take half of the cotangent each.</summary>
    public static NDArray Maximum(NDArray x, NDArray y) => Broadcasting.Apply(new MaxPrimitive(), x, y);

    /// <summary>The smaller of two, elementwise; NaN if either is. Equal elements take half of the cotangent each.</summary>
    public static NDArray Minimum(NDArray x, NDArray y) => Broadcasting.Apply(new MinPrimitive(), x, y);

    /// <summary>The larger of two, elementwise; where one is NaN, the other. Of equal ones, y takes the cotangent.</summary>
    public static NDArray Fmax(NDArray x, NDArray y) => Where((x > y) | IsNaN(y), x, y);

    /// <summary>The smaller of two, elementwise; where one is NaN, the other. Of equal ones, y takes the cotangent.</summary>
    public static NDArray Fmin(NDArray x, NDArray y) => Where((x < y) | IsNaN(y), x, y);

    /// <summary>
    /// Minimum(Maximum(x, min), max), elementwise; no bound where it is null. At a bound, x takes half of the cotangent; see
    /// <see cref="Clamp"/>.
    /// </summary>
    public static NDArray Clip(NDArray x, NDArray? min = null, NDArray? max = null)
    {
        x.NotNull();
        if (min is not null)
            x = Maximum(min, x);
        return max is null ? x : Minimum(max, x);
    }

    /// <summary>
    /// <paramref name="x"/> between two bounds, elementwise. x takes the cotangent strictly inside, and nothing at a bound; see
    /// <see cref="Clip"/>.
    /// </summary>
    public static NDArray Clamp(NDArray min, NDArray x, NDArray max) =>
        Broadcasting.Bind(new ClampPrimitive(), Broadcasting.Promote([min.NotNull(), x.NotNull(), max.NotNull()]));

    /// <summary>The larger or smaller of two.</summary>
    internal abstract record Extremum : BinaryElementwise
    {
        protected sealed override NDArray DerivativeX(NDArray x, NDArray y, NDArray z) => Share(x, y, z);

        protected sealed override NDArray DerivativeY(NDArray x, NDArray y, NDArray z) => Share(y, x, z);

        // 1 for the one that is chosen, ½ where both are.
        static NDArray Share(NDArray x, NDArray other, NDArray chosen) =>
            Where(Equal(x, chosen), OnesLike(x), 0) / Where(Equal(other, chosen), FullLike(x, 2), 1);
    }

    internal sealed record MaxPrimitive : Extremum
    {
        protected override Scalar Lower(Scalar x, Scalar y) => x.Type == DType.Bool ? x | y : x.Binary(ScalarOp.Max, y);
    }

    internal sealed record MinPrimitive : Extremum
    {
        protected override Scalar Lower(Scalar x, Scalar y) => x.Type == DType.Bool ? x & y : x.Binary(ScalarOp.Min, y);
    }

    /// <summary>Operands: the lower bound, x, the upper bound.</summary>
    internal sealed record ClampPrimitive : Elementwise
    {
        protected override DType InferElement(Aval[] xs) =>
            xs[0].DType == xs[1].DType && xs[1].DType == xs[2].DType && xs[1].DType != DType.Bool
                ? xs[1].DType
                : throw new DTypeException($"'clamp' needs three operands of one numeric type, but got {string.Join(", ", (object[])xs)}.");

        protected override Scalar LowerElement(Scalar[] xs) => xs[1].Binary(ScalarOp.Max, xs[0]).Binary(ScalarOp.Min, xs[2]);

        protected override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs)
        {
            var (min, x, max) = (xs[0], xs[1], xs[2]);
            var low = dxs[0] is { } dmin ? Where((min > x) & (min < max), dmin, 0) : null;
            var inside = dxs[1] is { } dx ? Where((x > min) & (x < max), dx, 0) : null;
            var high = dxs[2] is { } dmax ? Where(max < x, dmax, 0) : null;
            return Tangents.Sum(Tangents.Sum(low, inside), high);
        }
    }
}

public abstract partial class NDArray
{
    /// <inheritdoc cref="Ops.Clip"/>
    public NDArray Clip(NDArray? min = null, NDArray? max = null) => Ops.Clip(this, min, max);
}
