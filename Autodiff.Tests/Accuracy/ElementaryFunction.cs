using static Autodiff.Ops;
using static Autodiff.Tests.Accuracy.PreciseMath;

namespace Autodiff.Tests.Accuracy;

/// <summary>
/// A function to be measured: what it is at finite arguments of its domain, what it is elsewhere (a number, or null where it is
/// <paramref name="Exact"/>), where it is used, and where it is difficult.
/// </summary>
sealed record ElementaryFunction(
    string Name,
    Func<NDArray[], NDArray> Compute,
    Func<Precise[], Precise> Exact,
    Func<double[], double?> Special
)
{
    const double Inf = double.PositiveInfinity;
    const double NaN = double.NaN;

    internal int Arity { get; init; } = 1;

    /// <summary>Intervals of usual arguments.</summary>
    internal (double From, double To)[] Ranges { get; init; } = [(-10, 10), (-1, 1)];

    /// <summary>The largest error allowed.</summary>
    internal double Bound { get; init; } = 2;

    /// <summary>The largest error allowed where a function of the runtime is taken, if that is more.</summary>
    internal double BoundOfRuntime { get; init; }

    /// <summary>Which arguments this row is about.</summary>
    internal Func<double, bool> Domain { get; init; } = _ => true;

    /// <summary>Another value of the function whose last place counts where it is the larger.</summary>
    internal Func<Precise, Precise>? Scale { get; init; }

    /// <summary>Zeros, thresholds and the like; their neighbours are measured too.</summary>
    internal double[] Difficult { get; init; } = [];

    static ElementaryFunction Unary(string name, Func<NDArray, NDArray> f, Func<Precise, Precise> exact, Func<double, double?> special) =>
        new(name, xs => f(xs[0]), xs => exact(xs[0]), xs => double.IsNaN(xs[0]) ? NaN : special(xs[0]));

    static double? Zero(double x, double at0) => x == 0 ? at0 : null;

    static double? Infinite(double x, double below, double above) =>
        x == Inf ? above
        : x == -Inf ? below
        : null;

    internal static readonly ElementaryFunction[] All =
    [
        Unary("exp", Exp, PreciseMath.Exp, x => Infinite(x, 0, Inf)) with
        {
            Ranges = [(-10, 10), (-1, 1), (-750, 712), (-106, 90)],
            Difficult = [709.782712893384, -745.1332191019412, -708.3964185322641, 88.72284, -103.97208, -87.33655],
        },
        Unary("exp2", Exp2, PreciseMath.Exp2, x => Infinite(x, 0, Inf)) with
        {
            Ranges = [(-10, 10), (-1, 1), (-1080, 1030), (-150, 130)],
            Difficult = [1024, -1022, -1074, -1075, 128, -126, -149, -150, 0.5, -0.5],
        },
        Unary("expm1", Expm1, PreciseMath.Expm1, x => Infinite(x, -1, Inf) ?? Zero(x, x)) with
        {
            Ranges = [(-10, 10), (-1, 1), (-50, 712), (-20, 90)],
            Difficult = [709.782712893384, 88.72284, -37.42994775023705, -17.32868, 0.34657359, -0.34657359],
        },
        Unary("log", Log, PreciseMath.Log, x => LogPole(x, 0)) with
        {
            Ranges = [(0, 10), (0.5, 1.5), (0.99, 1.01)],
            Difficult = [1, 0.7071067811865476, 1.4142135623730951],
        },
        Unary("log1p", Log1p, PreciseMath.Log1p, x => Zero(x, x) ?? LogPole(x, -1)) with
        {
            Ranges = [(-1, 10), (-0.5, 0.5), (-1, -0.99), (-0.01, 0.01)],
            Difficult = [-1, -0.2928932188134524, 0.41421356237309515],
        },
        Unary("log2", Log2, PreciseMath.Log2, x => LogPole(x, 0)) with
        {
            Ranges = [(0, 10), (0.5, 1.5), (0.99, 1.01)],
            Difficult = [1, 0.7071067811865476, 1.4142135623730951],
        },
        Unary("log10", Log10, x => PreciseMath.Log(x) / PreciseMath.Log(10), x => LogPole(x, 0)) with
        {
            Ranges = [(0, 10), (0.5, 1.5), (0.99, 1.01), (1, 1e6)],
            Difficult = [1, 10, 100, 1e3, 1e10, 1e15, 1e22, 0.7071067811865476, 1.4142135623730951],
        },
        Unary("sin", Sin, x => SinCos(x).Sin, x => Infinite(x, NaN, NaN) ?? Zero(x, x)) with
        {
            Ranges = Angles,
            Difficult = Turns,
        },
        Unary("cos", Cos, x => SinCos(x).Cos, x => Infinite(x, NaN, NaN)) with
        {
            Ranges = Angles,
            Difficult = Turns,
        },
        Unary("tan", Tan, PreciseMath.Tan, x => Infinite(x, NaN, NaN) ?? Zero(x, x)) with
        {
            Ranges = Angles,
            Difficult = Turns,
        },
        Unary("sinh", Sinh, PreciseMath.Sinh, x => Infinite(x, -Inf, Inf) ?? Zero(x, x)) with
        {
            Ranges = [(-10, 10), (-1, 1), (-712, 712), (-90, 90)],
            Difficult = [710.4758600739439, 89.415985, 22, 11],
        },
        Unary("cosh", Cosh, PreciseMath.Cosh, x => Infinite(x, Inf, Inf)) with
        {
            Ranges = [(-10, 10), (-1, 1), (-712, 712), (-90, 90)],
            Difficult = [710.4758600739439, 89.415985, 22, 11],
        },
        Unary("tanh", Tanh, PreciseMath.Tanh, x => Infinite(x, -1, 1) ?? Zero(x, x)) with
        {
            Ranges = [(-10, 10), (-1, 1), (0.4, 0.7), (-22, 22)],
            Difficult = [0.55, 0.625, 19.0615, 9.01],
        },
        Unary("asin", Arcsin, PreciseMath.Asin, x => Math.Abs(x) > 1 ? NaN : Zero(x, x)) with
        {
            Ranges = [(-1, 1), (0.45, 0.55), (0.99, 1), (-1, -0.99)],
            Difficult = [1, -1, 0.5, -0.5],
        },
        Unary(
            "acos",
            Arccos,
            PreciseMath.Acos,
            x =>
                Math.Abs(x) > 1 ? NaN
                : x == 1 ? 0
                : null
        ) with
        {
            Ranges = [(-1, 1), (0.45, 0.55), (0.99, 1), (-1, -0.99)],
            Difficult = [1, -1, 0.5, -0.5],
        },
        Unary("atan", Arctan, PreciseMath.Atan, x => Zero(x, x) ?? (double.IsInfinity(x) ? Math.CopySign(Math.PI / 2, x) : null)),
        new("atan2", xs => Arctan2(xs[0], xs[1]), xs => PreciseMath.Atan2(xs[0], xs[1]), Atan2Limit) { Arity = 2 },
        Unary("sigmoid", Sigmoid, PreciseMath.Sigmoid, x => Infinite(x, 0, 1)) with
        {
            Ranges = [(-10, 10), (-1, 1), (-750, 50), (-106, 20)],
            Difficult = [-745.1332191019412, -708.3964185322641, -103.97208, -87.33655, 36.7, 16.6],
        },
        Unary("erf", Erf, PreciseMath.Erf, x => Infinite(x, -1, 1) ?? Zero(x, x)) with
        {
            Ranges = [(-6, 6), (-1, 1), (0.4, 1.5)],
            Difficult = [1, 0.5, 5.9, 3.9],
        },
        Unary("erfc", Erfc, PreciseMath.Erfc, x => Infinite(x, 2, 0)) with
        {
            BoundOfRuntime = 2.5,
            Ranges = [(-6, 6), (-1, 1), (0, 28), (0, 10.2), (0.3, 0.7)],
            Difficult = [0.5, 1, 26.543258, 27.226017, 9.194549, 10.0546],
        },
        new("pow", xs => Power(xs[0], xs[1]), xs => SignedPower(xs[0], xs[1]), PowLimit) { Arity = 2 },
        Unary("sqrt", Sqrt, x => x.Sqrt(), x => x < 0 ? NaN : Zero(x, x) ?? Infinite(x, NaN, Inf)) with
        {
            Ranges = [(0, 10), (0, 1)],
        },
        Unary("cbrt", Cbrt, PreciseMath.Cbrt, x => Zero(x, x) ?? Infinite(x, -Inf, Inf)),
        Unary("lgamma, x > 0", Lgamma, PreciseMath.Lgamma, LgammaLimit) with
        {
            Domain = x => !(x < 0),
            Ranges = [(0, 10), (0, 4), (0.9, 1.1), (1.9, 2.1), (0, 180)],
            Difficult = [1, 2, 0.5, 1.25, 2.5, 3.5, 1.4616321449683623, 2.556e305, 4.08e36],
        },
        Unary("lgamma, x < 0", Lgamma, PreciseMath.Lgamma, LgammaLimit) with
        {
            Domain = x => x < 0,
            Scale = x => PreciseMath.Lgamma(1 - x),
            Bound = 4,
            Ranges = [(-10, 0), (-3, -2), (-180, 0), (-1e4, 0)],
            Difficult = [-2.457024738220801, -2.7476826467274127, -3.143580888349980, -2, -3, -10, -0.5, -2.5],
        },
        Unary("digamma, x > 0", Digamma, PreciseMath.Digamma, DigammaLimit) with
        {
            Domain = x => !(x < 0),
            BoundOfRuntime = 2.5,
            Ranges = [(0, 10), (0, 3), (1.4, 1.5), (0, 180)],
            Difficult = [1, 2, 0.5, 1.4616321449683623],
        },
        Unary("digamma, x < 0", Digamma, PreciseMath.Digamma, DigammaLimit) with
        {
            Domain = x => x < 0,
            Scale = x => PreciseMath.Digamma(1 - x),
            Bound = 5,
            Ranges = [(-10, 0), (-1, 0), (-180, 0), (-1e4, 0)],
            Difficult = [-0.504083008264455, -1.573498473162390, -1, -2, -10, -0.5, -2.5],
        },
    ];

    static (double, double)[] Angles => [(-10, 10), (-1, 1), (-1000, 1000), (-5e5, 5e5), (-1e14, 1e14), (1e15, 1e22)];

    // Multiples of π/2; where the reductions change; and arguments whose distance from a multiple is the smallest of their type.
    static double[] Turns =>
        [
            .. Enumerable.Range(1, 60).Select(k => k * Math.PI / 2),
            1e3 * Math.PI,
            1e6 * Math.PI,
            1 << 19,
            1L << 47,
            1e22,
            6381956970095103 * Math.ScaleB(1, 797),
            Math.ScaleB(16367173, 72),
            1.8e-4,
            0.02,
        ];

    static double? LogPole(double x, double pole) =>
        x == pole ? -Inf
        : x < pole ? NaN
        : x == Inf ? Inf
        : null;

    static double? LgammaLimit(double x) => x <= 0 && x == Math.Floor(x) || x == Inf ? Inf : null;

    static double? DigammaLimit(double x) =>
        x == Inf ? Inf
        : x <= 0 && x == Math.Floor(x) ? NaN
        : null;

    static double? Atan2Limit(double[] xs) =>
        double.IsNaN(xs[0] + 0 * xs[1]) || xs[0] == 0 || double.IsInfinity(xs[0]) || double.IsInfinity(xs[1])
            ? Math.Atan2(xs[0], xs[1])
            : null;

    static double? PowLimit(double[] xs) =>
        xs[1] == 0 || xs[0] is 0 or 1 || !double.IsFinite(xs[0]) || !double.IsFinite(xs[1]) || xs[0] < 0 && xs[1] != Math.Floor(xs[1])
            ? Math.Pow(xs[0], xs[1])
            : null;

    static Precise SignedPower(Precise x, Precise y)
    {
        var power = PreciseMath.Pow(x.Abs(), y);
        var half = y.Scale(-1);
        return x.Sign < 0 && (half - half.Floor()).Sign != 0 ? -power : power;
    }
}
