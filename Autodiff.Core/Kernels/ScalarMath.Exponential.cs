namespace Autodiff;

static partial class ScalarMath
{
    /// <summary>2ˣ; not exp(x ln 2), which misses the powers of two.</summary>
    internal static double Exp2(double x) => Math.Pow(2, x);

    internal static float Exp2(float x) => MathF.Pow(2, x);

    /// <summary>eˣ − 1 = (u − 1) + u·(eᵈ − 1) for a rounded u = eˣ and d = x − ln u, of which the second term is small.</summary>
    internal static double Expm1(double x)
    {
        var u = Math.Exp(x);
        if (u == 1)
            return x;
        return Math.Abs(x) > 1 ? u - 1 : Math.FusedMultiplyAdd(u, x - Math.Log(u), u - 1);
    }

    internal static float Expm1(float x) => (float)Expm1((double)x);

    /// <summary>ln(1 + x) = ln u + ln(1 + d/u) for the rounded u = 1 + x and d = x − (u − 1), of which the second term is small.</summary>
    internal static double Log1p(double x)
    {
        var u = 1 + x;
        return u is 1 or double.PositiveInfinity ? x
            : u == 0 ? double.NegativeInfinity
            : Math.Log(u) + (x - (u - 1)) / u;
    }

    internal static float Log1p(float x) => (float)Log1p((double)x);

    /// <summary>A polynomial, its constant term first.</summary>
    static double Polynomial(double x, ReadOnlySpan<double> coefficients)
    {
        var sum = 0.0;
        for (var i = coefficients.Length - 1; i >= 0; i--)
            sum = sum * x + coefficients[i];
        return sum;
    }
}
