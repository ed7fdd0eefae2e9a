using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static Autodiff.Benchmarks.Vectors;

namespace Autodiff.Benchmarks;

/// <summary>
/// Loops over the rows of a matrix, each of which stays in the first cache for all its passes. The length of a row is a multiple of two vectors'.
/// </summary>
static unsafe class RowLoops
{
    /// <summary>eˣ / Σ eˣ: the maximum, then exponentials and their sum, then the division.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Softmax<T>(T* x, T* y, nint rows, nint columns)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        nint lanes = Vector512<T>.Count;
        for (nint row = 0; row < rows; row++, x += columns, y += columns)
        {
            var (m0, m1) = (Vector512.Load(x), Vector512.Load(x + lanes));
            for (var i = 2 * lanes; i < columns; i += 2 * lanes)
            {
                m0 = Vector512.Max(m0, Vector512.Load(x + i));
                m1 = Vector512.Max(m1, Vector512.Load(x + i + lanes));
            }
            var largest = Vector512.Create(Largest(Vector512.Max(m0, m1)));
            var sum = Vector512<T>.Zero;
            for (nint i = 0; i < columns; i += lanes)
            {
                var e = Exp(Vector512.Load(x + i) - largest);
                Vector512.Store(e, y + i);
                sum += e;
            }
            var scale = Vector512.Create(T.One / Vector512.Sum(sum));
            for (nint i = 0; i < columns; i += lanes)
                Vector512.Store(Vector512.Load(y + i) * scale, y + i);
        }
    }

    /// <summary>(x − mean) / √(variance + ε) · gain + bias: the mean, then the variance, then the result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void LayerNorm<T>(T* x, T* gain, T* bias, T* y, nint rows, nint columns, T epsilon)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        nint lanes = Vector512<T>.Count;
        var count = T.CreateChecked(columns);
        for (nint row = 0; row < rows; row++, x += columns, y += columns)
        {
            var (s0, s1) = (Vector512<T>.Zero, Vector512<T>.Zero);
            for (nint i = 0; i < columns; i += 2 * lanes)
            {
                s0 += Vector512.Load(x + i);
                s1 += Vector512.Load(x + i + lanes);
            }
            var mean = Vector512.Create(Vector512.Sum(s0 + s1) / count);
            (s0, s1) = (Vector512<T>.Zero, Vector512<T>.Zero);
            for (nint i = 0; i < columns; i += 2 * lanes)
            {
                var (d0, d1) = (Vector512.Load(x + i) - mean, Vector512.Load(x + i + lanes) - mean);
                s0 = Fma(d0, d0, s0);
                s1 = Fma(d1, d1, s1);
            }
            var scale = Vector512.Create(T.One / T.Sqrt(Vector512.Sum(s0 + s1) / count + epsilon));
            for (nint i = 0; i < columns; i += lanes)
                Vector512.Store(Fma((Vector512.Load(x + i) - mean) * scale, Vector512.Load(gain + i), Vector512.Load(bias + i)), y + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static T Largest<T>(Vector512<T> x)
        where T : unmanaged, INumber<T>
    {
        var largest = x[0];
        for (var i = 1; i < Vector512<T>.Count; i++)
            largest = T.Max(largest, x[i]);
        return largest;
    }
}
