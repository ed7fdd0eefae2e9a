namespace Autodiff;

/// <summary>
/// The error function and its relatives. The rational approximations and their coefficients are those of fdlibm (Sun Microsystems, 1993),
/// within one unit in the last place.
/// </summary>
static partial class ScalarMath
{
    // erf(1) rounded to single, about which erf on [0.84375, 1.25] is expanded.
    const double ErfOfOne = 8.45062911510467529297e-01;

    internal static double Erf(double x)
    {
        var a = Math.Abs(x);
        if (a < 0.84375)
            return x + x * ErfNearZero(x * x);
        if (a < 1.25)
            return Math.CopySign(ErfOfOne + ErfNearOne(a - 1), x);
        return double.IsNaN(x) ? x : Math.CopySign(a < 6 ? 1 - ErfcTail(a) : 1, x);
    }

    internal static float Erf(float x) => (float)Erf((double)x);

    internal static double Erfc(double x)
    {
        var a = Math.Abs(x);
        if (x < 0.25 && a < 0.84375)
            return 1 - (x + x * ErfNearZero(x * x));
        if (a < 0.84375)
            return 0.5 - (x - 0.5 + x * ErfNearZero(x * x));
        if (a < 1.25)
            return x > 0 ? 1 - ErfOfOne - ErfNearOne(a - 1) : 1 + (ErfOfOne + ErfNearOne(a - 1));
        if (double.IsNaN(x))
            return x;
        if (x < -6)
            return 2;
        return x < 0 ? 2 - ErfcTail(a)
            : x < 28 ? ErfcTail(a)
            : 0;
    }

    internal static float Erfc(float x) => (float)Erfc((double)x);

    /// <summary>
    /// The inverse of <see cref="Erf(double)"/>: a starting value from M. Giles, "Approximating the erfinv function" (2010), or from the
    /// leading term of erfc's asymptotic series near ±1, refined by two steps of Halley's method.
    /// </summary>
    internal static double ErfInv(double x)
    {
        var a = Math.Abs(x);
        if (a < 1e-8)
            return x * 0.88622692545275801365; // √π / 2
        if (!(a < 1))
            return a == 1 ? x * double.PositiveInfinity : double.NaN;
        var z = ErfInvEstimate(a);
        // 1 − a is exact from one half on, where erf itself has few digits left.
        var complement = 1 - a;
        for (var step = 0; step < 2; step++)
        {
            var error = a < 0.5 ? Erf(z) - a : complement - Erfc(z);
            var newton = error / (1.12837916709551257390 * Math.Exp(-z * z)); // 2 / √π
            z -= newton / (1 + z * newton);
        }
        return Math.CopySign(z, x);
    }

    internal static float ErfInv(float x) => (float)ErfInv((double)x);

    static double ErfInvEstimate(double a)
    {
        var w = -Math.Log((1 - a) * (1 + a));
        if (w < 5)
            return a
                * Polynomial(
                    w - 2.5,
                    [
                        1.50140941,
                        0.246640727,
                        -0.00417768164,
                        -0.00125372503,
                        0.00021858087,
                        -4.39150654e-06,
                        -3.5233877e-06,
                        3.43273939e-07,
                        2.81022636e-08,
                    ]
                );
        if (w < 16)
            return a
                * Polynomial(
                    Math.Sqrt(w) - 3,
                    [
                        2.83297682,
                        1.00167406,
                        0.00943887047,
                        -0.0076224613,
                        0.00573950773,
                        -0.00367342844,
                        0.00134934322,
                        0.000100950558,
                        -0.000200214257,
                    ]
                );
        var log = -Math.Log(1 - a);
        return Math.Sqrt(log - 0.5 * Math.Log(Math.PI * log));
    }

    // erf(x)/x − 1 on [0, 0.84375], in x².
    static double ErfNearZero(double z) =>
        Polynomial(
            z,
            [
                1.28379167095512558561e-01,
                -3.25042107247001499370e-01,
                -2.84817495755985104766e-02,
                -5.77027029648944159157e-03,
                -2.37630166566501626084e-05,
            ]
        )
        / Polynomial(
            z,
            [
                1,
                3.97917223959155352819e-01,
                6.50222499887672944485e-02,
                5.08130628187576562776e-03,
                1.32494738004321644526e-04,
                -3.96022827877536812320e-06,
            ]
        );

    // erf(1 + s) − ErfOfOne on [−0.15625, 0.25].
    static double ErfNearOne(double s) =>
        Polynomial(
            s,
            [
                -2.36211856075265944077e-03,
                4.14856118683748331666e-01,
                -3.72207876035701323847e-01,
                3.18346619901161753674e-01,
                -1.10894694282396677476e-01,
                3.54783043256182359371e-02,
                -2.16637559486879084300e-03,
            ]
        )
        / Polynomial(
            s,
            [
                1,
                1.06420880400844228286e-01,
                5.40397917702171048937e-01,
                7.18286544141962662868e-02,
                1.26171219808761642112e-01,
                1.36370839120290507362e-02,
                1.19844998467991074170e-02,
            ]
        );

    // erfc on [1.25, 28], as exp(−a² − 0.5625 + R(1/a²)/S(1/a²)) / a.
    static double ErfcTail(double a)
    {
        var s = 1 / (a * a);
        var ratio =
            a < 1 / 0.35
                ? Polynomial(
                    s,
                    [
                        -9.86494403484714822705e-03,
                        -6.93858572707181764372e-01,
                        -1.05586262253232909814e+01,
                        -6.23753324503260060396e+01,
                        -1.62396669462573470355e+02,
                        -1.84605092906711035994e+02,
                        -8.12874355063065934246e+01,
                        -9.81432934416914548592e+00,
                    ]
                )
                    / Polynomial(
                        s,
                        [
                            1,
                            1.96512716674392571292e+01,
                            1.37657754143519042600e+02,
                            4.34565877475229228821e+02,
                            6.45387271733267880336e+02,
                            4.29008140027567833386e+02,
                            1.08635005541779435134e+02,
                            6.57024977031928170135e+00,
                            -6.04244152148580987438e-02,
                        ]
                    )
                : Polynomial(
                    s,
                    [
                        -9.86494292470009928597e-03,
                        -7.99283237680523006574e-01,
                        -1.77579549177547519889e+01,
                        -1.60636384855821916062e+02,
                        -6.37566443368389627722e+02,
                        -1.02509513161107724954e+03,
                        -4.83519191608651397019e+02,
                    ]
                )
                    / Polynomial(
                        s,
                        [
                            1,
                            3.03380607434824582924e+01,
                            3.25792512996573918826e+02,
                            1.53672958608443695994e+03,
                            3.19985821950859553908e+03,
                            2.55305040643316442583e+03,
                            4.74528541206955367215e+02,
                            -2.24409524465858183362e+01,
                        ]
                    );
        // With half of a's digits, the square of high is exact.
        var high = BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(a) & ~0xFFFFFFFFL);
        return Math.Exp(-high * high - 0.5625) * Math.Exp((high - a) * (high + a) + ratio) / a;
    }
}
