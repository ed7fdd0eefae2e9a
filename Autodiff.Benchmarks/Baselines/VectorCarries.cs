using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static Autodiff.Benchmarks.Vectors;

namespace Autodiff.Benchmarks;

/// <summary>c ← tanh(A c + b), over and over. A is given by its columns, so that a step adds up multiples of them.</summary>
static unsafe class VectorCarries
{
    internal static void Run(double* columns, double* b, double* c, int length, int steps)
    {
        switch (length)
        {
            case 8:
                Run8(columns, b, c, steps);
                break;
            case 64:
                Run64(columns, b, c, steps);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(length), length, "The loops are written for 8 and 64.");
        }
    }

    /// <summary>Matrix and state stay in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Run8(double* columns, double* b, double* c, int steps)
    {
        var (a0, a1, a2, a3) = (
            Vector512.Load(columns),
            Vector512.Load(columns + 8),
            Vector512.Load(columns + 16),
            Vector512.Load(columns + 24)
        );
        var (a4, a5, a6, a7) = (
            Vector512.Load(columns + 32),
            Vector512.Load(columns + 40),
            Vector512.Load(columns + 48),
            Vector512.Load(columns + 56)
        );
        var (bias, state) = (Vector512.Load(b), Vector512.Load(c));
        for (var i = 0; i < steps; i++)
        {
            var s0 = Fma(a4, Vector512.Shuffle(state, Vector512.Create(4L)), Fma(a0, Vector512.Shuffle(state, Vector512.Create(0L)), bias));
            var s1 = Fma(a5, Vector512.Shuffle(state, Vector512.Create(5L)), a1 * Vector512.Shuffle(state, Vector512.Create(1L)));
            var s2 = Fma(a6, Vector512.Shuffle(state, Vector512.Create(6L)), a2 * Vector512.Shuffle(state, Vector512.Create(2L)));
            var s3 = Fma(a7, Vector512.Shuffle(state, Vector512.Create(7L)), a3 * Vector512.Shuffle(state, Vector512.Create(3L)));
            state = Tanh((s0 + s1) + (s2 + s3));
        }
        Vector512.Store(state, c);
    }

    /// <summary>The state stays in the first cache, a step's sums in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Run64(double* columns, double* b, double* c, int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            var (s0, s1, s2, s3) = (Vector512.Load(b), Vector512.Load(b + 8), Vector512.Load(b + 16), Vector512.Load(b + 24));
            var (s4, s5, s6, s7) = (Vector512.Load(b + 32), Vector512.Load(b + 40), Vector512.Load(b + 48), Vector512.Load(b + 56));
            var a = columns;
            for (var j = 0; j < 64; j++, a += 64)
            {
                var x = Vector512.Create(c[j]);
                s0 = Fma(Vector512.Load(a), x, s0);
                s1 = Fma(Vector512.Load(a + 8), x, s1);
                s2 = Fma(Vector512.Load(a + 16), x, s2);
                s3 = Fma(Vector512.Load(a + 24), x, s3);
                s4 = Fma(Vector512.Load(a + 32), x, s4);
                s5 = Fma(Vector512.Load(a + 40), x, s5);
                s6 = Fma(Vector512.Load(a + 48), x, s6);
                s7 = Fma(Vector512.Load(a + 56), x, s7);
            }
            Vector512.Store(s0, c);
            Vector512.Store(s1, c + 8);
            Vector512.Store(s2, c + 16);
            Vector512.Store(s3, c + 24);
            Vector512.Store(s4, c + 32);
            Vector512.Store(s5, c + 40);
            Vector512.Store(s6, c + 48);
            Vector512.Store(s7, c + 56);
            for (var k = 0; k < 64; k += 8)
                Vector512.Store(Tanh(Vector512.Load(c + k)), c + k);
        }
    }
}
