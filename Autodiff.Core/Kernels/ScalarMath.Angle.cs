using System.Runtime.CompilerServices;

namespace Autodiff;

// Far out the runtime's sine is as good as the platform's library. Here every angle is reduced with enough digits.
static partial class ScalarMath
{
    // 2/π, after a word of zeros.
    static readonly ulong[] TwoOverPi =
    [
        0,
        0xa2f9836e4e441529,
        0xfc2757d1f534ddc0,
        0xdb6295993c439041,
        0xfe5163abdebbc561,
        0xb7246e3a424dd2e0,
        0x06492eea09d1921c,
        0xfe1deb1cb129a73e,
        0xe88235f52ebb4484,
        0xe99c7026b45f7e41,
        0x3991d639835339f4,
        0x9c845f8bbdf9283b,
        0x1ff897ffde05980f,
        0xef2f118b5a0a6d1f,
        0x6d367ecf27cb09b7,
        0x4f463f669e5fea2d,
        0x7527bac7ebe5f17b,
        0x3d0739f78a5292ea,
        0x6bfb5fb11f8d5d08,
        0x56033046fc7b6bab,
    ];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double Sin(double x) => Math.Abs(x) <= Elementary.LargestFloat64Angle ? Math.Sin(x) : FarSinCos(x).Sin;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double Cos(double x) => Math.Abs(x) <= Elementary.LargestFloat64Angle ? Math.Cos(x) : FarSinCos(x).Cos;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double Tan(double x) => Math.Abs(x) <= Elementary.LargestFloat64Angle ? Math.Tan(x) : FarTan(x);

    static double FarTan(double x)
    {
        if (!double.IsFinite(x))
            return double.NaN;
        var (quarters, r, rest) = ReduceByHalfPi(Math.Abs(x));
        var tan = Math.Tan(r);
        rest *= Math.FusedMultiplyAdd(tan, tan, 1);
        var cotangent = 1 / tan;
        tan = (quarters & 1) == 0 ? tan + rest : Math.FusedMultiplyAdd(cotangent * cotangent, rest, -cotangent);
        return x < 0 ? -tan : tan;
    }

    static (double Sin, double Cos) FarSinCos(double x)
    {
        if (!double.IsFinite(x))
            return (double.NaN, double.NaN);
        var (quarters, r, rest) = ReduceByHalfPi(Math.Abs(x));
        var (sin, cos) = Math.SinCos(r);
        (sin, cos) = (Math.FusedMultiplyAdd(rest, cos, sin), Math.FusedMultiplyAdd(-rest, sin, cos));
        (sin, cos) = quarters switch
        {
            0 => (sin, cos),
            1 => (cos, -sin),
            2 => (-sin, -cos),
            _ => (-cos, sin),
        };
        return (x < 0 ? -sin : sin, cos);
    }

    /// <summary>
    /// x = (4n + quarters)·π/2 + r + rest for a large x, with |r| at most π/4, after Payne and Hanek (Radian reduction for trigonometric
    /// functions, 1983): of x·2/π only the digits around the point are computed.
    /// </summary>
    static (int Quarters, double High, double Low) ReduceByHalfPi(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var mantissa = (ulong)bits & ((1UL << 52) - 1) | (1UL << 52);
        // x = mantissa·2ᵉ; a digit of 2/π before the one of weight 2¹⁻ᵉ makes whole turns.
        var first = (int)(bits >> 52) - 1075 - 2 + 64;
        var (word, shift) = (first / 64, first % 64);
        ulong Window(int i) => (ulong)(((UInt128)TwoOverPi[word + i] << 64 | TwoOverPi[word + i + 1]) << shift >> 64);

        // The product modulo 2¹⁹²: two digits before the point.
        var middle = (UInt128)mantissa * Window(1) + ((UInt128)mantissa * Window(2) >> 64);
        var product = middle + ((UInt128)(mantissa * Window(0)) << 64);
        var quarters = (int)(product >> 126);
        var fraction = (Int128)(product << 2);
        if (fraction < 0)
            quarters = (quarters + 1) & 3;

        const double HalfPi = Math.PI / 2;
        const double HalfPiRest = 6.123233995736766e-17;
        var high = (double)fraction;
        var low = (double)(fraction - (Int128)high);
        var r = high * HalfPi;
        var rest = Math.FusedMultiplyAdd(high, HalfPi, -r) + (high * HalfPiRest + low * HalfPi);
        return (quarters, Math.ScaleB(r, -128), Math.ScaleB(rest, -128));
    }
}
