namespace Autodiff;

/// <summary>
/// Runs the chunks of a loop on several threads. The caller claims chunks from a shared counter like every worker, so a worker that comes
/// late, or never, because its core is busy, delays nothing.
/// </summary>
public static class ParallelLoop
{
    static int maxThreads = Environment.ProcessorCount;

    [ThreadStatic]
    static bool running;

    /// <summary>
    /// The most threads one loop uses, the caller's own included: at first, as many as there are processors. Setting it affects every thread
    /// from its next loop on. The threads beside the callers are shared by all loops and do not keep the process alive.
    /// </summary>
    public static int MaxThreads
    {
        get => maxThreads;
        set =>
            maxThreads =
                value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "At least one thread runs a loop.");
    }

    /// <summary>The most threads that a loop begun here would use.</summary>
    internal static int Threads => running ? 1 : maxThreads;

    /// <summary>
    /// Calls <paramref name="body"/> with each chunk number from 0 up to <paramref name="chunks"/>, in any order, and returns when all have
    /// ended, or throws what one of them threw. A loop inside a chunk runs on that chunk's thread alone.
    /// </summary>
    /// <param name="chunks">The number of chunks.</param>
    /// <param name="nanoseconds">About how long all of them take one thread: sleeping workers are not woken for little.</param>
    /// <param name="body">Runs the chunk of a number.</param>
    internal static void Run(long chunks, double nanoseconds, Action<long> body)
    {
        var threads = (int)Math.Min(chunks, Threads);
        if (threads <= 1)
        {
            for (var i = 0L; i < chunks; i++)
                body(i);
            return;
        }
        var job = new ParallelJob(chunks, body, threads - 1);
        var posted = WorkerThreads.Post(job, nanoseconds);
        var chunkTicks = Claim(job);
        if (posted)
            WorkerThreads.Withdraw(job);
        job.Finish(chunkTicks);
    }

    /// <summary>Runs chunks of the job until none is left to claim; loops inside them stay on this thread.</summary>
    internal static long Claim(ParallelJob job)
    {
        running = true;
        var chunkTicks = job.Claim();
        running = false;
        return chunkTicks;
    }
}
