using System.Globalization;
using System.Numerics;

namespace Autodiff;

/// <summary>A finite number in decimal: ± d.ddd · 10^Exponent, with the digits d and no zeros at their end.</summary>
readonly record struct DecimalDigits(bool Negative, string Digits, int Exponent)
{
    /// <summary>The digits after the first.</summary>
    internal string Fraction => Digits[1..];

    /// <summary>The shortest digits that no other number of the type shares.</summary>
    internal static DecimalDigits Shortest(double x, DType type)
    {
        var text = (type == DType.Float32 ? ((float)x).ToString("R", Invariant) : x.ToString("R", Invariant)).TrimStart('-');
        var e = text.IndexOf('E');
        var scale = e < 0 ? 0 : int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, Invariant);
        var mantissa = e < 0 ? text : text[..e];
        var point = mantissa.IndexOf('.') is >= 0 and var p ? p : mantissa.Length;
        var all = mantissa.Replace(".", "");
        var digits = all.TrimStart('0');
        return digits.Length == 0
            ? new(double.IsNegative(x), "0", 0)
            : new(double.IsNegative(x), digits.TrimEnd('0'), point - 1 - (all.Length - digits.Length) + scale);
    }

    static CultureInfo Invariant => CultureInfo.InvariantCulture;

    /// <summary>
    /// At most <paramref name="places"/> digits after the point; where there are more, those nearest to <paramref name="exact"/>.
    /// </summary>
    internal DecimalDigits RoundFraction(double exact, int places) => Fraction.Length - Exponent <= places ? this : Round(exact, places);

    /// <summary>
    /// At most <paramref name="places"/> digits after the first; where there are more, those nearest to <paramref name="exact"/>.
    /// </summary>
    internal DecimalDigits RoundSignificand(double exact, int places) => Fraction.Length <= places ? this : WithFraction(exact, places);

    /// <summary>The <paramref name="places"/> digits after the first that are nearest to <paramref name="exact"/>.</summary>
    internal DecimalDigits WithFraction(double exact, int places) => Round(exact, places - Exponent);

    // |exact| · 10^places, rounded to an integer, half to even.
    DecimalDigits Round(double exact, int places)
    {
        var bits = BitConverter.DoubleToInt64Bits(Math.Abs(exact));
        var (fraction, exponent) = (bits & ((1L << 52) - 1), (int)(bits >> 52));
        var numerator = new BigInteger(exponent == 0 ? fraction : fraction | (1L << 52));
        var denominator = BigInteger.One;
        var power = Math.Max(exponent, 1) - 1075;
        _ = power >= 0 ? numerator <<= power : denominator <<= -power;
        _ = places >= 0 ? numerator *= BigInteger.Pow(10, places) : denominator *= BigInteger.Pow(10, -places);
        var quotient = BigInteger.DivRem(numerator, denominator, out var rest);
        var half = (rest * 2).CompareTo(denominator);
        if (half > 0 || (half == 0 && !quotient.IsEven))
            quotient++;
        if (quotient.IsZero)
            return new(Negative, "0", 0);
        var digits = quotient.ToString(Invariant);
        return new(Negative, digits.TrimEnd('0'), digits.Length - 1 - places);
    }

    string Sign => Negative ? "-" : "";

    /// <summary>Without an exponent: <c>123.</c>, <c>0.5</c>; with zeros up to a number of digits after the point.</summary>
    internal string Positional(int minimumFraction)
    {
        var digits = Exponent < 0 ? new string('0', -Exponent) + Digits : Digits.PadRight(Exponent + 1, '0');
        var whole = Math.Max(0, Exponent) + 1;
        return $"{Sign}{digits[..whole]}.{digits[whole..].PadRight(minimumFraction, '0')}";
    }

    /// <summary>With an exponent: <c>1.5e-07</c>; with zeros up to a number of digits after the point and in the exponent.</summary>
    internal string Scientific(int minimumFraction, int minimumExponent)
    {
        var exponent = Math.Abs(Exponent).ToString(Invariant).PadLeft(minimumExponent, '0');
        return $"{Sign}{Digits[0]}.{Fraction.PadRight(minimumFraction, '0')}e{(Exponent < 0 ? '-' : '+')}{exponent}";
    }
}
