using System.Numerics;
using System.Runtime.CompilerServices;

namespace Autodiff;

/// <summary>A matrix in memory: the element at (i, j) lies at <paramref name="start"/> + i·row + j·column.</summary>
readonly unsafe struct Strided<T>(T* start, nint row, nint column)
    where T : unmanaged
{
    internal T* Start => start;
    internal nint Row => row;
    internal nint Column => column;

    internal T* At(nint i, nint j) => start + i * row + j * column;

    internal Strided<T> From(nint i, nint j) => new(At(i, j), row, column);

    internal Strided<T> Transposed => new(start, column, row);
}

/// <summary>
/// Matrix products by register tiles, after Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008): for small
/// matrices on the operands where they lie, for large ones on packed blocks that fit the caches.
/// </summary>
static unsafe class BlockedProduct<T, V, L>
    where T : unmanaged, INumber<T>
    where V : unmanaged
    where L : ILanes<T, V>
{
    // B is read in place while it fits the second-level cache and its rows are contiguous; a strip of B and a block of A share that cache.
    const int DirectBytes = 512 << 10;
    const int DirectDepth = 512;
    const int DirectBlockBytes = 256 << 10;
    const int AliasedBytes = 1024;

    // The block of B fills part of the last level of cache.
    const int BlockDepth = 512;
    const int BlockColumns = 1536;

    /// <summary>
    /// C = A·B; the rows of C are contiguous, and there are at least as many columns as a vector holds unless the matrix is large.
    /// </summary>
    internal static void Multiply(Strided<T> a, Strided<T> b, T* c, nint rowC, nint m, nint n, nint k)
    {
        if (n < L.Count || k > DirectDepth || k * n * sizeof(T) > DirectBytes)
        {
            Blocked(a, b, c, rowC, m, n, k);
        }
        else if (b.Column == 1)
        {
            RowSharing<T>.Run(&Direct, a, b, c, rowC, m, n, k);
        }
        else
        {
            // Rows a power of two apart would fall on few lines of the cache.
            var step = n * sizeof(T) % AliasedBytes == 0 ? n + L.Count : n;
            using var scratch = new Scratch(k * step * sizeof(T));
            var rows = (T*)scratch.Pointer;
            ProductPacking<T>.Pack(b.Transposed, n, k, rows, step, step);
            RowSharing<T>.Run(&Direct, a, new(rows, step, 1), c, rowC, m, n, k);
        }
    }

    // The last tile of a row or column of tiles is moved back to end at the edge: it computes a few elements again, to the same value.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Direct(Strided<T> a, Strided<T> b, T* c, nint rowC, nint m, nint n, nint k)
    {
        var (rows, vectors) = L.Tile;
        rows = (int)Math.Min(rows, m);
        var block = Math.Max(1, DirectBlockBytes / (k * sizeof(T)) / rows) * rows;
        for (nint from = 0; from < m; from += block)
        {
            var to = Math.Min(m, from + block);
            for (nint left = 0; left < n; )
            {
                var w = Math.Min(vectors, (n - left) / L.Count);
                var j = w > 0 ? left : n - L.Count;
                w = Math.Max(w, 1);
                left += w * L.Count;
                var tile = ProductTile<T, V, L>.Get(rows, w);
                for (var top = from; top < to; top += rows)
                {
                    var i = Math.Min(top, m - rows);
                    tile(a.At(i, 0), a.Row, a.Column, b.Start + j, b.Row, k, c + i * rowC + j, rowC, false);
                }
            }
        }
    }

    static void Blocked(Strided<T> a, Strided<T> b, T* c, nint rowC, nint m, nint n, nint k)
    {
        var depth = Math.Min(BlockDepth, k);
        using var scratch = new Scratch(depth * Math.Min(BlockColumns, (n + L.Count - 1) / L.Count * L.Count) * sizeof(T));
        for (nint column = 0; column < n; column += BlockColumns)
        for (nint inner = 0; inner < k; inner += depth)
            new ProductBlock<T, V, L>
            {
                A = a.From(0, inner),
                B = b.From(inner, column),
                C = c + column,
                RowC = rowC,
                Rows = m,
                Columns = Math.Min(BlockColumns, n - column),
                Depth = Math.Min(depth, k - inner),
                Adds = inner > 0,
                PackedB = (T*)scratch.Pointer,
            }.Run();
    }
}
