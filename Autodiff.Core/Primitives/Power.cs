using System.Runtime.CompilerServices;

namespace Autodiff;

public static partial class Ops
{
    /// <summary>
    /// xʸ, elementwise. The derivative by x is y·xʸ⁻¹, and 0 where an integer y is 0; that by y is xʸ·ln x, and 0 where x is 0. A
    /// negative power of an integer is an integer, truncated: 0 but for ±1.
    /// </summary>
    public static NDArray Power(NDArray x, NDArray y)
    {
        // An integer exponent of a float stays one: its derivative is defined at 0.
        if (!x.NotNull().DType.IsFloat || y.NotNull().DType.IsFloat)
            return Broadcasting.Apply(new PowPrimitive(), Integral(x), Integral(y));
        return Broadcasting.Bind(new PowPrimitive(), Broadcasting.CommonShape("pow", [x, y]), [x, Integral(y)]);
    }

    /// <summary>xⁿ, elementwise, by repeated squaring.</summary>
    /// <exception cref="DTypeException">The power is negative and the elements are integers.</exception>
    public static NDArray Power(NDArray x, int n)
    {
        if (n < 0 && !x.DType.IsFloat)
            throw new DTypeException($"{x.Aval} cannot be raised to the power {n} as integers. Convert it to a float first.");
        return new IntegerPowPrimitive(n).Bind(Integral(x));
    }

    /// <summary>The square root, elementwise; NaN below 0. Its derivative at 0 is infinite.</summary>
    public static NDArray Sqrt(NDArray x) => new SqrtPrimitive().Bind(Broadcasting.ToFloat(x));

    /// <summary>1 / √x, elementwise.</summary>
    public static NDArray Rsqrt(NDArray x) => new RsqrtPrimitive().Bind(Broadcasting.ToFloat(x));

    /// <summary>The cube root, elementwise.</summary>
    public static NDArray Cbrt(NDArray x) => new CbrtPrimitive().Bind(Broadcasting.ToFloat(x));

    /// <summary>x², elementwise.</summary>
    public static NDArray Square(NDArray x) => new SquarePrimitive().Bind(Integral(x));

    /// <summary>1 / x, elementwise; integers give floats.</summary>
    public static NDArray Reciprocal(NDArray x) => 1 / x.NotNull();

    /// <summary>√(x² + y²), elementwise, without overflow. The derivative at (0, 0) is 0.</summary>
    public static NDArray Hypot(NDArray x, NDArray y) => Broadcasting.ApplyFloat(new HypotPrimitive(), x, y);

    // Booleans count as integers.
    static NDArray Integral(NDArray x, [CallerArgumentExpression(nameof(x))] string name = "") =>
        x.NotNull(name).DType == DType.Bool ? AsType(x, DType.Int64) : x;

    internal sealed record PowPrimitive : BinaryElementwise
    {
        protected override DType InferElement(Aval[] xs) =>
            xs[0].DType.IsFloat && xs[1].DType.IsInteger ? xs[0].DType : base.InferElement(xs);

        protected override Scalar Lower(Scalar x, Scalar y) =>
            x.Type.IsFloat ? x.Binary(ScalarOp.Pow, y.Convert(x.Type)) : IntegerPower(x, y);

        // Binary exponentiation; a higher bit of the exponent overflows every base but 0 and ±1.
        static Scalar IntegerPower(Scalar x, Scalar y)
        {
            const int Bits = 6;
            var invertible = x.Compare(ScalarOp.Equal, x.Like(1)) | x.Compare(ScalarOp.Equal, x.Like(0) - 1);
            var factor = (!(y < 0) | invertible).Select(x, x.Like(0));
            var zero = factor.Compare(ScalarOp.Equal, x.Like(0)) & y.Compare(ScalarOp.NotEqual, x.Like(0));
            var power = zero.Select(x.Like(0), x.Like(1));
            for (var bit = 0; bit < Bits; bit++)
            {
                var set = (y & y.Like(1 << bit)).Compare(ScalarOp.NotEqual, y.Like(0));
                power = set.Select(power * factor, power);
                factor *= factor;
            }
            return power;
        }

        protected override NDArray DerivativeX(NDArray x, NDArray y, NDArray z)
        {
            var derivative = y * Power(x, y - 1);
            return y.DType.IsFloat ? derivative : Where(Equal(y, 0), 0, derivative);
        }

        protected override NDArray DerivativeY(NDArray x, NDArray y, NDArray z) => Log(Where(Equal(x, 0), 1, x)) * z;
    }

    internal sealed record IntegerPowPrimitive(int Exponent) : UnaryElementwise
    {
        protected override DType InferElement(Aval[] xs) => xs[0].DType;

        protected override Scalar Lower(Scalar x)
        {
            Scalar? power = null;
            for (var (rest, square) = (Math.Abs((long)Exponent), x); rest > 0; rest >>= 1, square *= square)
                if ((rest & 1) != 0)
                    power = power is null ? square : power * square;
            power ??= x.Like(1);
            return Exponent < 0 ? 1 / power : power;
        }

        protected override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs) =>
            Exponent switch
            {
                0 => null,
                1 => dxs[0],
                _ => dxs[0] is { } dx ? dx * (Exponent * Power(xs[0], Exponent - 1)) : null,
            };
    }

    internal sealed record SqrtPrimitive : UnaryElementwise
    {
        protected override Scalar Lower(Scalar x) => x.Unary(ScalarOp.Sqrt);

        protected override NDArray Derivative(NDArray x, NDArray y) => 0.5 / y;
    }

    internal sealed record RsqrtPrimitive : UnaryElementwise
    {
        protected override Scalar Lower(Scalar x) => 1 / x.Unary(ScalarOp.Sqrt);

        protected override NDArray Derivative(NDArray x, NDArray y) => -0.5 * (y / x);
    }

    internal sealed record CbrtPrimitive : UnaryElementwise
    {
        protected override Scalar Lower(Scalar x) => x.Unary(ScalarOp.Cbrt);

        protected override NDArray Derivative(NDArray x, NDArray y) => 1.0 / 3 * Power(y, -2);
    }

    internal sealed record SquarePrimitive : UnaryElementwise
    {
        protected override DType InferElement(Aval[] xs) => xs[0].DType;

        protected override Scalar Lower(Scalar x) => x * x;

        protected override NDArray Derivative(NDArray x, NDArray y) => 2 * x;
    }

    internal sealed record HypotPrimitive : BinaryElementwise
    {
        protected override Scalar Lower(Scalar x, Scalar y)
        {
            var (a, b) = (x.Unary(ScalarOp.Abs), y.Unary(ScalarOp.Abs));
            var (large, small) = (a.Binary(ScalarOp.Max, b), a.Binary(ScalarOp.Min, b));
            var infinity = x.Like(double.PositiveInfinity);
            // Both parts are scaled by the larger one, unless that is 0 or infinite.
            var ratio = small / (large > 0).Select(large, x.Like(1));
            var length = large * (ratio * ratio + 1).Unary(ScalarOp.Sqrt);
            var infinite = a.Compare(ScalarOp.Equal, infinity) | b.Compare(ScalarOp.Equal, infinity);
            return infinite.Select(infinity, length);
        }

        protected override NDArray DerivativeX(NDArray x, NDArray y, NDArray z) => x / Where(Equal(z, 0), 1, z);

        protected override NDArray DerivativeY(NDArray x, NDArray y, NDArray z) => y / Where(Equal(z, 0), 1, z);
    }
}
