using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Autodiff;

/// <summary>A square piece of a matrix, transposed in registers: every access is a whole vector.</summary>
static unsafe class TransposedTile<T>
    where T : unmanaged
{
    /// <summary>Whether the machine has the shuffles for elements of this size.</summary>
    internal static bool IsSupported => Avx.IsSupported && sizeof(T) is 4 or 8;

    /// <summary>The rows and columns of a tile.</summary>
    internal static int Size => Vector256<byte>.Count / sizeof(T);

    /// <summary>Writes the tile whose rows begin <paramref name="sourceRow"/> elements apart, by its columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Copy(T* source, nint sourceRow, T* target, nint targetRow)
    {
        if (sizeof(T) == 8)
            Copy4((double*)source, sourceRow, (double*)target, targetRow);
        else
            Copy8((float*)source, sourceRow, (float*)target, targetRow);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Copy4(double* source, nint sourceRow, double* target, nint targetRow)
    {
        var (a, b) = (Vector256.Load(source), Vector256.Load(source + sourceRow));
        source += 2 * sourceRow;
        var (c, d) = (Vector256.Load(source), Vector256.Load(source + sourceRow));
        var (ab0, ab1) = (Avx.UnpackLow(a, b), Avx.UnpackHigh(a, b));
        var (cd0, cd1) = (Avx.UnpackLow(c, d), Avx.UnpackHigh(c, d));
        Avx.Permute2x128(ab0, cd0, 0x20).Store(target);
        Avx.Permute2x128(ab1, cd1, 0x20).Store(target + targetRow);
        target += 2 * targetRow;
        Avx.Permute2x128(ab0, cd0, 0x31).Store(target);
        Avx.Permute2x128(ab1, cd1, 0x31).Store(target + targetRow);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Copy8(float* source, nint sourceRow, float* target, nint targetRow)
    {
        var (first, last) = (Quarters(source, sourceRow), Quarters(source + 4 * sourceRow, sourceRow));
        Avx.Permute2x128(first.Q0, last.Q0, 0x20).Store(target);
        Avx.Permute2x128(first.Q1, last.Q1, 0x20).Store(target + targetRow);
        Avx.Permute2x128(first.Q2, last.Q2, 0x20).Store(target + 2 * targetRow);
        Avx.Permute2x128(first.Q3, last.Q3, 0x20).Store(target + 3 * targetRow);
        target += 4 * targetRow;
        Avx.Permute2x128(first.Q0, last.Q0, 0x31).Store(target);
        Avx.Permute2x128(first.Q1, last.Q1, 0x31).Store(target + targetRow);
        Avx.Permute2x128(first.Q2, last.Q2, 0x31).Store(target + 2 * targetRow);
        Avx.Permute2x128(first.Q3, last.Q3, 0x31).Store(target + 3 * targetRow);
    }

    // Of four rows: columns 0 and 4, 1 and 5, 2 and 6, 3 and 7.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector256<float> Q0, Vector256<float> Q1, Vector256<float> Q2, Vector256<float> Q3) Quarters(float* source, nint row)
    {
        var (a, b) = (Vector256.Load(source), Vector256.Load(source + row));
        source += 2 * row;
        var (c, d) = (Vector256.Load(source), Vector256.Load(source + row));
        var (ab0, ab2) = (Avx.UnpackLow(a, b), Avx.UnpackHigh(a, b));
        var (cd0, cd2) = (Avx.UnpackLow(c, d), Avx.UnpackHigh(c, d));
        return (Avx.Shuffle(ab0, cd0, 0x44), Avx.Shuffle(ab0, cd0, 0xEE), Avx.Shuffle(ab2, cd2, 0x44), Avx.Shuffle(ab2, cd2, 0xEE));
    }
}
