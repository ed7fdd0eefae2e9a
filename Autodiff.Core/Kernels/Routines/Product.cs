using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Autodiff;

/// <summary>One matrix product: chooses the loops that fit its type and sizes.</summary>
static unsafe class Product<T>
    where T : unmanaged, INumber<T>
{
    // Below this many multiplications a vector loop costs more to reach than it saves where no vector fits a row.
    const int TinyWork = 256;

    /// <summary>C[m, n] = A[m, k]·B[k, n], where the rows of C are contiguous.</summary>
    internal static void Multiply(Strided<T> a, Strided<T> b, T* c, nint rowC, nint m, nint n, nint k)
    {
        if (m == 0 || n == 0)
            return;
        if (typeof(T) != typeof(float) && typeof(T) != typeof(double) || k == 0)
            RowSharing<T>.Run(&Plain, a, b, c, rowC, m, n, k);
        else if (Vector512.IsHardwareAccelerated && Widest(m, n, k) >= Vector512<T>.Count)
            Multiply<Vector512<T>, Lanes512<T>>(a, b, c, rowC, m, n, k);
        else if (Vector256.IsHardwareAccelerated && Widest(m, n, k) >= Vector256<T>.Count)
            Multiply<Vector256<T>, Lanes256<T>>(a, b, c, rowC, m, n, k);
        else if (Widest(m, n, k) >= Vector128<T>.Count || m * n * k > TinyWork)
            Multiply<Vector128<T>, Lanes128<T>>(a, b, c, rowC, m, n, k);
        else
            Plain(a, b, c, rowC, m, n, k);
    }

    // The length of the rows that vectors run along.
    static nint Widest(nint m, nint n, nint k) => n > 1 ? n : Math.Max(m, k);

    static void Multiply<V, L>(Strided<T> a, Strided<T> b, T* c, nint rowC, nint m, nint n, nint k)
        where V : unmanaged
        where L : ILanes<T, V>
    {
        if (n == 1)
            RowSharing<T>.Run(&TimesColumn<V, L>, a, b, c, rowC, m, 1, k);
        else if (m == 1)
            RowSharing<T>.Run(&TimesColumn<V, L>, b.Transposed, a.Transposed, c, 1, n, 1, k);
        else if (k == 1 && b.Column == 1)
            for (nint i = 0; i < m; i++)
                VectorProduct<T, V, L>.Accumulate(b.Start, *a.At(i, 0), c + i * rowC, n, first: true);
        else
            BlockedProduct<T, V, L>.Multiply(a, b, c, rowC, m, n, k);
    }

    // y = A·x; x and y are gathered into straight lines where the loops need that.
    static void TimesColumn<V, L>(Strided<T> a, Strided<T> x, T* y, nint stepY, nint m, nint n, nint k)
        where V : unmanaged
        where L : ILanes<T, V>
    {
        if (a.Column != 1 && a.Row == 1 && stepY == 1)
        {
            VectorProduct<T, V, L>.Combine(a.Start, a.Column, x.Start, x.Row, y, k, m);
        }
        else if (a.Column == 1 && x.Row == 1)
        {
            VectorProduct<T, V, L>.Dots(a.Start, a.Row, x.Start, y, stepY, m, k);
        }
        else
        {
            Plain(a, x, y, stepY, m, n, k);
        }
    }

    /// <summary>The same, row by row: for types without vector loops and for products too small for them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Plain(Strided<T> a, Strided<T> b, T* c, nint rowC, nint m, nint n, nint k)
    {
        for (nint i = 0; i < m; i++, c += rowC)
        {
            new Span<T>(c, (int)n).Clear();
            for (nint p = 0; p < k; p++)
            {
                var x = *a.At(i, p);
                var row = b.At(p, 0);
                for (nint j = 0; j < n; j++)
                    c[j] = unchecked(c[j] + x * row[j * b.Column]);
            }
        }
    }

    /// <summary>The product of truth values: whether a row and a column hold true in one place.</summary>
    internal static void AnyOfBoth(Strided<byte> a, Strided<byte> b, byte* c, nint rowC, nint m, nint n, nint k)
    {
        for (nint i = 0; i < m; i++, c += rowC)
        {
            new Span<byte>(c, (int)n).Clear();
            for (nint p = 0; p < k; p++)
                if (*a.At(i, p) != 0)
                    for (nint j = 0; j < n; j++)
                        c[j] |= *b.At(p, j) != 0 ? (byte)1 : (byte)0;
        }
    }
}
