using System.Numerics;

namespace Autodiff.Tests.Accuracy;

/// <summary>
/// A binary floating-point number of <see cref="Precision"/> bits and any exponent, rounded towards −∞: what elementary functions are
/// measured against.
/// </summary>
readonly record struct Precise(BigInteger Mantissa, int Exponent)
{
    internal const int Precision = 192;

    internal static readonly Precise Zero = new(0, 0);
    internal static readonly Precise One = 1;

    internal int Sign => Mantissa.Sign;

    /// <summary>The exponent of the leading bit.</summary>
    internal int Magnitude => (int)BigInteger.Abs(Mantissa).GetBitLength() - 1 + Exponent;

    public static implicit operator Precise(int value) => new(value, 0);

    /// <summary>A finite number, exactly.</summary>
    internal static Precise Of(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)(bits >> 52) & 0x7ff;
        var fraction = bits & ((1L << 52) - 1);
        var mantissa = exponent == 0 ? fraction : fraction | (1L << 52);
        return new(value < 0 ? -mantissa : mantissa, Math.Max(exponent, 1) - 1075);
    }

    static Precise Rounded(BigInteger mantissa, int exponent)
    {
        var excess = (int)BigInteger.Abs(mantissa).GetBitLength() - Precision;
        return excess > 0 ? new(mantissa >> excess, exponent + excess) : new(mantissa, exponent);
    }

    public static Precise operator -(Precise a) => new(-a.Mantissa, a.Exponent);

    public static Precise operator +(Precise a, Precise b)
    {
        if (a.Sign == 0)
            return b;
        if (b.Sign == 0)
            return a;
        // What is too small to count is dropped before it makes the sum long.
        if (a.Magnitude - b.Magnitude > Precision + 2)
            return a;
        if (b.Magnitude - a.Magnitude > Precision + 2)
            return b;
        var exponent = Math.Min(a.Exponent, b.Exponent);
        return Rounded((a.Mantissa << (a.Exponent - exponent)) + (b.Mantissa << (b.Exponent - exponent)), exponent);
    }

    public static Precise operator -(Precise a, Precise b) => a + -b;

    public static Precise operator *(Precise a, Precise b) => Rounded(a.Mantissa * b.Mantissa, a.Exponent + b.Exponent);

    public static Precise operator /(Precise a, Precise b)
    {
        var shift = Math.Max(0, Precision + 2 + (int)b.Mantissa.GetBitLength() - (int)a.Mantissa.GetBitLength());
        return Rounded((a.Mantissa << shift) / b.Mantissa, a.Exponent - b.Exponent - shift);
    }

    public static bool operator <(Precise a, Precise b) => (a - b).Sign < 0;

    public static bool operator >(Precise a, Precise b) => (a - b).Sign > 0;

    internal Precise Scale(int exponent) => new(Mantissa, Exponent + exponent);

    internal Precise Abs() => new(BigInteger.Abs(Mantissa), Exponent);

    internal Precise Floor() =>
        Exponent >= 0 ? this
        : Magnitude < 0 ? new(Sign < 0 ? -1 : 0, 0)
        : new Precise(Mantissa >> -Exponent, 0);

    internal Precise Round() => (this + One.Scale(-1)).Floor();

    internal int ToInt() => Exponent >= 0 ? (int)(Mantissa << Exponent) : (int)(Mantissa >> -Exponent);

    internal Precise Sqrt()
    {
        if (Sign == 0)
            return this;
        var shift = 2 * Precision + (Exponent & 1);
        var n = Mantissa << shift;
        // Newton's method from above.
        var root = BigInteger.One << (int)(n.GetBitLength() / 2 + 1);
        while ((root + n / root >> 1) is var next && next < root)
            root = next;
        return Rounded(root, (Exponent - shift) / 2);
    }

    /// <summary>The nearest Float64, where that is not denormal; for messages and quotients.</summary>
    internal double ToDouble()
    {
        var excess = (int)BigInteger.Abs(Mantissa).GetBitLength() - 62;
        return excess > 0
            ? Math.ScaleB((double)(long)(Mantissa >> excess), Exponent + excess)
            : Math.ScaleB((double)(long)Mantissa, Exponent);
    }
}
