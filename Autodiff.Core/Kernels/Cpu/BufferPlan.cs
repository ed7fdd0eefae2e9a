namespace Autodiff;

/// <summary>
/// Gives out places in one stretch of memory, aligned to cache lines, the smallest free one that is large enough: in the arena, the scratch
/// memory of a call, in a result that is written late, or in an argument that is donated and was read for the last time.
/// </summary>
sealed class BufferPlan
{
    const long Alignment = 64;
    const long Endless = long.MaxValue / 2;

    // Free ranges by offset; the last one of the arena is without end.
    readonly SortedList<long, long> free;

    BufferPlan(long bytes) => free = new() { [0] = bytes };

    internal static BufferPlan Arena() => new(Endless);

    /// <summary>The scratch memory that each part of a parallel region has for itself.</summary>
    internal static BufferPlan Own() => new(Endless) { IsOwn = true };

    /// <summary>
    /// The memory of a result or a donated input, by its number in the table of the call, which is free until step <paramref name="written"/> of the
    /// program writes a result there.
    /// </summary>
    internal static BufferPlan Of(int index, long bytes, int written) =>
        // Native memory is given out in whole cache lines.
        new(bytes > ArrayBuffer.ManagedLimit ? RoundUp(bytes) : bytes) { Index = index, Written = written };

    static long RoundUp(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    internal bool IsOwn { get; private init; }

    /// <summary>The number in the table of what has this memory; null for the arena.</summary>
    internal int? Index { get; private init; }

    /// <summary>The step of the program from which on nothing else than a result may lie here.</summary>
    internal int Written { get; set; } = int.MaxValue;

    /// <summary>The bytes that have been in use.</summary>
    internal long Size { get; private set; }

    /// <summary>A place of so many bytes; null if there is none.</summary>
    internal PlannedStorage? TryRent(long bytes)
    {
        var size = Math.Max(Alignment, RoundUp(bytes));
        var (offset, length) = (0L, long.MaxValue);
        foreach (var range in free)
            if (range.Value >= size && range.Value < length)
                (offset, length) = (range.Key, range.Value);
        if (length == long.MaxValue)
            return null;
        free.Remove(offset);
        if (length > size)
            free[offset + size] = length - size;
        Size = Math.Max(Size, offset + size);
        return new PlannedStorage(this, offset, size);
    }

    internal void Return(PlannedStorage storage)
    {
        var (offset, size) = (storage.Offset, storage.Bytes);
        free[offset] = size;
        var at = free.IndexOfKey(offset);
        Join(at);
        if (at > 0)
            Join(at - 1);
    }

    // Joins a range with the next one where they touch.
    void Join(int at)
    {
        if (at + 1 >= free.Count || free.GetKeyAtIndex(at) + free.GetValueAtIndex(at) != free.GetKeyAtIndex(at + 1))
            return;
        free[free.GetKeyAtIndex(at)] += free.GetValueAtIndex(at + 1);
        free.RemoveAt(at + 1);
    }
}
