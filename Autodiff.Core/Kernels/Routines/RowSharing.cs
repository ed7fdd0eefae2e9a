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
        var product = new Rows(multiply, a, b, c, rowC, n, k);
        if (parts == 1)
            product.Multiply(0, m);
        else
            Share(product, m, parts, flops);
    }

    static void Share(Rows product, nint m, long parts, double flops) =>
        ParallelLoop.Run(
            parts,
            ProductSharing.Nanoseconds(flops),
            part => product.Multiply(ProductSharing.Cut(m, part, parts, Unit), ProductSharing.Cut(m, part + 1, parts, Unit))
        );

    /// <summary>A product of which any rows can be computed.</summary>
    readonly struct Rows(
        delegate* <Strided<T>, Strided<T>, T*, nint, nint, nint, nint, void> multiply,
        Strided<T> a,
        Strided<T> b,
        T* c,
        nint rowC,
        nint n,
        nint k
    )
    {
        internal void Multiply(nint from, nint to) => multiply(a.From(from, 0), b, c + from * rowC, rowC, to - from, n, k);
    }
}
