namespace Autodiff;

static partial class ScalarMath
{
    /// <summary>eˣ − 1. The rounding of eˣ cancels in the quotient: W. Kahan's method (Higham, Accuracy and Stability, §1.14.1).</summary>
    internal static double Expm1(double x)
    {
        var u = Math.Exp(x);
        if (u == 1)
            return x;
        var difference = u - 1;
        return Math.Abs(x) > 1 ? difference : difference * x / Math.Log(u);
    }

    internal static float Expm1(float x) => (float)Expm1((double)x);

    /// <summary>ln(1 + x), by Kahan's method likewise (Goldberg, What Every Computer Scientist …, theorem 4).</summary>
    internal static double Log1p(double x)
    {
        var u = 1 + x;
        return u == 1 || u == double.PositiveInfinity ? x : Math.Log(u) * x / (u - 1);
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
