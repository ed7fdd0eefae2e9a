using System.Numerics;

namespace Autodiff.Tests.Accuracy;

/// <summary>
/// Elementary functions of finite numbers to some 120 bits at least, by series: slow, simple, and apart from what they are a measure of.
/// </summary>
static class PreciseMath
{
    const int Epsilon = Precise.Precision + 4;

    static readonly Precise Ln2 = AtanhSeries(Precise.One / 3).Scale(1);

    // An angle of 2¹⁰²⁴ keeps enough bits behind the point.
    const int PiBits = 2600;
    static readonly BigInteger PiInteger = 4 * (4 * InverseAtan(5) - InverseAtan(239)) >> 32;
    internal static readonly Precise Pi = Precise.One * new Precise(PiInteger >> (PiBits - 256), -256);

    // Machin's formula, with 32 guard bits.
    static BigInteger InverseAtan(int n)
    {
        var power = (BigInteger.One << (PiBits + 32)) / n;
        var sum = power;
        for (var k = 3; !power.IsZero; k += 2)
        {
            power /= -n * n;
            sum += power / k;
        }
        return sum;
    }

    /// <summary>Σ terms from the first on, each made of the one before, until they no longer count.</summary>
    static Precise Series(Precise first, Func<int, Precise, Precise> next)
    {
        var (sum, term) = (first, first);
        for (var n = 1; term.Sign != 0 && term.Magnitude > sum.Magnitude - Epsilon; n++)
        {
            term = next(n, term);
            sum += term;
        }
        return sum;
    }

    /// <summary>Σ xᵏ cₖ, for powers and coefficients by number.</summary>
    static Precise AtanhSeries(Precise x, int sign = 1)
    {
        var (square, power, sum) = (sign * (x * x), x, x);
        for (var k = 3; power.Sign != 0 && power.Magnitude > sum.Magnitude - Epsilon; k += 2)
        {
            power *= square;
            sum += power / k;
        }
        return sum;
    }

    // Beyond this an exponent is as good as infinite.
    const int LargestExponent = 20;

    internal static Precise Exp(Precise x)
    {
        if (x.Sign == 0)
            return 1;
        if (x.Magnitude >= LargestExponent)
            return Precise.One.Scale(x.Sign << LargestExponent);
        var k = (x / Ln2).Round();
        var r = (x - k * Ln2).Scale(-8);
        var exp = Expm1Series(r) + 1;
        for (var i = 0; i < 8; i++)
            exp *= exp;
        return exp.Scale(k.ToInt());
    }

    static Precise Expm1Series(Precise x) => Series(x, (n, term) => term * x / (n + 1));

    internal static Precise Expm1(Precise x) => x.Sign == 0 || x.Magnitude < -1 ? Expm1Series(x) : Exp(x) - 1;

    internal static Precise Exp2(Precise x) => Exp(x * Ln2);

    internal static Precise Log(Precise x)
    {
        var k = x.Magnitude;
        var m = x.Scale(-k);
        if (m * m > 2)
            (m, k) = (m.Scale(-1), k + 1);
        return AtanhSeries((m - 1) / (m + 1)).Scale(1) + k * Ln2;
    }

    internal static Precise Log1p(Precise x) => x.Magnitude < -1 ? AtanhSeries(x / (x + 2)).Scale(1) : Log(x + 1);

    internal static Precise Log2(Precise x) => x.Mantissa.IsPowerOfTwo ? x.Magnitude : Log(x) / Ln2;

    internal static Precise Cbrt(Precise x) => x.Sign == 0 ? x : x.Sign * Exp(Log(x.Abs()) / 3);

    internal static Precise Pow(Precise x, Precise y) => Exp(y * Log(x));

    /// <summary>sin and cos.</summary>
    internal static (Precise Sin, Precise Cos) SinCos(Precise x)
    {
        var quarters = 0;
        if (x.Magnitude >= -1)
        {
            // Of π/2 and of x as multiples of 2^−PiBits.
            var n = x.Exponent + PiBits >= 0 ? x.Mantissa << (x.Exponent + PiBits) : x.Mantissa >> -(x.Exponent + PiBits);
            var half = PiInteger >> 1;
            var k = BigInteger.Divide(2 * n + half * n.Sign, PiInteger);
            quarters = (int)(((k % 4) + 4) % 4);
            x = Precise.One * new Precise(n - (k * PiInteger >> 1), -PiBits);
        }
        var square = x * x;
        var sin = Series(x, (n, term) => -term * square / (2 * n * (2 * n + 1)));
        var cos = Series(1, (n, term) => -term * square / (2 * n * (2 * n - 1)));
        return quarters switch
        {
            0 => (sin, cos),
            1 => (cos, -sin),
            2 => (-sin, -cos),
            _ => (-cos, sin),
        };
    }

    internal static Precise Tan(Precise x)
    {
        var (sin, cos) = SinCos(x);
        return sin / cos;
    }

    internal static Precise Atan(Precise x)
    {
        if (x.Sign < 0)
            return -Atan(-x);
        if (x > 1)
            return Pi.Scale(-1) - Atan(1 / x);
        var halvings = Math.Max(0, x.Magnitude + 4);
        for (var i = 0; i < halvings; i++)
            x /= 1 + (1 + x * x).Sqrt();
        return AtanhSeries(x, -1).Scale(halvings);
    }

    internal static Precise Atan2(Precise y, Precise x) =>
        x.Sign > 0 ? Atan(y / x)
        : x.Sign == 0 ? y.Sign * Pi.Scale(-1)
        : y.Sign < 0 ? Atan(y / x) - Pi
        : Atan(y / x) + Pi;

    internal static Precise Asin(Precise x) => Atan2(x, ((1 - x) * (1 + x)).Sqrt());

    internal static Precise Acos(Precise x) => Atan2(((1 - x) * (1 + x)).Sqrt(), x);

    internal static Precise Sinh(Precise x)
    {
        var e = Expm1(x.Abs());
        return x.Sign * (e + e / (e + 1)).Scale(-1);
    }

    internal static Precise Cosh(Precise x) => (Exp(x) + Exp(-x)).Scale(-1);

    internal static Precise Tanh(Precise x)
    {
        var e = Expm1(x.Abs().Scale(1));
        return x.Sign * (e / (e + 2));
    }

    internal static Precise Sigmoid(Precise x) => 1 / (1 + Exp(-x));

    /// <summary>2/√π · exp(−x²) Σ 2ⁿx²ⁿ⁺¹/(2n + 1)!!, all of one sign.</summary>
    internal static Precise Erf(Precise x)
    {
        if (x.Abs() > 12)
            return x.Sign;
        var square = x * x;
        return Series(x, (n, term) => term * square.Scale(1) / (2 * n + 1)) * Exp(-square).Scale(1) / Pi.Sqrt();
    }

    /// <summary>1 − erf x up to 3, from there Laplace's continued fraction.</summary>
    internal static Precise Erfc(Precise x)
    {
        if (x < 3)
            return 1 - Erf(x);
        var fraction = x;
        for (var k = 400; k > 0; k--)
            fraction = x + new Precise(k, -1) / fraction;
        return Exp(-(x * x)) / (Pi.Sqrt() * fraction);
    }

    // B₂ₖ / 2k, from k = 1.
    static readonly Precise[] Bernoulli = FindBernoulli(40);

    static Precise[] FindBernoulli(int count)
    {
        // The tangent numbers Tₖ (Knuth and Buckholtz), of which B₂ₖ = ±2k Tₖ / (4ᵏ(4ᵏ − 1)).
        var t = new BigInteger[count + 1];
        t[1] = 1;
        for (var k = 2; k <= count; k++)
            t[k] = (k - 1) * t[k - 1];
        for (var k = 2; k <= count; k++)
        for (var j = k; j <= count; j++)
            t[j] = (j - k) * t[j - 1] + (j - k + 2) * t[j];
        return
        [
            .. Enumerable
                .Range(1, count)
                .Select(k =>
                    new Precise(k % 2 == 1 ? t[k] : -t[k], 0)
                    / new Precise((BigInteger.One << (2 * k)) * ((BigInteger.One << (2 * k)) - 1), 0)
                ),
        ];
    }

    const int Far = 48;

    /// <summary>log |Γ(x)|, by Stirling's series far out and from there by recurrence and reflection.</summary>
    internal static Precise Lgamma(Precise x)
    {
        if (x.Sign < 0)
            return Log(Pi / (SinPi(x) * x).Abs()) - Lgamma(-x);
        if ((x - 1).Sign == 0 || (x - 2).Sign == 0)
            return 0;
        var product = Precise.One;
        for (; x < Far; x += 1)
            product *= x;
        var (power, sum, square) = (1 / x, Precise.Zero, x * x);
        for (var k = 0; k < Bernoulli.Length; k++, power /= square)
            sum += Bernoulli[k] * power / (2 * k + 1);
        return (x - One.Scale(-1)) * Log(x) - x + (Log(Pi) + Ln2).Scale(-1) + sum - Log(product);
    }

    static Precise One => Precise.One;

    internal static Precise Digamma(Precise x)
    {
        if (x.Sign < 0)
        {
            var (sin, cos) = SinCos((x - x.Round()) * Pi);
            return Digamma(1 - x) - Pi * cos / sin;
        }
        var below = Precise.Zero;
        for (; x < Far; x += 1)
            below += 1 / x;
        var square = x * x;
        var (power, sum) = (1 / square, Precise.Zero);
        for (var k = 0; k < Bernoulli.Length; k++, power /= square)
            sum += Bernoulli[k] * power;
        return Log(x) - (1 / x).Scale(-1) - sum - below;
    }

    static Precise SinPi(Precise x) => SinCos((x - x.Round()) * Pi).Sin;
}
