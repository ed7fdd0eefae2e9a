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

    // The block of A fills about half a second-level cache of 1 MB, the block of B part of the last level.
    static nint BlockDepth => sizeof(T) == 4 ? 512 : 384;
    static nint BlockRows => 240;
    static nint BlockColumns => 1536;

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
            Direct(a, b.Start, b.Row, c, rowC, m, n, k);
        }
        else
        {
            using var scratch = new Scratch(k * n * sizeof(T));
            var rows = (T*)scratch.Pointer;
            Pack(b.Transposed, n, k, rows, n, 1);
            Direct(a, rows, n, c, rowC, m, n, k);
        }
    }

    // The last tile of a row or column of tiles is moved back to end at the edge: it computes a few elements again, to the same value.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Direct(Strided<T> a, T* b, nint rowB, T* c, nint rowC, nint m, nint n, nint k)
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
                    tile(a.At(i, 0), a.Row, a.Column, b + j, rowB, k, c + i * rowC + j, rowC, false);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    static void Blocked(Strided<T> a, Strided<T> b, T* c, nint rowC, nint m, nint n, nint k)
    {
        var (tileRows, tileVectors) = L.Tile;
        nint tileColumns = tileVectors * L.Count;
        var depth = Math.Min(BlockDepth, k);
        var mostColumns = Math.Min(BlockColumns, (n + L.Count - 1) / L.Count * L.Count);
        using var scratch = new Scratch(depth * (BlockRows + mostColumns) * sizeof(T));
        var packedB = (T*)scratch.Pointer;
        var packedA = packedB + depth * mostColumns;
        var edge = stackalloc T[tileRows * (int)tileColumns];
        for (nint jc = 0; jc < n; jc += BlockColumns)
        for (nint pc = 0; pc < k; pc += depth)
        {
            var columns = Math.Min(BlockColumns, n - jc);
            var inner = Math.Min(depth, k - pc);
            Pack(b.From(pc, jc).Transposed, columns, inner, packedB, tileColumns, L.Count);
            for (nint ic = 0; ic < m; ic += BlockRows)
            {
                var rows = Math.Min(BlockRows, m - ic);
                Pack(a.From(ic, pc), rows, inner, packedA, tileRows, 1);
                for (nint j = 0; j < columns; j += tileColumns)
                {
                    var width = Math.Min(tileColumns, columns - j);
                    var vectors = (width + L.Count - 1) / L.Count;
                    var whole = width == vectors * L.Count;
                    for (nint i = 0; i < rows; i += tileRows)
                    {
                        var height = Math.Min(tileRows, rows - i);
                        var target = c + (ic + i) * rowC + jc + j;
                        var tile = ProductTile<T, V, L>.Get(height, vectors);
                        var at = whole ? target : edge;
                        var step = whole ? rowC : tileColumns;
                        tile(packedA + i * inner, 1, height, packedB + j * inner, vectors * L.Count, inner, at, step, whole && pc > 0);
                        if (!whole)
                            CopyEdge(edge, tileColumns, target, rowC, height, width, pc > 0);
                    }
                }
            }
        }
    }

    static void CopyEdge(T* source, nint sourceRow, T* target, nint targetRow, nint height, nint width, bool add)
    {
        for (nint i = 0; i < height; i++)
        for (nint j = 0; j < width; j++)
        {
            var value = source[i * sourceRow + j];
            target[i * targetRow + j] = add ? target[i * targetRow + j] + value : value;
        }
    }

    // Lays lanes (rows of A, columns of B) side by side in panels of the given width, so that a tile reads one straight line. A last,
    // narrower panel is filled with zeros up to a multiple of the unit.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Pack(Strided<T> lanes, nint count, nint depth, T* target, nint width, nint unit)
    {
        for (nint first = 0; first < count; first += width)
        {
            var used = Math.Min(width, count - first);
            var panel = Math.Min(width, (used + unit - 1) / unit * unit);
            if (lanes.Row == 1)
                for (nint k = 0; k < depth; k++)
                    Unsafe.CopyBlockUnaligned(target + k * panel, lanes.At(first, k), (uint)(used * sizeof(T)));
            else
                Interleave(lanes.From(first, 0), used, depth, target, panel);
            if (used < panel)
                for (nint k = 0; k < depth; k++)
                    new Span<T>(target + k * panel + used, (int)(panel - used)).Clear();
            target += panel * depth;
        }
    }

    // Four lanes at a time: each line of the target is then written in few passes.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Interleave(Strided<T> lanes, nint count, nint depth, T* target, nint panel)
    {
        var step = lanes.Column;
        nint lane = 0;
        for (; lane + 4 <= count; lane += 4)
        {
            var (s0, s1, s2, s3) = (0, lanes.Row, 2 * lanes.Row, 3 * lanes.Row);
            var source = lanes.At(lane, 0);
            var to = target + lane;
            for (nint k = 0; k < depth; k++)
            {
                to[0] = source[s0];
                to[1] = source[s1];
                to[2] = source[s2];
                to[3] = source[s3];
                source += step;
                to += panel;
            }
        }
        for (; lane < count; lane++)
        for (nint k = 0; k < depth; k++)
            target[k * panel + lane] = *lanes.At(lane, k);
    }
}
