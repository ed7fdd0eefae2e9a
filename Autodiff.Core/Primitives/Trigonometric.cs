namespace Autodiff;

public static partial class Ops
{
    /// <summary>The sine, elementwise.</summary>
    public static NDArray Sin(NDArray x) => new SinPrimitive().Bind(Broadcasting.ToFloat(x));

    /// <summary>The cosine, elementwise.</summary>
    public static NDArray Cos(NDArray x) => new CosPrimitive().Bind(Broadcasting.ToFloat(x));

    /// <summary>The tangent, elementwise.</summary>
    public static NDArray Tan(NDArray x) => new TanPrimitive().Bind(Broadcasting.ToFloat(x));

    /// <summary>The inverse sine, elementwise; NaN outside [−1, 1].</summary>
    public static NDArray Arcsin(NDArray x) => new AsinPrimitive().Bind(Broadcasting.ToFloat(x));

    /// <summary>The inverse cosine, elementwise; NaN outside [−1, 1].</summary>
    public static NDArray Arccos(NDArray x) => new AcosPrimitive().Bind(Broadcasting.ToFloat(x));

    /// <summary>The inverse tangent, elementwise.</summary>
    public static NDArray Arctan(NDArray x) => new AtanPrimitive().Bind(Broadcasting.ToFloat(x));

    /// <summary>The angle of the point (x, y), elementwise, in [−π, π].</summary>
    public static NDArray Arctan2(NDArray y, NDArray x) => Broadcasting.ApplyFloat(new Atan2Primitive(), y, x);

    /// <summary>Degrees as radians, elementwise.</summary>
    public static NDArray Deg2Rad(NDArray x) => Broadcasting.ToFloat(x) * (Math.PI / 180);

    /// <summary>Radians as degrees, elementwise.</summary>
    public static NDArray Rad2Deg(NDArray x) => Broadcasting.ToFloat(x) * (180 / Math.PI);

    /// <summary>sin(πx) / (πx), elementwise; 1 at 0, with all derivatives.</summary>
    public static NDArray Sinc(NDArray x)
    {
        var angle = Math.PI * Broadcasting.ToFloat(x);
        var zero = Equal(angle, 0);
        var safe = Where(zero, 1, angle);
        return Where(zero, new SincAtZeroPrimitive(0).Bind(angle), Sin(safe) / safe);
    }

    internal sealed record SinPrimitive : UnaryElementwise
    {
        protected override Scalar Lower(Scalar x) => x.Unary(ScalarOp.Sin);

        protected override NDArray Derivative(NDArray x, NDArray y) => Cos(x);
    }

    internal sealed record CosPrimitive : UnaryElementwise
    {
        protected override Scalar Lower(Scalar x) => x.Unary(ScalarOp.Cos);

        protected override NDArray Derivative(NDArray x, NDArray y) => -Sin(x);
    }

    internal sealed record TanPrimitive : UnaryElementwise
    {
        protected override Scalar Lower(Scalar x) => x.Unary(ScalarOp.Tan);

        protected override NDArray Derivative(NDArray x, NDArray y) => 1 + Square(y);
    }

    internal sealed record AsinPrimitive : UnaryElementwise
    {
        protected override Scalar Lower(Scalar x) => x.Unary(ScalarOp.Asin);

        protected override NDArray Derivative(NDArray x, NDArray y) => Rsqrt(1 - Square(x));
    }

    internal sealed record AcosPrimitive : UnaryElementwise
    {
        protected override Scalar Lower(Scalar x) => x.Unary(ScalarOp.Acos);

        protected override NDArray Derivative(NDArray x, NDArray y) => -Rsqrt(1 - Square(x));
    }

    internal sealed record AtanPrimitive : UnaryElementwise
    {
        protected override Scalar Lower(Scalar x) => x.Unary(ScalarOp.Atan);

        protected override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs) =>
            dxs[0] is { } dx ? dx / (1 + Square(xs[0])) : null;
    }

    /// <summary>Operands: y and x.</summary>
    internal sealed record Atan2Primitive : BinaryElementwise
    {
        protected override Scalar Lower(Scalar x, Scalar y) => x.Binary(ScalarOp.Atan2, y);

        protected override NDArray DerivativeX(NDArray x, NDArray y, NDArray z) => y / (Square(x) + Square(y));

        protected override NDArray DerivativeY(NDArray x, NDArray y, NDArray z) => -x / (Square(x) + Square(y));
    }

    /// <summary>The derivative of sin(x)/x of some order, at 0 whatever x is: 0 if the order is odd, else ±1 / (order + 1).</summary>
    internal sealed record SincAtZeroPrimitive(int Order) : UnaryElementwise
    {
        protected override Scalar Lower(Scalar x) => x.Like(Order % 2 == 1 ? 0 : (Order % 4 == 0 ? 1.0 : -1.0) / (Order + 1));

        protected override NDArray Derivative(NDArray x, NDArray y) => new SincAtZeroPrimitive(Order + 1).Bind(x);
    }
}
