namespace Autodiff;

static partial class Elementary
{
    // sinh r = r + r·z·P(z) and cosh r = 1 + z·P(z), z = r², for |r| ≤ ln 2 / 2.
    static readonly double[] SinhFloat64 =
    [
        0.16666666666666669,
        0.008333333333330011,
        0.00019841269863303223,
        2.75572680728901e-06,
        2.5100569275813683e-08,
    ];
    static readonly double[] SinhFloat32 = [0.166666672, 0.00833331048, 0.000198911803];
    static readonly double[] CoshFloat64 =
    [
        0.5,
        0.04166666666666668,
        0.0013888888888878923,
        2.4801587336841623e-05,
        2.7557262852470396e-07,
        2.0918295266435273e-09,
    ];
    static readonly double[] CoshFloat32 = [0.5, 0.041666463, 0.00139338209];

    static Scalar Sinh(Scalar x)
    {
        var magnitude = x.Abs();
        var (sinh, coshLess1, sum, difference) = HyperbolicParts(magnitude);
        var half = sinh.Fma(sum, coshLess1 * difference) + difference;
        var result = (magnitude < x.For(1e-9, 1e-5)).Select(magnitude, half + half);
        return FloatBits.Of(x).WithSign(result, x);
    }

    static Scalar Cosh(Scalar x)
    {
        var (sinh, coshLess1, sum, difference) = HyperbolicParts(x.Abs());
        var half = coshLess1.Fma(sum, sinh * difference) + sum;
        return half + half;
    }

    /// <summary>
    /// sinh r and cosh r − 1 of the reduced x = k·ln 2 + r, and a ± b of a = 2ᵏ⁻², b = 2⁻ᵏ⁻². Then ½ sinh x is
    /// sinh r (a + b) + cosh r (a − b), and ½ cosh x is cosh r (a + b) + sinh r (a − b): no division, and no cancellation near 0.
    /// </summary>
    static (Scalar Sinh, Scalar CoshLess1, Scalar Sum, Scalar Difference) HyperbolicParts(Scalar x)
    {
        var bits = FloatBits.Of(x);
        var (r, k) = ReduceByLn2(x.AtMost(x.For(710.7, 89.6)));
        var z = r * r;
        var sinh = (r * z).Fma(z.Polynomial(x.For(SinhFloat64, SinhFloat32)), r);
        var coshLess1 = z * z.Polynomial(x.For(CoshFloat64, CoshFloat32));
        var exponent = bits.ToExponent(k.Bits);
        var a = bits.Number(exponent + bits.Integral(bits.Exponent(-2)));
        // Negligible for large x, and then its exponent would not be valid.
        var b = (x < x.For(22.0, 11.0)).Select(bits.Number(bits.Integral(bits.Exponent(-2)) - exponent), x.Like(0));
        return (sinh, coshLess1, a + b, a - b);
    }

    /// <summary>
    /// (1 − e⁻²ˣ) / (1 + e⁻²ˣ) of |x|, with e⁻²ˣ = 2ᵏ + 2ᵏ(eʳ − 1): near 0, where k is 0, the numerator is as precise as eʳ − 1.
    /// </summary>
    static Scalar Tanh(Scalar x)
    {
        var bits = FloatBits.Of(x);
        // 1 to all digits beyond the limit.
        var limited = x.Abs().AtMost(x.For(20.0, 10.0));
        var (r, k) = ReduceByLn2(limited * -2, part: limited, times: -2);
        var less1 = (r * r).Fma(r.PolynomialInHalves(x.For(ExpFloat64, ExpFloat32)[2..], apart: 0), r);
        var scale = bits.PowerOfTwo(k.Bits);
        var quotient = scale.Fma(less1, scale - 1) / scale.Fma(less1, scale + 1);
        return bits.WithSign(quotient.Abs(), x);
    }
}
