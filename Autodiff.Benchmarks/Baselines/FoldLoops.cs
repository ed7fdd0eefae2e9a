using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static Autodiff.Benchmarks.Vectors;

namespace Autodiff.Benchmarks;

/// <summary>Loops over one vector that carry something from element to element.</summary>
static unsafe class FoldLoops
{
    /// <summary>The mean of (x − y)².</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static T MeanSquaredError<T>(T* x, T* y, nint n)
        where T : unmanaged, INumber<T>
    {
        nint lanes = Vector512<T>.Count,
            i = 0;
        var (s0, s1, s2, s3) = (Vector512<T>.Zero, Vector512<T>.Zero, Vector512<T>.Zero, Vector512<T>.Zero);
        for (; i <= n - 4 * lanes; i += 4 * lanes)
        {
            var d0 = Vector512.Load(x + i) - Vector512.Load(y + i);
            var d1 = Vector512.Load(x + i + lanes) - Vector512.Load(y + i + lanes);
            var d2 = Vector512.Load(x + i + 2 * lanes) - Vector512.Load(y + i + 2 * lanes);
            var d3 = Vector512.Load(x + i + 3 * lanes) - Vector512.Load(y + i + 3 * lanes);
            (s0, s1, s2, s3) = (Fma(d0, d0, s0), Fma(d1, d1, s1), Fma(d2, d2, s2), Fma(d3, d3, s3));
        }
        var sum = Vector512.Sum((s0 + s1) + (s2 + s3));
        for (; i < n; i++)
            sum += (x[i] - y[i]) * (x[i] - y[i]);
        return sum / T.CreateChecked(n);
    }

    /// <summary>
    /// The position of the first largest element; NaN counts as largest. Blocks that stay in the first cache are searched for their maximum
    /// alone, and only the block that has the largest for its position.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static long ArgMax<T>(T* x, T* _, nint n)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        const nint Block = 2048;
        nint lanes = Vector512<T>.Count,
            start = 0,
            best = 0;
        var largest = T.NegativeInfinity;
        for (; start <= n - Block && !T.IsNaN(largest); start += Block)
        {
            var (m0, m1, m2, m3) = (
                Vector512.Load(x + start),
                Vector512.Load(x + start),
                Vector512.Load(x + start),
                Vector512.Load(x + start)
            );
            for (var i = start; i < start + Block; i += 4 * lanes)
            {
                m0 = Vector512.Max(m0, Vector512.Load(x + i));
                m1 = Vector512.Max(m1, Vector512.Load(x + i + lanes));
                m2 = Vector512.Max(m2, Vector512.Load(x + i + 2 * lanes));
                m3 = Vector512.Max(m3, Vector512.Load(x + i + 3 * lanes));
            }
            var m = Vector512.Max(Vector512.Max(m0, m1), Vector512.Max(m2, m3));
            var most = m[0];
            for (var i = 1; i < Vector512<T>.Count; i++)
                most = T.Max(most, m[i]);
            if (!(most <= largest))
                (largest, best) = (most, start);
        }
        for (var i = start; i < n && !T.IsNaN(largest); i++)
            if (!(x[i] <= largest))
                (largest, best) = (x[i], i);
        while (!(x[best] >= largest || T.IsNaN(x[best])))
            best++;
        return best;
    }

    /// <summary>The running sums: those within a vector by shifts that double, and the total carried on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void CumulativeSum<T>(T* x, T* y, nint n)
        where T : unmanaged, INumber<T>
    {
        nint lanes = Vector512<T>.Count,
            i = 0;
        var carry = Vector512<T>.Zero;
        for (; i <= n - lanes; i += lanes)
        {
            var sums = Vector512.Load(x + i);
            sums += Shift(sums, 1);
            sums += Shift(sums, 2);
            sums += Shift(sums, 4);
            if (sizeof(T) == sizeof(float))
                sums += Shift(sums, 8);
            // The next carry does not wait for this vector's sum with the last one.
            var total = Last(sums);
            Vector512.Store(sums + carry, y + i);
            carry += total;
        }
        var sum = carry[0];
        for (; i < n; i++)
            y[i] = sum += x[i];
    }

    /// <summary>The vector with its elements moved up by so many places, zeros below them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> Shift<T>(Vector512<T> x, int places)
        where T : unmanaged =>
        sizeof(T) == sizeof(double)
            ? Vector512.Shuffle(x.AsInt64(), Vector512<long>.Indices - Vector512.Create((long)places)).As<long, T>()
            : Vector512.Shuffle(x.AsInt32(), Vector512<int>.Indices - Vector512.Create(places)).As<int, T>();

    /// <summary>The last element in all places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> Last<T>(Vector512<T> x)
        where T : unmanaged =>
        sizeof(T) == sizeof(double)
            ? Vector512.Shuffle(x.AsInt64(), Vector512.Create(7L)).As<long, T>()
            : Vector512.Shuffle(x.AsInt32(), Vector512.Create(15)).As<int, T>();
}
