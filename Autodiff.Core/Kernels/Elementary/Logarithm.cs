namespace Autodiff;

static partial class Elementary
{
    // log((1+s)/(1−s)) = 2s + s·z·P(z), z = s².
    static readonly double[] LogFloat64 =
    [
        0.666666666666667,
        0.3999999999989889,
        0.28571428626253836,
        0.22222211089379496,
        0.1818289243253687,
        0.15331611722055008,
        0.14617807153417325,
    ];

    // log(1+f) = f − f²/2 + f³·P(f): cheaper than a division at this precision.
    static readonly double[] LogFloat32 =
    [
        0.333333313,
        -0.24999997,
        0.200007156,
        -0.166678026,
        0.142490581,
        -0.124256872,
        0.116854198,
        -0.114797339,
        0.0697161183,
    ];

    static Scalar Log(Scalar x)
    {
        var (mantissa, k, _) = SplitAtSqrtHalf(x);
        return WithLogPoles(x, LogOf(mantissa - 1, k));
    }

    static Scalar Log1p(Scalar x)
    {
        // 1 + x = sum + rest exactly.
        var sum = x + 1;
        var back = sum - 1;
        var rest = (1 - (sum - back)) + (x - back);
        var (mantissa, k, scale) = SplitAtSqrtHalf(sum);
        // Without scaling (k = 0) this is x again, so that small arguments keep their precision.
        var f = (rest * scale).Fma(0.5, mantissa - 1);
        return FloatBits.Of(x).WithSign(WithLogPoles(sum, LogOf(f, k)).Abs(), x);
    }

    /// <summary>x = 2ᵏ·m with √½ ≤ m &lt; √2, for positive x; also 2¹⁻ᵏ, which no finite x overflows.</summary>
    static (Scalar Mantissa, Scalar K, Scalar Scale) SplitAtSqrtHalf(Scalar x)
    {
        var bits = FloatBits.Of(x);
        var sqrtHalf = x.For(BitConverter.DoubleToInt64Bits(Math.Sqrt(0.5)), BitConverter.SingleToInt32Bits(MathF.Sqrt(0.5f)));
        var denormal = x < x.For(2.2250738585072014e-308, 1.17549435e-38);
        var lift = bits.Mantissa + 2;
        var normal = denormal.Select(x * Math.ScaleB(1, lift), x);

        var shifted = bits.Bits(normal) + bits.Integral(bits.One - sqrtHalf);
        var exponent = shifted & bits.Integral(bits.ExponentMask);
        var mantissa = bits.Number((shifted & bits.Integral(bits.MantissaMask)) + bits.Integral(sqrtHalf));
        // An integer put in the mantissa of 2⁵² (2²³) becomes a number by subtraction.
        double unit = 1L << bits.Mantissa;
        var counted = bits.Number(bits.ShiftRight(exponent, bits.Mantissa) | bits.Integral(bits.Exponent(bits.Mantissa)));
        var k = counted - denormal.Select(x.Like(unit + bits.Bias + lift), x.Like(unit + bits.Bias));
        return (mantissa, k, bits.Number(exponent ^ bits.Integral(bits.ExponentMask)));
    }

    /// <summary>log(1 + f) + k·ln 2.</summary>
    static Scalar LogOf(Scalar f, Scalar k)
    {
        var ln2 = f.For(Ln2Float64, Ln2Float32);
        if (f.Type == DType.Float32)
        {
            var square = f * f;
            var small = (square * f).Fma(f.Polynomial(LogFloat32), k * ln2.Low);
            return k.Fma(ln2.High, f + square.Fma(-0.5, small));
        }
        // The arrangement of fdlibm's e_log.c: f stays exact until the last addition.
        var s = f / (f + 2);
        var z = s * s;
        var half = f * f * 0.5;
        var rest = s.Fma(z.Fma(z.Polynomial(LogFloat64), half), k * ln2.Low);
        return k.Fma(ln2.High, f - (half - rest));
    }

    static Scalar WithLogPoles(Scalar x, Scalar log)
    {
        var finite = (x < double.PositiveInfinity).Select(log, x);
        var outside = x.IsEqual(0).Select(x.Like(double.NegativeInfinity), x.Like(double.NaN));
        return (x <= 0).Select(outside, finite);
    }
}
