namespace Autodiff;

/// <summary>The logarithm of the gamma function, and its derivative.</summary>
static partial class ScalarMath
{
    const double LgammaMinimum = 1.46163214496836224576e+00;

    /// <summary>
    /// ln |Γ(x)|: +∞ at 0 and the negative integers. The rational approximations and their coefficients are those of fdlibm (Sun
    /// Microsystems, 1993), with Euler's reflection below 0.
    /// </summary>
    internal static double Lgamma(double x)
    {
        if (x == 0 || double.IsInfinity(x))
            return double.PositiveInfinity;
        if (double.IsNaN(x))
            return x;
        if (Math.Abs(x) < 1e-21)
            return -Math.Log(Math.Abs(x));
        if (x > 0)
            return LgammaPositive(x);
        var sine = SinPi(x);
        return sine == 0 ? double.PositiveInfinity : Math.Log(Math.PI / Math.Abs(sine * x)) - LgammaPositive(-x);
    }

    internal static float Lgamma(float x) => (float)Lgamma((double)x);

    /// <summary>
    /// The derivative of <see cref="Lgamma(double)"/>: NaN at 0 and the negative integers. By recurrence to [1, 2], where
    /// Boost's rational approximation (J. Maddock, 2006) keeps full accuracy about the root, or to the asymptotic series.
    /// </summary>
    internal static double Digamma(double x)
    {
        if (x == 0)
            return double.NaN;
        if (double.IsNaN(x) || double.IsPositiveInfinity(x))
            return x;
        var sum = 0.0;
        if (x < 0)
        {
            // The fraction is exact, so the poles are where they should be.
            var fraction = x - Math.Round(x);
            if (fraction == 0)
                return double.NaN;
            // Next to the zeros of the cotangent its argument is exact before it is multiplied.
            sum =
                Math.Abs(fraction) > 0.25
                    ? -Math.PI * Math.CopySign(Math.Tan(Math.PI * (0.5 - Math.Abs(fraction))), fraction)
                    : -Math.PI / Math.Tan(Math.PI * fraction);
        }
        if (x < 1)
        {
            // ψ(1 + |x|), with what rounds off the sum.
            if (x > 0)
                sum -= 1 / x;
            var next = 1 + Math.Abs(x);
            sum += (1 - next + Math.Abs(x)) * (1 / next + 1 / (2 * next * next));
            x = next;
        }
        if (x >= 10)
            return sum + DigammaAsymptotic(x);
        for (; x > 2; sum += 1 / x)
            x--;
        return sum + DigammaNearRoot(x);
    }

    internal static float Digamma(float x) => (float)Digamma((double)x);

    // Σ B₂ₖ / (2k x²ᵏ)
    static double DigammaAsymptotic(double x)
    {
        var y = 1 / (x * x);
        var series = Polynomial(y, [1.0 / 12, -1.0 / 120, 1.0 / 252, -1.0 / 240, 1.0 / 132, -691.0 / 32760, 1.0 / 12]);
        return Math.Log(x) - 0.5 / x - y * series;
    }

    // On [1, 2]; the root is given in three parts.
    static double DigammaNearRoot(double x)
    {
        var fromRoot =
            x - 1569415565.0 / 1073741824 - 381566830.0 / 1073741824 / 1073741824 - 9.016312093258695918615325266959189453125e-20;
        var ratio =
            Polynomial(
                x - 1,
                [
                    0.25479851061131551,
                    -0.32555031186804491,
                    -0.65031853770896507,
                    -0.28919126444774784,
                    -0.045251321448739056,
                    -0.0020713321167745952,
                ]
            )
            / Polynomial(
                x - 1,
                [
                    1,
                    2.0767117023730469,
                    1.4606242909763515,
                    0.43593529692665969,
                    0.054151797245674225,
                    0.0021284987017821144,
                    -0.55789841321675513e-6,
                ]
            );
        return fromRoot * 0.99558162689208984 + fromRoot * ratio;
    }

    // sin(πx), zero exactly at the integers.
    static double SinPi(double x)
    {
        var fraction = Math.Abs(x) <= 0.25 ? x : x - 2 * Math.Floor(x / 2);
        return fraction switch
        {
            <= 0.25 => Math.Sin(Math.PI * fraction),
            <= 0.75 => Math.Cos(Math.PI * (0.5 - fraction)),
            <= 1.25 => Math.Sin(Math.PI * (1 - fraction)),
            <= 1.75 => -Math.Cos(Math.PI * (fraction - 1.5)),
            _ => Math.Sin(Math.PI * (fraction - 2)),
        };
    }

    static double LgammaPositive(double x)
    {
        if (x is 1 or 2)
            return 0;
        if (x < 2)
            return x <= 0.9 ? LgammaOnePlus(x) - Math.Log(x) : LgammaOnePlus(x - 1);
        if (x < 8)
        {
            var whole = Math.Floor(x);
            var y = x - whole;
            var product = 1.0;
            for (var k = 2; k < whole; k++)
                product *= y + k;
            return LgammaAboveTwo(y) + (product == 1 ? 0 : Math.Log(product));
        }
        var log = Math.Log(x);
        if (x >= 288230376151711744) // 2⁵⁸
            return x * (log - 1);
        var z = 1 / x;
        var series =
            4.18938533204672725052e-01
            + z
                * Polynomial(
                    z * z,
                    [
                        8.33333333333329678849e-02,
                        -2.77777777728775536470e-03,
                        7.93650558643019558500e-04,
                        -5.95187557450339963135e-04,
                        8.36339918996282139126e-04,
                        -1.63092934096575273989e-03,
                    ]
                );
        return (x - 0.5) * (log - 1) + series;
    }

    // ln Γ(1 + y) on [−0.1, 1), by expansions about 1, the minimum, and 2.
    static double LgammaOnePlus(double y)
    {
        if (y < 0.23164)
            return LgammaNearOne(y);
        return y < 0.7316 ? LgammaNearMinimum(y - (LgammaMinimum - 1)) : LgammaNearTwo(1 - y);
    }

    static double LgammaNearOne(double y) =>
        y
            * Polynomial(
                y,
                [
                    -7.72156649015328655494e-02,
                    6.32827064025093366517e-01,
                    1.45492250137234768737e+00,
                    9.77717527963372745603e-01,
                    2.28963728064692451092e-01,
                    1.33810918536787660377e-02,
                ]
            )
            / Polynomial(
                y,
                [
                    1,
                    2.45597793713041134822e+00,
                    2.12848976379893395361e+00,
                    7.69285150456672783825e-01,
                    1.04222645593369134254e-01,
                    3.21709242282423911810e-03,
                ]
            )
        - 0.5 * y;

    static double LgammaNearMinimum(double y) =>
        y
            * y
            * Polynomial(
                y,
                [
                    4.83836122723810047042e-01,
                    -1.47587722994593911752e-01,
                    6.46249402391333854778e-02,
                    -3.27885410759859649565e-02,
                    1.79706750811820387126e-02,
                    -1.03142241298341437450e-02,
                    6.10053870246291332635e-03,
                    -3.68452016781138256760e-03,
                    2.25964780900612472250e-03,
                    -1.40346469989232843813e-03,
                    8.81081882437654011382e-04,
                    -5.38595305356740546715e-04,
                    3.15632070903625950361e-04,
                    -3.12754168375120860518e-04,
                    3.35529192635519073543e-04,
                ]
            )
        - 1.21486290535849611461e-01;

    // ln Γ(2 − y)
    static double LgammaNearTwo(double y) =>
        y
            * Polynomial(
                y,
                [
                    7.72156649015328655494e-02,
                    3.22467033424113591611e-01,
                    6.73523010531292681824e-02,
                    2.05808084325167332806e-02,
                    7.38555086081402883957e-03,
                    2.89051383673415629091e-03,
                    1.19270763183362067845e-03,
                    5.10069792153511336608e-04,
                    2.20862790713908385557e-04,
                    1.08011567247583939954e-04,
                    2.52144565451257326939e-05,
                    4.48640949618915160150e-05,
                ]
            )
        - 0.5 * y;

    // ln Γ(2 + y) on [0, 1)
    static double LgammaAboveTwo(double y) =>
        y
            * Polynomial(
                y,
                [
                    -7.72156649015328655494e-02,
                    2.14982415960608852501e-01,
                    3.25778796408930981787e-01,
                    1.46350472652464452805e-01,
                    2.66422703033638609560e-02,
                    1.84028451407337715652e-03,
                    3.19475326584100867617e-05,
                ]
            )
            / Polynomial(
                y,
                [
                    1,
                    1.39200533467621045958e+00,
                    7.21935547567138069525e-01,
                    1.71933865632803078993e-01,
                    1.86459191715652901344e-02,
                    7.77942496381893596434e-04,
                    7.32668430744625636189e-06,
                ]
            )
        + 0.5 * y;
}
