using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Autodiff.Benchmarks;

/// <summary>What the hand-written loops share: arithmetic on vectors of 512 bits, for both types of floating point.</summary>
static class Vectors
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<T> All<T>(double value) =>
        typeof(T) == typeof(double) ? Vector512.Create(value).As<double, T>() : Vector512.Create((float)value).As<float, T>();

    /// <summary>x·y + z, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<T> Fma<T>(Vector512<T> x, Vector512<T> y, Vector512<T> z) =>
        typeof(T) == typeof(double)
            ? Vector512.FusedMultiplyAdd(x.As<T, double>(), y.As<T, double>(), z.As<T, double>()).As<double, T>()
            : Vector512.FusedMultiplyAdd(x.As<T, float>(), y.As<T, float>(), z.As<T, float>()).As<float, T>();

    /// <summary>eˣ within about 2 ULP; where that is no normal number, the largest or smallest power of two that is one, or so.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<T> Exp<T>(Vector512<T> x)
    {
        var (less1, scale) = Exponential(x);
        return Fma(scale, less1, scale);
    }

    /// <summary>tanh x within a few ULP, as t/(t + 2) of t = e²ˣ − 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<T> Tanh<T>(Vector512<T> x)
    {
        // Beyond 20 the result is 1 to all digits.
        var (less1, scale) = Exponential(Vector512.MinNative(Vector512.MaxNative(x + x, All<T>(-40)), All<T>(40)));
        var one = All<T>(1);
        return Fma(scale, less1, scale - one) / Fma(scale, less1, scale + one);
    }

    /// <summary>eʳ − 1 and 2ᵏ for x = k·ln 2 + r, |r| ≤ ln 2 / 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector512<T> Less1, Vector512<T> Scale) Exponential<T>(Vector512<T> x)
    {
        // Adding this rounds to an integer and leaves it, with the bias of exponents, in the lowest bits.
        var rounder = typeof(T) == typeof(double) ? All<T>(6755399441055744.0 + 1023) : All<T>(12582912.0 + 127);
        var (least, most) = typeof(T) == typeof(double) ? (All<T>(-708), All<T>(709)) : (All<T>(-87), All<T>(88));
        x = Vector512.MinNative(Vector512.MaxNative(x, least), most);
        var shifted = Fma(x, All<T>(1.4426950408889634), rounder);
        var k = shifted - rounder;
        var r =
            typeof(T) == typeof(double)
                ? Fma(k, All<T>(-2.3190468138462996e-17), Fma(k, All<T>(-0.6931471805599453), x))
                : Fma(k, All<T>(1.90465421e-09), Fma(k, All<T>(-0.693147182), x));
        var scale = typeof(T) == typeof(double) ? (shifted.AsInt64() << 52).As<long, T>() : (shifted.AsInt32() << 23).As<int, T>();
        return (typeof(T) == typeof(double) ? Polynomial64(r) : Polynomial32(r), scale);
    }

    // eʳ − 1 = r + r²·Q(r), with Q interpolated at the Chebyshev nodes of |r| ≤ ln 2 / 2, in Estrin's order: a loop may wait for one such value.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> Polynomial64<T>(Vector512<T> r)
    {
        var r2 = r * r;
        var r4 = r2 * r2;
        var q01 = Fma(r, All<T>(0.16666666666666669), All<T>(0.5000000000000001));
        var q23 = Fma(r, All<T>(0.008333333333330039), All<T>(0.041666666666623824));
        var q45 = Fma(r, All<T>(0.00019841269863171557), All<T>(0.0013888888917367081));
        var q67 = Fma(r, All<T>(2.7557268276905696e-06), All<T>(2.4801521057868204e-05));
        var q89 = Fma(r, All<T>(2.5100472505694996e-08), All<T>(2.7620201591031547e-07));
        var q = Fma(r4, Fma(r4, q89, Fma(r2, q67, q45)), Fma(r2, q23, q01));
        return Fma(r2, q, r);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> Polynomial32<T>(Vector512<T> r)
    {
        var r2 = r * r;
        var q01 = Fma(r, All<T>(0.166665767), All<T>(0.5));
        var q23 = Fma(r, All<T>(0.00836323288), All<T>(0.0416665542));
        return Fma(r2, Fma(r2, Fma(r2, All<T>(0.00139262508), q23), q01), r);
    }
}
