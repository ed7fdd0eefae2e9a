using System.Collections.Concurrent;

namespace Autodiff;

/// <summary>
/// A step of a compiled program whose iterations depend on no other: a method that runs any stretch of them. The stretches do not depend on
/// the number of threads in what they compute, so neither do the results.
/// </summary>
/// <param name="entry">Runs a stretch of iterations.</param>
/// <param name="ownBytes">The scratch memory a stretch needs for itself.</param>
/// <param name="ownTapes">The tapes a stretch needs for itself.</param>
/// <param name="length">The number of iterations.</param>
/// <param name="nanoseconds">About how long all of them take on one thread.</param>
sealed unsafe class ParallelRegion(Entry entry, long ownBytes, int ownTapes, long length, double nanoseconds)
{
    // A stretch outweighs the claiming of it, and there are enough of them for threads of unequal speed.
    const double LeastNanoseconds = 15_000;
    const int PartsPerThread = 6;

    // For stretches that have tapes.
    readonly ConcurrentBag<CallFrame> frames = [];

    /// <summary>The scratch memory of all stretches that run at once, if every thread takes part.</summary>
    internal long OwnBytes => ownBytes * Math.Min(ParallelLoop.Threads, Parts);

    long Parts
    {
        get
        {
            var threads = ParallelLoop.Threads;
            return threads == 1 ? 1 : (long)Math.Clamp(nanoseconds / LeastNanoseconds, 1, Math.Min(length, PartsPerThread * threads));
        }
    }

    internal void Run(CallFrame frame, byte** table, byte* arena)
    {
        var parts = Parts;
        if (parts == 1)
            RunPart(frame, table, arena, 0, length);
        else
            ParallelLoop.Run(parts, nanoseconds, p => RunPart(frame, table, arena, length * p / parts, length * (p + 1) / parts));
    }

    void RunPart(CallFrame frame, byte** table, byte* arena, long from, long to)
    {
        var own = ownBytes == 0 ? 0 : NativePool.Rent(ownBytes);
        if (ownTapes > 0)
            frame = frames.TryTake(out var pooled) ? pooled : new(0, 0, ownTapes, frame.Routines, frame.Regions);
        try
        {
            AlignedStack.Call(entry, frame, table, arena, (byte*)own, from, to);
        }
        finally
        {
            if (own != 0)
                NativePool.Return(own, ownBytes);
            if (ownTapes > 0)
                frames.Add(frame);
        }
    }
}
