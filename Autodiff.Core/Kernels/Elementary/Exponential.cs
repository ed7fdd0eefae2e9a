namespace Autodiff;

static partial class Elementary
{
    const double Log2E = 1.4426950408889634;

    // ln 2 as the nearest number and what remains; the multiples subtracted by a fused multiply-add need no trailing zeros.
    static readonly (double High, double Low) Ln2Float64 = (0.6931471805599453, 2.3190468138462996e-17);
    static readonly (double High, double Low) Ln2Float32 = (0.693147182, -1.90465421e-09);

    // Interpolations at the Chebyshev nodes of |r| ≤ ln 2 / 2, as are all polynomials of the expansions unless a source is named.
    static readonly double[] ExpFloat64 =
    [
        1.0,
        1.0,
        0.5000000000000001,
        0.16666666666666669,
        0.04166666666662348,
        0.008333333333330011,
        0.0013888888917538296,
        0.00019841269863303223,
        2.4801520792572694e-05,
        2.75572680728901e-06,
        2.762032742826824e-07,
        2.5100569275813683e-08,
    ];
    static readonly double[] ExpFloat32 = [1.0, 1.0, 0.5, 0.166665763, 0.0416665524, 0.00836329255, 0.00139263261];

    // 2ʳ for |r| ≤ ½.
    static readonly double[] Exp2Float64 =
    [
        1.0,
        0.6931471805599453,
        0.24022650695910133,
        0.05550410866482005,
        0.009618129107593569,
        0.001333355814678019,
        0.00015403530457877224,
        1.5252733489381189e-05,
        1.3215434870553446e-06,
        1.0178200482650176e-07,
        7.073858593493639e-09,
        4.434728135009793e-10,
    ];
    static readonly double[] Exp2Float32 = [1.0, 0.693147182, 0.240226477, 0.0555033199, 0.00961843971, 0.00133991323, 0.000153531553];

    // (eʳ − 1 − r) / r², with more digits: Expm1 has the relative precision of r.
    static readonly double[] Expm1Float64 =
    [
        0.5,
        0.1666666666666667,
        0.04166666666666667,
        0.008333333333326025,
        0.001388888888888367,
        0.00019841269875205077,
        2.4801587325822283e-05,
        2.75572549134867e-06,
        2.7557273295539724e-07,
        2.5105419192016337e-08,
        2.091483135138041e-09,
    ];
    static readonly double[] Expm1Float32 = [0.5, 0.166666672, 0.041666463, 0.00833331048, 0.00139338209, 0.000198911803];

    static Scalar Exp(Scalar x)
    {
        // Beyond these the scaled result is 0 or infinite anyway.
        var limited = x.AtLeast(x.For(-746.0, -105.0));
        if (x is not Apply { Op: ScalarOp.Neg, Arguments: [Apply { Op: ScalarOp.Abs }] })
            limited = limited.AtMost(x.For(710.0, 89.0));
        var (r, k) = ReduceByLn2(limited);
        return ScaleByPowerOfTwo(r.PolynomialInHalves(x.For(ExpFloat64, ExpFloat32), apart: 2), k);
    }

    static Scalar Exp2(Scalar x)
    {
        var limited = x.AtLeast(x.For(-1080.0, -155.0)).AtMost(x.For(1025.0, 129.0));
        var k = FloatBits.Of(x).Nearest(limited, 1);
        return ScaleByPowerOfTwo((limited - k.Number).Polynomial(x.For(Exp2Float64, Exp2Float32)), k);
    }

    /// <summary>
    /// x + rest = k·ln 2 + r with |r| ≤ ln 2 / 2. With the <paramref name="part"/> of x that is x / <paramref name="times"/>, k need not wait for x.
    /// </summary>
    static (Scalar R, (Scalar Number, Scalar Bits) K) ReduceByLn2(Scalar x, Scalar? rest = null, Scalar? part = null, double times = 1)
    {
        var k = FloatBits.Of(x).Nearest(part ?? x, times * Log2E);
        var ln2 = x.For(Ln2Float64, Ln2Float32);
        var high = k.Number.Fma(-ln2.High, x);
        return (rest is null ? k.Number.Fma(-ln2.Low, high) : high + k.Number.Fma(-ln2.Low, rest), k);
    }

    /// <summary>
    /// A number near 1 times 2ᵏ. Where that is no instruction, in two steps: k alone may be too large for an exponent, and a denormal result
    /// is rounded once.
    /// </summary>
    static Scalar ScaleByPowerOfTwo(Scalar x, (Scalar Number, Scalar Bits) k)
    {
        if (KernelCompiler.Scales)
            return x.Binary(ScalarOp.ScaleB, k.Number);
        var bits = FloatBits.Of(x);
        var half = bits.ShiftRight(k.Bits, 1);
        return bits.Number(bits.Bits(x) + bits.ToExponent(half)) * bits.PowerOfTwo(k.Bits - half);
    }

    static Scalar Expm1(Scalar x)
    {
        var (r, k) = ReduceByLn2(x.AtLeast(x.For(-40.0, -20.0)).AtMost(x.For(710.0, 89.0)));
        // Half the result, 2ᵏ⁻¹(eʳ − 1) + (2ᵏ⁻¹ − ½), because 2ᵏ may overflow where the result does not.
        var scale = FloatBits.Of(x).PowerOfTwo(k.Bits, -1);
        var rest = r.Polynomial(x.For(Expm1Float64, Expm1Float32));
        var half = (scale * (r * r)).Fma(rest, scale.Fma(r, scale - 0.5));
        return (x.Abs() < x.For(1e-17, 1e-8)).Select(x, half + half);
    }
}
