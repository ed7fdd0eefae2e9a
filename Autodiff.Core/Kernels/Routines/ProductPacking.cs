using System.Runtime.CompilerServices;

namespace Autodiff;

/// <summary>Lays the operands of a product as its tiles read them.</summary>
static unsafe class ProductPacking<T>
    where T : unmanaged
{
    const int LinedLanes = 8;

    /// <summary>
    /// Lays lanes (rows of A, columns of B) side by side in panels of the given width, so that a tile reads one straight line. A last, narrower
    /// panel is filled with zeros up to a multiple of the unit.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Pack(Strided<T> lanes, nint count, nint depth, T* target, nint width, nint unit)
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

    /// <summary>Interleaves lanes whose elements are neighbours, as many as make whole lines of the target, and returns their number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static nint Transpose(Strided<T> lanes, nint count, nint depth, T* target, nint panel)
    {
        var (size, row) = (TransposedTile<T>.Size, lanes.Row);
        nint lane = 0;
        for (; lane + LinedLanes <= count; lane += LinedLanes)
        {
            var source = lanes.At(lane, 0);
            var to = target + lane;
            nint k = 0;
            for (; k + size <= depth; k += size, source += size, to += size * panel)
            {
                TransposedTile<T>.Copy(source, row, to, panel);
                if (size < LinedLanes)
                    TransposedTile<T>.Copy(source + size * row, row, to + size, panel);
            }
            for (; k < depth; k++, source++, to += panel)
            for (nint l = 0; l < LinedLanes; l++)
                to[l] = source[l * row];
        }
        return lane;
    }

    // Four lanes at a time: each line of the target is then written in few passes.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Interleave(Strided<T> lanes, nint count, nint depth, T* target, nint panel)
    {
        var step = lanes.Column;
        nint lane = 0;
        if (step == 1 && TransposedTile<T>.IsSupported)
            lane = Transpose(lanes, count, depth, target, panel);
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
