namespace Autodiff;

static partial class Elementary
{
    // log Γ(2 + y) = y·P(y) for −¾ ≤ y ≤ ½.
    static readonly double[] LgammaFloat64 =
    [
        0.42278433509846713,
        0.3224670334241132,
        -0.06735230105319691,
        0.02058080842778957,
        -0.007385551028753464,
        0.002890510330363912,
        -0.0011927539094481238,
        0.0005096695369021343,
        -0.00022315478902722272,
        9.945730620003337e-05,
        -4.492606320851435e-05,
        2.050923103766524e-05,
        -9.439196816428187e-06,
        4.36330825980683e-06,
        -2.0488463380360768e-06,
        9.919915242952549e-07,
        -3.952942649895682e-07,
        1.604019957517898e-07,
        -2.3326956737137025e-07,
        3.479757941306103e-08,
        1.0125521828558994e-07,
        9.407357328099549e-08,
    ];
    static readonly double[] LgammaFloat32 =
    [
        0.422784328,
        0.322467059,
        -0.0673522577,
        0.0205797814,
        -0.00738378894,
        0.00290388195,
        -0.00120742724,
        0.000438177522,
        -0.000205457472,
        0.000237610337,
    ];

    // log Γ(x) = (x − ½)log x − x + ½log 2π + P(1/x²)/x for x ≥ 3½: Stirling's series, made a best fit.
    static readonly double[] StirlingFloat64 =
    [
        0.08333333333333333,
        -0.0027777777777693072,
        0.000793650790142904,
        -0.0005952375135520769,
        0.0008416995179118486,
        -0.0019147451477015194,
        0.006309103536112234,
        -0.02692131299823508,
        0.12798862176272194,
        -0.5761891073390012,
        2.1363625445446437,
        -5.775768193222592,
        9.831640759734448,
        -7.799039484906417,
    ];
    static readonly double[] StirlingFloat32 = [0.0833333358, -0.00277773035, 0.000791175175, -0.000547708536, 0.00042251678];

    // The positive zero of ψ, and ψ(1½ + y) / (1½ + y − zero) = P(y) for |y| ≤ ½.
    static readonly (double High, double Low) DigammaZeroFloat64 = (1.4616321449683622, 9.549995429965697e-17);
    static readonly (double High, double Low) DigammaZeroFloat32 = (1.46163213, 1.24381499e-08);
    static readonly double[] DigammaFloat64 =
    [
        0.951055876031833,
        -0.4236274212814605,
        0.2405424842407742,
        -0.14840492305390884,
        0.09498872445494122,
        -0.061922133273064534,
        0.04076083381242074,
        -0.02697579675613825,
        0.0179072524394512,
        -0.011908218001568644,
        0.007926944646403797,
        -0.005279964873257405,
        0.003519006401502276,
        -0.002345267632540769,
        0.0015566317474486838,
        -0.0010376374098418604,
        0.0007233266279287554,
        -0.0004821990530566789,
        0.0002272331660987376,
        -0.00015148586836773365,
        0.00025968482126430747,
        -0.00017312261802727394,
    ];
    static readonly double[] DigammaFloat32 =
    [
        0.951055884,
        -0.423627496,
        0.240542531,
        -0.148398861,
        0.0949846879,
        -0.0620559789,
        0.0408500284,
        -0.0257868841,
        0.0171149895,
        -0.0163736194,
        0.0109025883,
    ];

    // ψ(x) = log x − 1/(2x) + P(1/x²)/x² for x ≥ 2.
    static readonly double[] DigammaTailFloat64 =
    [
        -0.08333333333333327,
        0.00833333333318452,
        -0.0039682539097871125,
        0.004166657396361771,
        -0.007574966399902255,
        0.02105066512086723,
        -0.08179756237833083,
        0.4022338607124256,
        -2.2014011415430006,
        11.77867747480453,
        -55.7160530137686,
        217.23460044082935,
        -661.8790916266628,
        1495.7739887386454,
        -2341.022311950741,
        2254.90719925929,
        -1004.1765132997648,
    ];
    static readonly double[] DigammaTailFloat32 =
    [
        -0.0833333358,
        0.00833302364,
        -0.00395293441,
        0.00387117569,
        -0.00466577429,
        0.00357591524,
    ];

    // sin(πd) / π = d + d·z·P(z), z = d², for |d| ≤ ½.
    static readonly double[] SinPiFloat64 =
    [
        -1.6449340668482264,
        0.8117424252833536,
        -0.19075182412208389,
        0.026147847817640922,
        -0.002346081035170168,
        0.00014842878972770888,
        -6.975851212142348e-06,
        2.5303274566671434e-07,
        -7.114052818770147e-09,
    ];
    static readonly double[] SinPiFloat32 = [-1.64493406, 0.811742365, -0.190750062, 0.0261280593, -0.00225506281];

    static Scalar Lgamma(Scalar x)
    {
        // Γ(x)·Γ(1 − x) = π / sin πx.
        var negative = x < 0;
        var lgamma = LgammaOfPositive(negative.Select(1 - x, x));
        var reflected = -(LogOfPositive(SinPi((x - x.Unary(ScalarOp.Round)).Abs())) + lgamma);
        return (IsPole(x) | x.Abs().IsEqual(double.PositiveInfinity)).Select(
            x.Like(double.PositiveInfinity),
            negative.Select(reflected, lgamma)
        );
    }

    static Scalar LgammaOfPositive(Scalar x)
    {
        // By log Γ(x + 1) = log Γ(x) + log x, all below 3½ comes to the middle range. At 1 both terms vanish and keep their precision.
        var (above5Halves, large, below5Quarters, belowHalf) = (x >= 2.5, x >= 3.5, x < 1.25, x < 0.5);
        var integer = above5Halves.Select(x.Like(3), below5Quarters.Select(belowHalf.Select(x.Like(0), x.Like(1)), x.Like(2)));
        var y = x - integer;
        var product = belowHalf.Select(x.Fma(x, x), (below5Quarters | large).Select(x, above5Halves.Select(x - 1, x.Like(1))));
        var (log, logRest) = LogWithRest(product);
        var middle =
            y.Fma(y.Polynomial(x.For(LgammaFloat64, LgammaFloat32)), above5Halves.Select(logRest, -logRest))
            + above5Halves.Select(log, -log);

        // x(log x − 1) comes last, where its rest has been added to the smaller terms.
        var reciprocal = 1 / x;
        var series = (reciprocal * reciprocal).Polynomial(x.For(StirlingFloat64, StirlingFloat32));
        var less1 = log - 1;
        var rest = x.Fma(logRest, reciprocal.Fma(series, 0.41893853320467274));
        var stirling = x.Fma(less1, (less1 + logRest).Fma(-0.5, rest));
        return large.Select(stirling, middle);
    }

    static Scalar Digamma(Scalar x)
    {
        // Below 1 the argument becomes 1 + |x| = t + rest: ψ(x) = ψ(1 + x) − 1/x, or ψ(1 − x) − π·cot πx on the negative axis.
        var (negative, below1, magnitude) = (x < 0, x < 1, x.Abs());
        var t = below1.Select(magnitude + 1, x);
        var rest = below1.Select(1 - t + magnitude, x.Like(0));

        var zero = x.For(DigammaZeroFloat64, DigammaZeroFloat32);
        var slope = (t - 1.5).Polynomial(x.For(DigammaFloat64, DigammaFloat32));
        var near = (t - zero.High).Fma(slope, (rest - zero.Low) * slope);

        var divisor = negative.Select(t, x);
        var reciprocal = 1 / divisor;
        var square = reciprocal * reciprocal;
        var tail = square.Fma(square.Polynomial(x.For(DigammaTailFloat64, DigammaTailFloat32)), reciprocal * -0.5);
        var (log, logRest) = LogWithRest(t);
        var far = log + (reciprocal.Fma(rest, logRest) + tail);
        var digamma = (t < 2).Select(near, far);

        // Where 1/x overflows it has no rest.
        var reciprocalRest = (x > x.For(1e-300, 1e-37)).Select((-divisor).Fma(reciprocal, 1) * reciprocal, x.Like(0));
        var recurred = near - reciprocalRest - reciprocal;

        var turn = x - x.Unary(ScalarOp.Round);
        var distance = turn.Abs();
        var cotangent = SinPi(0.5 - distance) / SinPi(distance) * Math.PI;
        var reflected = digamma - FloatBits.Of(x).FlipSign(cotangent, FloatBits.Of(x).Sign(turn));

        var regular = below1.Select(negative.Select(reflected, recurred), digamma);
        // JAX has NaN at every pole, from whichever side.
        return (x < double.PositiveInfinity).Select(IsPole(x).Select(x.Like(double.NaN), regular), x);
    }

    static Scalar IsPole(Scalar x) => (x <= 0) & x.IsEqual(x.Floor());

    static Scalar LogOfPositive(Scalar x)
    {
        var (mantissa, k, _) = SplitAtSqrtHalf(x);
        return LogOf(mantissa - 1, k);
    }

    /// <summary>log x as a number and what follows it, for positive finite x.</summary>
    static (Scalar High, Scalar Low) LogWithRest(Scalar x)
    {
        var (mantissa, k, _) = SplitAtSqrtHalf(x);
        var f = mantissa - 1;
        var ln2 = x.For(ShortLn2Float64, ShortLn2Float32);
        var scale = k * ln2.High;
        var high = scale + f;
        return (high, scale - high + f + LogTail(f, k * ln2.Low));
    }

    /// <summary>sin(πd) / π for 0 ≤ d ≤ ½.</summary>
    static Scalar SinPi(Scalar d)
    {
        var z = d * d;
        return (d * z).Fma(z.Polynomial(d.For(SinPiFloat64, SinPiFloat32)), d);
    }
}
