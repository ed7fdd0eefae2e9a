using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Autodiff;

/// <summary>A loop while its chunks are claimed: by its caller, and by the workers that joined.</summary>
/// <param name="chunks">The number of chunks.</param>
/// <param name="body">Runs the chunk of a number.</param>
/// <param name="places">The most workers that may be inside at once.</param>
sealed class ParallelJob(long chunks, Action<long> body, int places)
{
    // Added to the number of workers inside when no more may join.
    const int Closed = int.MinValue;

    readonly object monitor = new();
    ExceptionDispatchInfo? failure;
    long claimed;
    int inside;
    int called;

    /// <summary>Counts one more worker that is called, unless there are enough.</summary>
    internal bool CallOneMore() => Volatile.Read(ref called) < places && Interlocked.Increment(ref called) <= places;

    /// <summary>Counts workers that look for jobs, and so need not be called.</summary>
    internal void Expect(int workers) => Interlocked.Add(ref called, Math.Min(workers, places));

    /// <summary>Whether a worker that joined now would find a place and a chunk.</summary>
    internal bool IsOpen => (uint)Volatile.Read(ref inside) < (uint)places && Volatile.Read(ref claimed) < chunks;

    /// <summary>Takes a place in the job, which <see cref="Leave"/> gives back.</summary>
    internal bool TryJoin()
    {
        while (IsOpen)
        {
            var before = Volatile.Read(ref inside);
            if ((uint)before < (uint)places && Interlocked.CompareExchange(ref inside, before + 1, before) == before)
                return true;
        }
        return false;
    }

    internal void Leave()
    {
        if (Interlocked.Decrement(ref inside) == Closed)
            lock (monitor)
                Monitor.Pulse(monitor);
    }

    /// <summary>
    /// Runs chunks until none is left to claim, and tells how long the longest took, in ticks of <see cref="Stopwatch"/>. What one throws is
    /// kept for the caller.
    /// </summary>
    internal long Claim()
    {
        var longest = 0L;
        for (long i; (i = Interlocked.Increment(ref claimed) - 1) < chunks; )
        {
            var start = Stopwatch.GetTimestamp();
            try
            {
                body(i);
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(e), null);
            }
            longest = Math.Max(longest, Stopwatch.GetTimestamp() - start);
        }
        return longest;
    }

    /// <summary>
    /// Waits for the workers inside, and throws what a chunk threw. The caller calls it when no chunk is left to claim, with the time that
    /// a chunk takes: a worker that needs longer has lost its core, and may have that of a caller who sleeps.
    /// </summary>
    internal void Finish(long chunkTicks)
    {
        if (Interlocked.Add(ref inside, Closed) != Closed)
        {
            for (var spin = new BriefSpin(chunkTicks); Volatile.Read(ref inside) != Closed && spin.Continue(); ) { }
            lock (monitor)
                while (Volatile.Read(ref inside) != Closed)
                    Monitor.Wait(monitor);
        }
        failure?.Throw();
    }
}
