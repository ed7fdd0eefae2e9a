using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Autodiff;

/// <summary>
/// Native blocks of size classes, aligned to 64 bytes. The collector does not see how much memory a dead array holds, so the pool asks it to
/// run whenever <see cref="LeastHeadroom"/> bytes, or a part of what is live, have gone out since: temporaries then go round in memory that is
/// mapped and warm, however much else is live.
/// </summary>
static unsafe class NativePool
{
    const nuint Alignment = 64;
    const long LeastHeadroom = 64L << 20;

    // Each collection may have to walk what is live: it is paid for by allocating a part of that.
    const int PartOfLive = 8;

    // A small part of the machine's memory may lie ready.
    static readonly long MostIdle = Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 16, 256L << 20, 2L << 30);

    static readonly ConcurrentDictionary<long, ConcurrentBag<nint>> Idle = new();
    static readonly Lock Collecting = new();
    static long inUse;
    static long idle;
    static long threshold = LeastHeadroom;

    // What was in use after the last collection of all generations.
    static long settled;

    internal static long BytesInUse => Interlocked.Read(ref inUse);

    internal static nint Rent(long bytes)
    {
        var size = SizeClass(bytes);
        if (TryTake(size, out var block))
            return block;
        if (Interlocked.Read(ref inUse) + size > Interlocked.Read(ref threshold))
        {
            Collect(size);
            if (TryTake(size, out block))
                return block;
        }
        try
        {
            block = (nint)NativeMemory.AlignedAlloc((nuint)size, Alignment);
        }
        catch (OutOfMemoryException)
        {
            Trim();
            block = (nint)NativeMemory.AlignedAlloc((nuint)size, Alignment);
        }
        Interlocked.Add(ref inUse, size);
        return block;
    }

    internal static void Return(nint block, long bytes)
    {
        var size = SizeClass(bytes);
        Interlocked.Add(ref inUse, -size);
        // What came back last is warmest.
        if (Interlocked.Read(ref idle) + size > MostIdle)
            Trim();
        if (size > MostIdle)
        {
            NativeMemory.AlignedFree((void*)block);
            return;
        }
        Interlocked.Add(ref idle, size);
        Idle.GetOrAdd(size, _ => []).Add(block);
    }

    // Eight classes to each doubling waste at most an eighth.
    static long SizeClass(long bytes)
    {
        var step = Math.Max(64, (long)(BitOperations.RoundUpToPowerOf2((ulong)bytes) >> 4));
        return (bytes + step - 1) / step * step;
    }

    static bool TryTake(long size, out nint block)
    {
        block = 0;
        if (!Idle.TryGetValue(size, out var bag) || !bag.TryTake(out block))
            return false;
        Interlocked.Add(ref idle, -size);
        Interlocked.Add(ref inUse, size);
        return true;
    }

    // Younger generations first: temporaries rarely grow old.
    static void Collect(long wanted)
    {
        lock (Collecting)
        {
            // Another thread may just have done it.
            if (Interlocked.Read(ref inUse) + wanted <= Interlocked.Read(ref threshold))
                return;
            // The array that is alive at a collection grows older by it: those that have died since must not pile up.
            var enough = settled + Headroom(settled) / 2;
            var generation = 0;
            for (; generation <= 2 && Interlocked.Read(ref inUse) > enough; generation++)
            {
                GC.Collect(generation, GCCollectionMode.Forced, blocking: true);
                GC.WaitForPendingFinalizers();
            }
            if (Interlocked.Read(ref idle) > MostIdle / 2)
                Trim();
            var live = Interlocked.Read(ref inUse);
            settled = generation > 2 ? live : Math.Min(settled, live);
            Interlocked.Exchange(ref threshold, live + Headroom(live));
        }
    }

    static long Headroom(long live) => Math.Max(LeastHeadroom, live / PartOfLive);

    static void Trim()
    {
        foreach (var (size, bag) in Idle)
            while (bag.TryTake(out var block))
            {
                Interlocked.Add(ref idle, -size);
                NativeMemory.AlignedFree((void*)block);
            }
    }
}
