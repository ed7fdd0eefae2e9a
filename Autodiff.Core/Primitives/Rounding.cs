namespace Autodiff;

public static partial class Ops
{
    /// <summary>The largest whole number not above x, elementwise; integers stay as they are.</summary>
    public static NDArray Floor(NDArray x) => x.NotNull().DType.IsFloat ? new FloorPrimitive().Bind(x) : x;

    /// <summary>The smallest whole number not below x, elementwise; integers stay as they are.</summary>
    public static NDArray Ceil(NDArray x) => x.NotNull().DType.IsFloat ? new CeilPrimitive().Bind(x) : x;

    /// <summary>x without its fraction, elementwise; integers stay as they are.</summary>
    public static NDArray Trunc(NDArray x) => x.NotNull().DType.IsFloat ? new TruncPrimitive().Bind(x) : x;

    /// <summary>The nearest whole number, elementwise; the even one of two. Integers give floats.</summary>
    public static NDArray Rint(NDArray x) => new RoundPrimitive().Bind(Broadcasting.ToFloat(x));

    /// <summary>
    /// The nearest multiple of 10⁻ᵈ for d = <paramref name="decimals"/>, elementwise; of two the even one. Integers stay integers.
    /// </summary>
    public static NDArray Round(NDArray x, int decimals = 0)
    {
        if (!x.NotNull().DType.IsFloat)
            return decimals >= 0 ? x : ConvertTo(Round(AsType(x, DType.Float64), decimals), x.DType, x.Aval.Weak);
        var scale = Math.Pow(10, Math.Abs(decimals));
        return decimals switch
        {
            0 => Rint(x),
            > 0 => Rint(x * scale) / scale,
            _ => Rint(x / scale) * scale,
        };
    }

    /// <summary>−1, 0 or 1, elementwise; a zero and NaN stay as they are.</summary>
    /// <exception cref="DTypeException">The elements are booleans.</exception>
    public static NDArray Sign(NDArray x) => new SignPrimitive().Bind(x);

    /// <summary>|x|, elementwise. The derivative at 0 is 1.</summary>
    public static NDArray Abs(NDArray x) => x.NotNull().DType == DType.Bool || x.DType.IsUnsigned ? x : new AbsPrimitive().Bind(x);

    /// <summary>|x|, elementwise, as a float. The derivative at 0 is 1.</summary>
    public static NDArray Fabs(NDArray x) => Abs(Broadcasting.ToFloat(x));

    /// <summary>A function that is constant in pieces: it has no tangent.</summary>
    internal abstract record StepFunction : UnaryElementwise
    {
        protected sealed override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs) => null;
    }

    internal sealed record FloorPrimitive : StepFunction
    {
        protected override Scalar Lower(Scalar x) => x.Unary(ScalarOp.Floor);
    }

    internal sealed record CeilPrimitive : StepFunction
    {
        protected override Scalar Lower(Scalar x) => x.Unary(ScalarOp.Ceil);
    }

    internal sealed record TruncPrimitive : StepFunction
    {
        protected override Scalar Lower(Scalar x) => (x < 0).Select(x.Unary(ScalarOp.Ceil), x.Unary(ScalarOp.Floor));
    }

    internal sealed record RoundPrimitive : StepFunction
    {
        protected override Scalar Lower(Scalar x) => x.Unary(ScalarOp.Round);
    }

    internal sealed record SignPrimitive : StepFunction
    {
        protected override DType InferElement(Aval[] xs) =>
            xs[0].DType != DType.Bool ? xs[0].DType : throw new DTypeException("A boolean has no sign. Convert it to a number first.");

        protected override Scalar Lower(Scalar x)
        {
            var positive = (x > 0).Select(x.Like(1), x);
            return x.Type.IsUnsigned ? positive : (x < 0).Select(x.Like(-1), positive);
        }
    }

    internal sealed record AbsPrimitive : UnaryElementwise
    {
        protected override DType InferElement(Aval[] xs) => xs[0].DType;

        protected override Scalar Lower(Scalar x) => x.Unary(ScalarOp.Abs);

        protected override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs) =>
            dxs[0] is { } dx ? Where(xs[0] >= 0, dx, -dx) : null;
    }
}

public abstract partial class NDArray
{
    /// <inheritdoc cref="Ops.Round"/>
    public NDArray Round(int decimals = 0) => Ops.Round(this, decimals);
}
