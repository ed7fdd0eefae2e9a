namespace Autodiff;

public static partial class Ops
{
    /// <summary>eˣ, elementwise.</summary>
    public static NDArray Exp(NDArray x) => new ExpPrimitive().Bind(Broadcasting.ToFloat(x));

    /// <summary>2ˣ, elementwise.</summary>
    public static NDArray Exp2(NDArray x) => new Exp2Primitive().Bind(Broadcasting.ToFloat(x));

    /// <summary>eˣ − 1, elementwise; accurate where x is small.</summary>
    public static NDArray Expm1(NDArray x) => new Expm1Primitive().Bind(Broadcasting.ToFloat(x));

    /// <summary>The natural logarithm, elementwise: −∞ at 0, NaN below.</summary>
    public static NDArray Log(NDArray x) => new LogPrimitive().Bind(Broadcasting.ToFloat(x));

    /// <summary>The logarithm to base 2, elementwise; exact at powers of 2.</summary>
    public static NDArray Log2(NDArray x) => new LogBasePrimitive(2).Bind(Broadcasting.ToFloat(x));

    /// <summary>The logarithm to base 10, elementwise; exact at powers of 10.</summary>
    public static NDArray Log10(NDArray x) => new LogBasePrimitive(10).Bind(Broadcasting.ToFloat(x));

    /// <summary>ln(1 + x), elementwise; accurate where x is small.</summary>
    public static NDArray Log1p(NDArray x) => new Log1pPrimitive().Bind(Broadcasting.ToFloat(x));

    /// <summary>The logistic function 1 / (1 + e⁻ˣ), elementwise; accurate in both tails.</summary>
    public static NDArray Logistic(NDArray x) => new LogisticPrimitive().Bind(Broadcasting.ToFloat(x));

    /// <inheritdoc cref="Logistic"/>
    public static NDArray Sigmoid(NDArray x) => Logistic(x);

    /// <summary>ln(eˣ + eʸ), elementwise, without overflow.</summary>
    public static NDArray LogAddExp(NDArray x, NDArray y) => Broadcasting.ApplyFloat(new LogAddExpPrimitive(), x, y);

    internal sealed record ExpPrimitive : UnaryElementwise
    {
        protected override Scalar Lower(Scalar x) => x.Unary(ScalarOp.Exp);

        protected override NDArray Derivative(NDArray x, NDArray y) => y;
    }

    internal sealed record Exp2Primitive : UnaryElementwise
    {
        protected override Scalar Lower(Scalar x) => x.Unary(ScalarOp.Exp2);

        protected override NDArray Derivative(NDArray x, NDArray y) => Math.Log(2) * y;
    }

    internal sealed record Expm1Primitive : UnaryElementwise
    {
        protected override Scalar Lower(Scalar x) => x.Unary(ScalarOp.Expm1);

        protected override NDArray Derivative(NDArray x, NDArray y) => y + 1;
    }

    internal sealed record LogPrimitive : UnaryElementwise
    {
        protected override Scalar Lower(Scalar x) => x.Unary(ScalarOp.Log);

        protected override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs) => dxs[0] is { } dx ? dx / xs[0] : null;
    }

    internal sealed record LogBasePrimitive(int Base) : UnaryElementwise
    {
        public override string Name => $"log{Base}";

        protected override Scalar Lower(Scalar x) => x.Unary(Base == 2 ? ScalarOp.Log2 : ScalarOp.Log10);

        protected override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs) =>
            dxs[0] is { } dx ? dx / xs[0] * (1 / Math.Log(Base)) : null;
    }

    internal sealed record Log1pPrimitive : UnaryElementwise
    {
        protected override Scalar Lower(Scalar x) => x.Unary(ScalarOp.Log1p);

        protected override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs) => dxs[0] is { } dx ? dx / (xs[0] + 1) : null;
    }

    internal sealed record LogisticPrimitive : UnaryElementwise
    {
        // The exponential of a negative number cannot overflow.
        protected override Scalar Lower(Scalar x)
        {
            var small = (-x.Unary(ScalarOp.Abs)).Unary(ScalarOp.Exp);
            return (x < 0).Select(small, x.Like(1)) / (small + 1);
        }

        protected override NDArray Derivative(NDArray x, NDArray y) => y * (1 - y);
    }

    internal sealed record LogAddExpPrimitive : BinaryElementwise
    {
        public override string Name => "logaddexp";

        protected override Scalar Lower(Scalar x, Scalar y)
        {
            var difference = x - y;
            var log = x.Binary(ScalarOp.Max, y) + (-difference.Unary(ScalarOp.Abs)).Unary(ScalarOp.Exp).Unary(ScalarOp.Log1p);
            // ∞ − ∞: both are the same infinity.
            return difference.Compare(ScalarOp.NotEqual, difference).Select(x + y, log);
        }

        protected override NDArray DerivativeX(NDArray x, NDArray y, NDArray z) => Exp(WithoutInfinity(x) - WithoutInfinity(z));

        protected override NDArray DerivativeY(NDArray x, NDArray y, NDArray z) => Exp(WithoutInfinity(y) - WithoutInfinity(z));

        static NDArray WithoutInfinity(NDArray x) => Where(IsPosInf(x), 0, x);
    }
}
