namespace Autodiff;

public static partial class Ops
{
    // From here on √(x² ± 1) is |x| in double precision.
    const double HyperbolicTail = 1e9;

    /// <summary>The hyperbolic sine, elementwise.</summary>
    public static NDArray Sinh(NDArray x) => new SinhPrimitive().Bind(Broadcasting.ToFloat(x));

    /// <summary>The hyperbolic cosine, elementwise.</summary>
    public static NDArray Cosh(NDArray x) => new CoshPrimitive().Bind(Broadcasting.ToFloat(x));

    /// <summary>The hyperbolic tangent, elementwise.</summary>
    public static NDArray Tanh(NDArray x) => new TanhPrimitive().Bind(Broadcasting.ToFloat(x));

    /// <summary>The inverse hyperbolic sine, elementwise.</summary>
    public static NDArray Arcsinh(NDArray x) => new AsinhPrimitive().Bind(Broadcasting.ToFloat(x));

    /// <summary>The inverse hyperbolic cosine, elementwise; NaN below 1.</summary>
    public static NDArray Arccosh(NDArray x) => new AcoshPrimitive().Bind(Broadcasting.ToFloat(x));

    /// <summary>The inverse hyperbolic tangent, elementwise; NaN outside [−1, 1].</summary>
    public static NDArray Arctanh(NDArray x) => new AtanhPrimitive().Bind(Broadcasting.ToFloat(x));

    internal sealed record SinhPrimitive : UnaryElementwise
    {
        protected override Scalar Lower(Scalar x) => x.Unary(ScalarOp.Sinh);

        protected override NDArray Derivative(NDArray x, NDArray y) => Cosh(x);
    }

    internal sealed record CoshPrimitive : UnaryElementwise
    {
        protected override Scalar Lower(Scalar x) => x.Unary(ScalarOp.Cosh);

        protected override NDArray Derivative(NDArray x, NDArray y) => Sinh(x);
    }

    internal sealed record TanhPrimitive : UnaryElementwise
    {
        protected override Scalar Lower(Scalar x) => x.Unary(ScalarOp.Tanh);

        // As a product, 1 − y² keeps its digits where y is near ±1.
        protected override NDArray Derivative(NDArray x, NDArray y) => (1 + y) * (1 - y);
    }

    internal sealed record AsinhPrimitive : UnaryElementwise
    {
        // ln(a + √(1 + a²)) = log1p(a + a² / (1 + √(1 + a²))) for a = |x|
        protected override Scalar Lower(Scalar x)
        {
            var a = x.Unary(ScalarOp.Abs);
            var square = a * a;
            var near = (a + square / ((square + 1).Unary(ScalarOp.Sqrt) + 1)).Unary(ScalarOp.Log1p);
            var far = a.Unary(ScalarOp.Log) + Math.Log(2);
            return SignBits.Copy((a > HyperbolicTail).Select(far, near), x);
        }

        protected override NDArray Derivative(NDArray x, NDArray y) => Rsqrt(Square(x) + 1);
    }

    internal sealed record AcoshPrimitive : UnaryElementwise
    {
        // ln(x + √(x² − 1)) = log1p(t + √(2t + t²)) for t = x − 1
        protected override Scalar Lower(Scalar x)
        {
            var t = x - 1;
            var near = (t + (t * (t + 2)).Unary(ScalarOp.Sqrt)).Unary(ScalarOp.Log1p);
            // Below −1 the root is real again.
            near = (x < 1).Select(x.Like(double.NaN), near);
            return (x > HyperbolicTail).Select(x.Unary(ScalarOp.Log) + Math.Log(2), near);
        }

        protected override NDArray Derivative(NDArray x, NDArray y) => Rsqrt((x - 1) * (x + 1));
    }

    internal sealed record AtanhPrimitive : UnaryElementwise
    {
        // ½ ln((1 + a) / (1 − a)) for a = |x|
        protected override Scalar Lower(Scalar x)
        {
            var a = x.Unary(ScalarOp.Abs);
            return SignBits.Copy((2 * a / (1 - a)).Unary(ScalarOp.Log1p) * 0.5, x);
        }

        protected override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs) =>
            dxs[0] is { } dx ? dx * (1 / (1 + xs[0])) / (1 - xs[0]) : null;
    }
}
