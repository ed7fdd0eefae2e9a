namespace Autodiff;

public static partial class Ops
{
    /// <summary>The error function 2/√π ∫₀ˣ e^(−t²) dt, elementwise.</summary>
    public static NDArray Erf(NDArray x) => new ErfPrimitive().Bind(Broadcasting.ToFloat(x));

    /// <summary>1 − erf(x), elementwise; accurate where erf is near 1.</summary>
    public static NDArray Erfc(NDArray x) => new ErfcPrimitive().Bind(Broadcasting.ToFloat(x));

    /// <summary>The inverse of <see cref="Erf"/>, elementwise; NaN outside [−1, 1].</summary>
    public static NDArray ErfInv(NDArray x) => new ErfInvPrimitive().Bind(Broadcasting.ToFloat(x));

    /// <summary>ln |Γ(x)|, elementwise.</summary>
    public static NDArray GammaLn(NDArray x) => new LgammaPrimitive().Bind(Broadcasting.ToFloat(x));

    /// <inheritdoc cref="GammaLn"/>
    public static NDArray Lgamma(NDArray x) => GammaLn(x);

    /// <summary>The derivative of <see cref="GammaLn"/>, elementwise; NaN at 0 and the negative integers.</summary>
    public static NDArray Digamma(NDArray x) => new DigammaPrimitive().Bind(Broadcasting.ToFloat(x));

    /// <summary>The derivative of order <paramref name="order"/> of <see cref="Digamma"/>, elementwise.</summary>
    /// <exception cref="InvalidArgumentException">The order is negative.</exception>
    public static NDArray Polygamma(int order, NDArray x) =>
        order switch
        {
            < 0 => throw new InvalidArgumentException($"Polygamma needs an order of 0 or more, but got {order}."),
            0 => Digamma(x),
            _ => new PolygammaPrimitive(order).Bind(Broadcasting.ToFloat(x)),
        };

    internal sealed record ErfPrimitive : UnaryElementwise
    {
        protected override Scalar Lower(Scalar x) => x.Unary(ScalarOp.Erf);

        protected override NDArray Derivative(NDArray x, NDArray y) => 2 / Math.Sqrt(Math.PI) * Exp(-Square(x));
    }

    internal sealed record ErfcPrimitive : UnaryElementwise
    {
        protected override Scalar Lower(Scalar x) => x.Unary(ScalarOp.Erfc);

        protected override NDArray Derivative(NDArray x, NDArray y) => -2 / Math.Sqrt(Math.PI) * Exp(-Square(x));
    }

    internal sealed record ErfInvPrimitive : UnaryElementwise
    {
        protected override Scalar Lower(Scalar x) => x.Unary(ScalarOp.ErfInv);

        protected override NDArray Derivative(NDArray x, NDArray y) => Math.Sqrt(Math.PI) / 2 * Exp(Square(y));
    }

    internal sealed record LgammaPrimitive : UnaryElementwise
    {
        protected override Scalar Lower(Scalar x) => x.Unary(ScalarOp.Lgamma);

        protected override NDArray Derivative(NDArray x, NDArray y) => Digamma(x);
    }

    internal sealed record DigammaPrimitive : UnaryElementwise
    {
        protected override Scalar Lower(Scalar x) => x.Unary(ScalarOp.Digamma);

        protected override NDArray Derivative(NDArray x, NDArray y) => Polygamma(1, x);
    }

    /// <summary>
    /// ψ⁽ⁿ⁾(x) = (−1)ⁿ⁺¹ n! ζ(n + 1, x), with Hurwitz's zeta function by the Euler-Maclaurin formula, and by reflection for negative x
    /// (Abramowitz and Stegun 6.4.7, 6.4.10 and 23.2).
    /// </summary>
    internal sealed record PolygammaPrimitive(int Order) : UnaryElementwise
    {
        // Terms summed before the integral takes over; with the Bernoulli numbers below the error is far under one unit in the last place.
        const int Terms = 10;

        static readonly double[] Bernoulli =
        [
            1.0 / 6,
            -1.0 / 30,
            1.0 / 42,
            -1.0 / 30,
            5.0 / 66,
            -691.0 / 2730,
            7.0 / 6,
            -3617.0 / 510,
            43867.0 / 798,
            -174611.0 / 330,
        ];

        protected override Scalar Lower(Scalar x)
        {
            var negative = x < 0;
            var value = Positive(negative.Select(1 - x, x));
            return negative.Select((Order % 2 == 1 ? -value : value) - Reflection(x), value);
        }

        Scalar Positive(Scalar x)
        {
            var s = Order + 1;
            var sum = Power(x, -s);
            for (var k = 1; k < Terms; k++)
                sum += Power(x + k, -s);
            var end = x + Terms;
            sum = sum + Power(end, 1 - s) / (s - 1) + Power(end, -s) * 0.5;
            // Σ B₂ⱼ/(2j)! · s(s + 1) … (s + 2j − 2) · end^−(s + 2j − 1)
            var coefficient = 1.0;
            for (var j = 1; j <= Bernoulli.Length; j++)
            {
                coefficient *= j == 1 ? s / 2.0 : (s + 2 * j - 3.0) * (s + 2 * j - 2.0) / ((2 * j - 1.0) * (2 * j));
                sum += Power(end, 1 - s - 2 * j) * (Bernoulli[j - 1] * coefficient);
            }
            var factorial = 1.0;
            for (var k = 2; k <= Order; k++)
                factorial *= k;
            return sum * (Order % 2 == 1 ? factorial : -factorial);
        }

        // π dⁿ/dxⁿ cot(πx), as a polynomial in the cotangent: the derivative of cotᵏ(πx) is −πk (cotᵏ⁻¹ + cotᵏ⁺¹).
        Scalar Reflection(Scalar x)
        {
            double[] polynomial = [0, 1];
            for (var n = 0; n < Order; n++)
            {
                var derivative = new double[polynomial.Length + 1];
                for (var k = 1; k < polynomial.Length; k++)
                {
                    derivative[k - 1] -= Math.PI * k * polynomial[k];
                    derivative[k + 1] -= Math.PI * k * polynomial[k];
                }
                polynomial = derivative;
            }
            // At a pole the fraction is 0 and the cotangent infinite.
            var fraction = x - x.Unary(ScalarOp.Round);
            var cotangent = 1 / (fraction * Math.PI).Unary(ScalarOp.Tan);
            var value = x.Like(polynomial[^1]);
            foreach (var c in polynomial.Reverse().Skip(1))
                value = value * cotangent + c;
            return value * Math.PI;
        }

        static Scalar Power(Scalar x, int n)
        {
            var power = x;
            for (var k = 1; k < Math.Abs(n); k++)
                power *= x;
            return n < 0 ? 1 / power : power;
        }

        protected override NDArray Derivative(NDArray x, NDArray y) => Polygamma(Order + 1, x);
    }
}
