namespace Autodiff;

static partial class Elementary
{
    // log((1+s)/(1−s)) = 2s + s·z·(⅔ + z·P(z)), z = s².
    static readonly double[] PowLogFloat64 =
    [
        0.4,
        0.2857142857142937,
        0.22222222221652765,
        0.18181818336099848,
        0.1538459488700718,
        0.1333480879881234,
        0.11706126464563398,
        0.11724327060846747,
    ];
    static readonly double[] PowLogFloat32 = [0.400000006, 0.285715312, 0.222047299, 0.191213295];
    static readonly (double High, double Low) TwoThirdsFloat64 = (0.6666666666666666, 3.700743415417188e-17);
    static readonly (double High, double Low) TwoThirdsFloat32 = (0.666666687, -1.98682155e-08);

    // ln 2 with trailing zeros: its multiples by an exponent are exact.
    static readonly (double High, double Low) ShortLn2Float64 = (0.6931471805601177, -1.7239444525610826e-13);
    static readonly (double High, double Low) ShortLn2Float32 = (0.693145752, 1.42860677e-06);

    // (1 − e)^(−⅓) = 1 + e·P(e).
    static readonly double[] CbrtFloat64 =
    [
        0.3333333333333333,
        0.22221708115951752,
        0.1728348533640066,
        0.1457281805966304,
        0.1263627000339604,
    ];
    static readonly double[] CbrtFloat32 = [0.333331019, 0.222220168, 0.174362913, 0.145387411];

    static Scalar Pow(Scalar x, Scalar y)
    {
        var bits = FloatBits.Of(x);
        var magnitude = x.Abs();
        // A larger exponent gives the same limits, and is even; but an infinite one times log 1 would be NaN.
        var huge = x.For(1e21, 1e12);
        var exponent = y.AtMost(huge).AtLeast(-huge);

        var (logHigh, logLow) = LogInTwoParts(magnitude);
        logHigh = (magnitude < double.PositiveInfinity).Select(logHigh, magnitude);
        logHigh = magnitude.IsEqual(0).Select(x.Like(double.NegativeInfinity), logHigh);

        var product = exponent * logHigh;
        var rest = exponent.Fma(logLow, exponent.Fma(logHigh, -product));
        var limit = x.For(1400.0, 165.0);
        var finiteRest = (product.Abs() < limit).Select(rest, x.Like(0));
        var (r, k) = ReduceByLn2(product.AtMost(limit).AtLeast(-limit), finiteRest);
        var power = ScaleByPowerOfTwo(r.Polynomial(x.For(ExpFloat64, ExpFloat32)), k);

        var half = exponent * 0.5;
        var fraction = exponent.Compare(ScalarOp.NotEqual, exponent.Floor());
        var odd = half.Compare(ScalarOp.NotEqual, half.Floor()) & !fraction;
        var signed = odd.Select(bits.WithSign(power, x), power);
        var undefined = fraction & (x < 0) & (x > double.NegativeInfinity);
        return (x.IsEqual(1) | y.IsEqual(0)).Select(x.Like(1), undefined.Select(x.Like(double.NaN), signed));
    }

    /// <summary>log x as an unevaluated sum of about twice the precision, for positive finite x.</summary>
    static (Scalar High, Scalar Low) LogInTwoParts(Scalar x)
    {
        var (mantissa, k, _) = SplitAtSqrtHalf(x);
        var f = mantissa - 1;

        // s = f / (2 + f), of which 2 + f is rounded.
        var divisor = f + 2;
        var reciprocal = 1 / divisor;
        var s = f * reciprocal;
        var sRest = (-s).Fma(f - (divisor - 2), (-s).Fma(divisor, f)) * reciprocal;

        var z = s * s;
        var zRest = (s + s).Fma(sRest, s.Fma(s, -z));

        var twoThirds = x.For(TwoThirdsFloat64, TwoThirdsFloat32);
        var tail = z * z.Polynomial(x.For(PowLogFloat64, PowLogFloat32));
        var series = tail + twoThirds.High;
        var seriesRest = tail - (series - twoThirds.High) + twoThirds.Low;

        var inner = z * series;
        var innerRest = zRest.Fma(series, z.Fma(seriesRest, z.Fma(series, -inner)));
        var cubic = s * inner;
        var cubicRest = sRest.Fma(inner, s.Fma(innerRest, s.Fma(inner, -cubic)));

        // The terms fall in size, so each sum gives its rounding error in two operations.
        var ln2 = x.For(ShortLn2Float64, ShortLn2Float32);
        var linear = s + s;
        var scale = k * ln2.High;
        var first = scale + linear;
        var high = first + cubic;
        var low = (scale - first + linear) + (first - high + cubic) + cubicRest;
        return (high, sRest.Fma(2, k.Fma(ln2.Low, low)));
    }

    static Scalar Cbrt(Scalar x)
    {
        var bits = FloatBits.Of(x);
        var magnitude = x.Abs();
        // A power of eight lifts denormals.
        var denormal = magnitude < x.For(2.2250738585072014e-308, 1.17549435e-38);
        var lift = x.For(54, 24);
        var a = denormal.Select(magnitude * Math.ScaleB(1, lift), magnitude);

        // a^(−⅓) to three percent: a third of the bits, taken from a constant. The upper bits count in the mantissa of 2⁵² (2²³).
        var shift = x.For(32, 8);
        double unit = 1L << bits.Mantissa;
        var counted = bits.Number(bits.ShiftRight(bits.Bits(a), shift) | bits.Integral(bits.Exponent(bits.Mantissa)));
        var third = counted.Fma(-1.0 / 3, unit * 4 / 3 + x.For(1430186164.0, 5546480.0));
        var y = bits.Number(bits.ShiftLeft(bits.Bits(third), shift));

        var error = 1 - a * y * (y * y);
        y = (y * error).Fma(error.Polynomial(x.For(CbrtFloat64, CbrtFloat32)), y);
        if (x.Type == DType.Float64)
            y = (y * (1 - a * y * (y * y))).Fma(1.0 / 3, y);

        // One step of Newton's method for the root itself, with the cube in two parts.
        var square = y * y;
        var root = a * square;
        var rootSquare = root * root;
        var rest = (-root).Fma(root.Fma(root, -rootSquare), (-rootSquare).Fma(root, a));
        var refined = (rest * square).Fma(1.0 / 3, root);

        var unlifted = denormal.Select(refined * Math.ScaleB(1, -lift / 3), refined);
        var regular = (magnitude > 0) & (magnitude < double.PositiveInfinity);
        return regular.Select(bits.WithSign(unlifted, x), x);
    }
}
