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

    // (1 + 2x)·exp(x²)·erfc x = 1 + P(t), t = (x − c)/(x + c), with c = 4 and 3: a small P for all x ≥ 0.
    static readonly double[] ErfcFloat64 =
    [
        0.2329951186255525,
        -0.13962111684056253,
        0.015379652102620822,
        0.06809705425469458,
        -0.10103906603633903,
        0.09373283499827331,
        -0.06633036581170067,
        0.037167515538826065,
        -0.016197734062083125,
        0.005031969965250482,
        -0.00075777326718041,
        -0.00019925662257193943,
        0.00015062161119185045,
        -2.4399468467033433e-05,
        -1.1221926785909753e-05,
        5.710289436002981e-06,
        2.9378581500053903e-07,
        -8.261453560640001e-07,
        7.444276456583613e-08,
        1.1052728934453187e-07,
        -1.7634113920908736e-08,
        -1.4179552703546942e-08,
        1.7089825145132989e-09,
        1.2214646806532984e-09,
    ];
    static readonly double[] ErfcFloat32 =
    [
        0.253008068,
        -0.135621116,
        -0.0475627035,
        0.129645303,
        -0.119268402,
        0.0683087632,
        -0.0237993952,
        0.00251356908,
        0.00196024752,
        -0.000714672264,
        -0.000169285078,
        3.66817367e-05,
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
        // 1 − x is exact where the sum is small.
        var near = x.Fma(-(x * x).Polynomial(x.For(ErfFloat64, ErfFloat32)), 1 - x);
        return (magnitude < 0.85).Select(near, (x < 0).Select(2 - erfc, erfc));
    }

    static Scalar ErfcOfPositive(Scalar x)
    {
        // From here on the result is 0.
        x = x.AtMost(x.For(28.0, 10.2));
        var center = x.For(4.0, 3.0);
        var excess = ((x - center) / (x + center)).Polynomial(x.For(ErfcFloat64, ErfcFloat32));
        // (1 + excess) / (1 + 2x) with one correction, for the rounding of both sums too.
        var reciprocal = 1 / x.Fma(2, 1);
        var quotient = (excess + 1) * reciprocal;
        var factor = ((x * -2).Fma(quotient, 1) - quotient + excess).Fma(reciprocal, quotient);
        // The rounding error of x² is as large in the exponent as in the result.
        var square = x * x;
        var (r, k) = ReduceByLn2(-square, x.Fma(-x, square));
        return ScaleByPowerOfTwo((factor * r).Fma(r.Polynomial(x.For(ExpFloat64, ExpFloat32)[1..]), factor), k);
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
