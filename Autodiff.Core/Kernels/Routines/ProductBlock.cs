using System.Numerics;
using System.Runtime.CompilerServices;

namespace Autodiff;

/// <summary>
/// One block of the inner dimension and of the columns of a large product: the threads pack it of B once, together, and then share the rows
/// of C.
/// </summary>
unsafe struct ProductBlock<T, V, L>
    where T : unmanaged, INumber<T>
    where V : unmanaged
    where L : ILanes<T, V>
{
    // The block of A fills about half a second-level cache of 1 MB.
    static nint BlockRows => sizeof(T) == 4 ? 240 : 120;

    // Parts keep enough rows and columns to pay for packing those of A.
    const int RowUnit = 48;
    const int LeastColumns = 192;

    /// <summary>The rows of A, at the block of the inner dimension.</summary>
    internal Strided<T> A { get; init; }

    /// <summary>The block of B.</summary>
    internal Strided<T> B { get; init; }

    /// <summary>The columns of C.</summary>
    internal T* C { get; init; }
    internal nint RowC { get; init; }
    internal nint Rows { get; init; }
    internal nint Columns { get; init; }
    internal nint Depth { get; init; }

    /// <summary>Whether products are added to what C holds.</summary>
    internal bool Adds { get; init; }

    /// <summary>Memory for the block of B, its columns rounded up to whole vectors.</summary>
    internal T* PackedB { get; init; }

    nint panelParts,
        rowParts,
        columnParts;

    static nint TileColumns => L.Tile.Vectors * L.Count;

    readonly nint Panels => (Columns + TileColumns - 1) / TileColumns;

    internal void Run()
    {
        var flops = 2.0 * Rows * Columns * Depth;
        var parts = ProductSharing.Parts(flops, long.MaxValue);
        // Rows beyond a block of A are cut in any case, and as often for each thread.
        var (threads, blocks) = (Math.Min(parts, ParallelLoop.Threads), (Rows + BlockRows - 1) / BlockRows);
        rowParts = (nint)((Math.Max(blocks, Math.Min(parts, Rows / RowUnit)) + threads - 1) / threads * threads);
        columnParts = (nint)Math.Clamp(parts / rowParts, 1, Math.Max(1, Columns / LeastColumns));
        panelParts = (nint)Math.Min(parts, Panels);
        if (parts == 1)
        {
            PackPart(0);
            for (var part = 0; part < rowParts; part++)
                MultiplyPart(part);
        }
        else
        {
            var nanoseconds = ProductSharing.Nanoseconds(flops);
            ParallelLoop.Run(panelParts, nanoseconds, PackPart);
            ParallelLoop.Run(rowParts * columnParts, nanoseconds, MultiplyPart);
        }
    }

    readonly void PackPart(long part)
    {
        var from = ProductSharing.Cut(Panels, part, panelParts, 1) * TileColumns;
        var to = Math.Min(Columns, ProductSharing.Cut(Panels, part + 1, panelParts, 1) * TileColumns);
        ProductPacking<T>.Pack(B.From(0, from).Transposed, to - from, Depth, PackedB + from * Depth, TileColumns, L.Count);
    }

    readonly void MultiplyPart(long part)
    {
        var (row, column) = Math.DivRem((nint)part, columnParts);
        var top = ProductSharing.Cut(Rows, row, rowParts, L.Tile.Rows);
        var left = ProductSharing.Cut(Columns, column, columnParts, TileColumns);
        var rows = ProductSharing.Cut(Rows, row + 1, rowParts, L.Tile.Rows) - top;
        Multiply(top, rows, left, ProductSharing.Cut(Columns, column + 1, columnParts, TileColumns));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    readonly void Multiply(nint top, nint rows, nint left, nint right)
    {
        var (tileRows, tileColumns) = ((nint)L.Tile.Rows, TileColumns);
        using var scratch = new Scratch(Depth * rows * sizeof(T));
        var packedA = (T*)scratch.Pointer;
        ProductPacking<T>.Pack(A.From(top, 0), rows, Depth, packedA, tileRows, 1);
        var edge = stackalloc T[(int)(tileRows * tileColumns)];
        for (var j = left; j < right; j += tileColumns)
        {
            var width = Math.Min(tileColumns, right - j);
            var vectors = (width + L.Count - 1) / L.Count;
            var whole = width == vectors * L.Count;
            for (nint i = 0; i < rows; i += tileRows)
            {
                var height = Math.Min(tileRows, rows - i);
                var target = C + (top + i) * RowC + j;
                var tile = ProductTile<T, V, L>.Get(height, vectors);
                var at = whole ? target : edge;
                var step = whole ? RowC : tileColumns;
                tile(packedA + i * Depth, 1, height, PackedB + j * Depth, vectors * L.Count, Depth, at, step, whole && Adds);
                if (!whole)
                    CopyEdge(edge, tileColumns, target, RowC, height, width, Adds);
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
}
