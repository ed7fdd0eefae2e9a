using System.Numerics;

namespace Autodiff;

/// <summary>How threads share the rows of one product. What is computed does not depend on where rows are cut.</summary>
static unsafe class RowSharing<T>
    where T : unmanaged, INumber<T>
{
    // Rows are cut where vectors of any width end, and nearly all tiles.
    const int Unit = 16;
    const int LeastRows = 32;

    /// <summary>C = A·B by a method that computes any rows of C from the same rows of A.</summary>
    internal static void Run(
        delegate* <Strided<T>, Strided<T>, T*, nint, nint, nint, nint, void> multiply,
        Strided<T> a,
        Strided<T> b,
        T* c,
        nint rowC,
        nint m,
        nint n,
        nint k
    )
    {
        var flops = 2.0 * m * n * k;
        var parts = ProductSharing.Parts(flops, m / LeastRows);
        if (parts == 1)
            multiply(a, b, c, rowC, m, n, k);
        else
            Share(parts, flops, multiply, a, b, c, rowC, m, n, k);
    }

    static void Share(
        long parts,
        double flops,
        delegate* <Strided<T>, Strided<T>, T*, nint, nint, nint, nint, void> multiply,
        Strided<T> a,
        Strided<T> b,
        T* c,
        nint rowC,
        nint m,
        nint n,
        nint k
    ) =>
        ParallelLoop.Run(
            parts,
            ProductSharing.Nanoseconds(flops),
            part =>
            {
                var from = ProductSharing.Cut(m, part, parts, Unit);
                var to = ProductSharing.Cut(m, part + 1, parts, Unit);
                multiply(a.From(from, 0), b, c + from * rowC, rowC, to - from, n, k);
            }
        );
}
