namespace Autodiff;

static partial class Elementary
{
    // erf x = x + x·P(x²) for x ≤ 1.
    static readonly double[] ErfFloat64 =
    [
        0.1283791670955126,
        -0.3761263890318375,
        0.11283791670954879,
        -0.026866170645076792,
        0.0052239776248180145,
        -0.000854832698083379,
        0.0001205533111164271,
        -1.4925595266831182e-05,
        1.6461000484121368e-06,
        -1.6350312701054695e-07,
        1.4659775274047436e-08,
        -1.1372848856791674e-09,
        5.957176147748911e-11,
    ];
    static readonly double[] ErfFloat32 =
    [
        0.128379166,
        -0.37612626,
        0.112835944,
        -0.0268542115,
        0.00518908724,
        -0.00080168643,
        7.87587487e-05,
    ];

    // (1 + 2x)·exp(x²)·erfc x = P(t), t = (x − c)/(x + c), with c = 4 and 3: nearly constant for all x ≥ 0.
    static readonly double[] ErfcFloat64 =
    [
        1.2329951186255526,
        -0.1396211168405629,
        0.01537965210262074,
        0.06809705425473732,
        -0.10103906603635213,
        0.09373283499679412,
        -0.06633036581152939,
        0.03716751556249286,
        -0.016197734059115006,
        0.005031969755895426,
        -0.00075777334141333,
        -0.00019925550755614952,
        0.000150622243948303,
        -2.4403169244974074e-05,
        -1.1224789135154701e-05,
        5.7178872846321855e-06,
        3.0135049944875397e-07,
        -8.351619688696847e-07,
        6.270727157198311e-08,
        1.1534943745754157e-07,
        -7.71541861441783e-09,
        -1.3670989863347383e-08,
        -1.8206098680308682e-09,
    ];
    static readonly double[] ErfcFloat32 =
    [
        1.25300801,
        -0.135621145,
        -0.04756229,
        0.129646614,
        -0.119272478,
        0.0682933703,
        -0.0237913486,
        0.00257884525,
        0.00199637585,
        -0.000795749249,
        -0.000276390259,
    ];

    // (erf⁻¹ x) / x as a polynomial in w = −log(1 − x²) less its middle, and for larger w in √w (Giles, Approximating the erfinv function).
    static readonly double[] ErfInvFloat64 =
    [
        1.6536545626831027,
        0.2401581824255883,
        -0.00603367087142785,
        -0.000740702534154477,
        0.00018673420802464837,
        -1.3882523394405316e-05,
        -1.3654691850603575e-06,
        4.234788173782339e-07,
        -2.9070382262927266e-08,
        -4.11266082002324e-09,
        1.0512181539804126e-09,
        -5.414287198084716e-11,
        -1.2976885526532075e-11,
        2.6304834740560442e-12,
        -8.118399443074353e-14,
        -4.001237735091896e-14,
        6.596407712420834e-15,
        -4.0282154327661744e-17,
        -1.3016928016796445e-16,
        1.557432024623325e-17,
        1.150022252066253e-18,
        -3.4996044354754177e-19,
        -1.113483769832702e-21,
        3.240704459379902e-21,
    ];
    static readonly double[] ErfInvFloat32 =
    [
        1.50140941,
        0.24664028,
        -0.00417739293,
        -0.00125272642,
        0.000218349393,
        -4.9724199e-06,
        -3.46398519e-06,
        4.68131361e-07,
        2.33359678e-08,
        -8.93192631e-09,
    ];
    static readonly double[] ErfInvTailFloat64 =
    [
        4.09222342366813,
        1.0099782771612555,
        0.0007127499726613435,
        -0.000607894027462126,
        0.00021217671323656232,
        -6.441975074917324e-05,
        2.1980128527413796e-05,
        -1.0197665057842962e-05,
        5.807266726553297e-06,
        -3.2111273569681038e-06,
        1.4901788950757029e-06,
        -5.152631454055009e-07,
        9.328456508790782e-08,
        2.561600568681689e-08,
        -3.0136087319482594e-08,
        1.343396364656639e-08,
        -3.0714550622220218e-09,
        -1.8751889783457402e-10,
        4.6462788008825096e-10,
        -1.8755483262941286e-10,
        3.322812356517879e-11,
        2.6058547043342674e-12,
        -3.936038604260834e-12,
        1.6638503486647492e-12,
        -3.3369086545359687e-13,
        -4.4263531159427654e-14,
        3.5485214711380766e-14,
        -4.91616241986781e-15,
    ];
    static readonly double[] ErfInvTailFloat32 =
    [
        2.95832014,
        1.0037185,
        0.00704968022,
        -0.00529785454,
        0.00377731933,
        -0.00253668753,
        0.00132001087,
        -0.000294859376,
        -0.000179957628,
        0.000112419373,
    ];

    static Scalar Erf(Scalar x)
    {
        var magnitude = x.Abs();
        var near = magnitude.Fma((x * x).Polynomial(x.For(ErfFloat64, ErfFloat32)), magnitude);
        return FloatBits.Of(x).WithSign((magnitude < 1).Select(near, 1 - ErfcOfPositive(magnitude)), x);
    }

    static Scalar Erfc(Scalar x)
    {
        var magnitude = x.Abs();
        var erfc = ErfcOfPositive(magnitude);
        var near = 1 - x.Fma((x * x).Polynomial(x.For(ErfFloat64, ErfFloat32)), x);
        return (magnitude < 0.5).Select(near, (x < 0).Select(2 - erfc, erfc));
    }

    static Scalar ErfcOfPositive(Scalar x)
    {
        // From here on the result is 0.
        x = x.AtMost(x.For(28.0, 10.2));
        var center = x.For(4.0, 3.0);
        var numerator = ((x - center) / (x + center)).Polynomial(x.For(ErfcFloat64, ErfcFloat32));
        // Divided by 1 + 2x with one correction, for the rounding of the divisor too.
        var reciprocal = 1 / x.Fma(2, 1);
        var quotient = numerator * reciprocal;
        var factor = (x + x).Fma(-quotient, numerator - quotient).Fma(reciprocal, quotient);
        // The rounding error of x² is as large in the exponent as in the result.
        var square = x * x;
        var (r, k) = ReduceByLn2(-square, x.Fma(-x, square));
        return ScaleByPowerOfTwo(r.Polynomial(x.For(ExpFloat64, ExpFloat32)) * factor, k);
    }

    static Scalar ErfInv(Scalar x)
    {
        var magnitude = x.Abs();
        var (mantissa, k, _) = SplitAtSqrtHalf((1 - magnitude) * (magnitude + 1));
        var w = -LogOf(mantissa - 1, k);
        var near = (w - x.For(3.125, 2.5)).Polynomial(x.For(ErfInvFloat64, ErfInvFloat32));
        var far = (w.Sqrt() - x.For(4.25, 3.125)).Polynomial(x.For(ErfInvTailFloat64, ErfInvTailFloat32));
        var inverse = x * (w < x.For(6.25, 5.0)).Select(near, far);
        var outside = magnitude.IsEqual(1).Select(x * double.PositiveInfinity, x.Like(double.NaN));
        return (magnitude < 1).Select(inverse, outside);
    }
}
