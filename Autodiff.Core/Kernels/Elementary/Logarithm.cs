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

    // log₂ e, log₁₀ e and log₁₀ 2.
    static readonly (double High, double Low) Log2EFloat64 = (1.4426950408889634, 2.0355273740931033e-17);
    static readonly (double High, double Low) Log2EFloat32 = (1.44269502, 1.92596303e-08);
    static readonly (double High, double Low) Log10EFloat64 = (0.4342944819032518, 1.098319650216765e-17);
    static readonly (double High, double Low) Log10EFloat32 = (0.434294492, -1.010305e-08);
    static readonly (double High, double Low) Log10Of2Float64 = (0.3010299956639812, -2.8037281277851704e-18);
    static readonly (double High, double Low) Log10Of2Float32 = (0.30103001, -1.43209888e-08);

    static Scalar Log(Scalar x)
    {
        var (mantissa, k, _) = SplitAtSqrtHalf(x);
        return WithLogPoles(x, LogOf(mantissa - 1, k));
    }

    static Scalar Log2(Scalar x) => LogToBase(x, x.For(Log2EFloat64, Log2EFloat32), (1, 0));

    static Scalar Log10(Scalar x) => LogToBase(x, x.For(Log10EFloat64, Log10EFloat32), x.For(Log10Of2Float64, Log10Of2Float32));

    /// <summary>
    /// log x · factor = k·unit + log m · factor, of which only the last addition is rounded to the result's precision: a power of the base
    /// has its exponent.
    /// </summary>
    static Scalar LogToBase(Scalar x, (double High, double Low) factor, (double High, double Low) unit)
    {
        var (mantissa, k, _) = SplitAtSqrtHalf(x);
        var f = mantissa - 1;
        var low = f.Fma(factor.Low, LogTail(f, f.Like(0)) * factor.High);
        if (unit.Low != 0)
            low = k.Fma(unit.Low, low);
        return WithLogPoles(x, k.Fma(unit.High, f.Fma(factor.High, low)));
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
        return k.Fma(ln2.High, f + LogTail(f, k * ln2.Low));
    }

    /// <summary>log(1 + f) − f + rest, for a small rest.</summary>
    static Scalar LogTail(Scalar f, Scalar rest)
    {
        if (f.Type == DType.Float32)
        {
            var square = f * f;
            return square.Fma(-0.5, (square * f).Fma(f.Polynomial(LogFloat32), rest));
        }
        // The arrangement of fdlibm's e_log.c: f stays exact until the last addition.
        var s = f / (f + 2);
        var z = s * s;
        var half = f * f * 0.5;
        return s.Fma(z.Fma(z.Polynomial(LogFloat64), half), rest) - half;
    }

    static Scalar WithLogPoles(Scalar x, Scalar log)
    {
        var finite = (x < double.PositiveInfinity).Select(log, x);
        var outside = x.IsEqual(0).Select(x.Like(double.NegativeInfinity), x.Like(double.NaN));
        return (x <= 0).Select(outside, finite);
    }
}
