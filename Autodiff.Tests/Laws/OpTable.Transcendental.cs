using MathNet.Numerics;
using static Autodiff.Ops;
using static Autodiff.Tests.Domains;

namespace Autodiff.Tests;

public static partial class OpTable
{
    static OpRow[] Exponential =>
        [
            Unary("Exp", Exp, Math.Exp, Real) with
            {
                Types = Signed,
                Order = 3,
            },
            Unary("Exp2", Exp2, x => Math.Pow(2, x), Real),
            Unary("Expm1", Expm1, x => x + x * x / 2 + x * x * x / 6 + Math.Pow(x, 4) / 24 + Math.Pow(x, 5) / 120, Interval(-1e-3, 1e-3)),
            Unary("Expm1: reals", Expm1, x => Math.Exp(x) - 1, Real),
            Unary("Log", Log, Math.Log, Positive) with
            {
                Types = Numbers,
                Order = 3,
            },
            Unary("Log2", Log2, Math.Log2, Positive),
            Unary("Log10", Log10, Math.Log10, Positive),
            Unary("Log1p", Log1p, x => double.LogP1(x), Positive),
            Unary("Logistic", Logistic, SpecialFunctions.Logistic, Real),
            Unary("Sigmoid", Sigmoid, x => 1 / (1 + Math.Exp(-x)), Real),
            Binary("LogAddExp", LogAddExp, (x, y) => Math.Log(Math.Exp(x) + Math.Exp(y)), Real),
        ];

    static OpRow[] Trigonometric =>
        [
            Unary("Sin", Sin, Math.Sin, Real) with
            {
                Types = Signed,
                Order = 3,
            },
            Unary("Cos", Cos, Math.Cos, Real) with
            {
                Types = Signed,
                Order = 3,
            },
            Unary("Tan", Tan, Math.Tan, Unit),
            Unary("Arcsin", Arcsin, Math.Asin, Unit),
            Unary("Arccos", Arccos, Math.Acos, Unit),
            Unary("Arctan", Arctan, Math.Atan, Real),
            Binary("Arctan2", Arctan2, Math.Atan2, Real),
            Unary("Deg2Rad", Deg2Rad, x => x * Math.PI / 180, Real) with
            {
                Types = Signed,
            },
            Unary("Rad2Deg", Rad2Deg, x => x * 180 / Math.PI, Real) with
            {
                Types = Signed,
            },
            Unary("Sinc", Sinc, Trig.Sinc, Interval(0.1, 0.9)),
            // Orders 0 to 2 at the removable singularity: 1, 0, −π²/3.
            Unary("Sinc: zero", Sinc, _ => 1, Constants(0)) with
            {
                Slope = 1e-7,
            },
            Unary("Sinh", Sinh, Math.Sinh, Real),
            Unary("Cosh", Cosh, Math.Cosh, Real),
            Unary("Tanh", Tanh, Math.Tanh, Real),
            Unary("Arcsinh", Arcsinh, Math.Asinh, Real),
            Unary("Arccosh", Arccosh, Math.Acosh, AboveOne),
            Unary("Arctanh", Arctanh, Math.Atanh, Unit),
        ];

    static OpRow[] Special =>
        [
            Unary("Erf", Erf, SpecialFunctions.Erf, Real),
            Unary("Erfc", Erfc, SpecialFunctions.Erfc, Real),
            Unary("ErfInv", ErfInv, SpecialFunctions.ErfInv, Unit),
            // MathNet's own error is some 1e-14.
            Unary("GammaLn", GammaLn, SpecialFunctions.GammaLn, Positive) with
            {
                Ulps = 64,
            },
            Unary("Lgamma", Lgamma, SpecialFunctions.GammaLn, AboveOne) with
            {
                Ulps = 64,
            },
            Unary("Digamma", Digamma, SpecialFunctions.DiGamma, Positive),
            Unary("Polygamma", x => Polygamma(1, x), x => PolygammaSum(1, x), Positive),
            Unary("Polygamma: order 2", x => Polygamma(2, x), x => PolygammaSum(2, x), Positive),
            Unary("Polygamma: order 0", x => Polygamma(0, x), SpecialFunctions.DiGamma, Positive),
        ];

    static Domain Constants(double value) => Interval(value, value);

    /// <summary>(−1)ⁿ⁺¹ n! Σ 1/(x + k)ⁿ⁺¹, with an integral for the terms left out.</summary>
    static double PolygammaSum(int n, double x)
    {
        const int Terms = 4000;
        var sum = 0.0;
        for (var k = Terms - 1; k >= 0; k--)
            sum += Math.Pow(x + k, -n - 1);
        var end = x + Terms;
        sum += Math.Pow(end, -n) / n + Math.Pow(end, -n - 1) / 2 + (n + 1) * Math.Pow(end, -n - 2) / 12;
        return (n % 2 == 1 ? 1 : -1) * SpecialFunctions.Factorial(n) * sum;
    }
}
