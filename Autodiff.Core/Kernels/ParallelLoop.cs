using System.Runtime.ExceptionServices;

namespace Autodiff;

/// <summary>
/// Runs the chunks of a loop on several threads. The caller claims chunks from a shared counter like every helper, so a helper that comes
/// late, or never, because its core is busy, delays nothing.
/// </summary>
public static class ParallelLoop
{
    static int maxThreads = Environment.ProcessorCount;

    [ThreadStatic]
    static bool running;

    /// <summary>The most threads one loop uses, the caller's own included. Setting it affects every thread.</summary>
    public static int MaxThreads
    {
        get => maxThreads;
        set =>
            maxThreads =
                value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "At least one thread runs a loop.");
    }

    /// <summary>
    /// Calls <paramref name="body"/> with each chunk number from 0 up to <paramref name="chunks"/>, in any order, and returns when all have
    /// ended. A loop inside a chunk runs on that chunk's thread alone.
    /// </summary>
    internal static void Run(long chunks, Action<long> body)
    {
        var threads = running ? 1 : Math.Min(chunks, maxThreads);
        if (threads <= 1)
        {
            for (var i = 0L; i < chunks; i++)
                body(i);
            return;
        }
        var job = new Job(chunks, body);
        for (var i = 1; i < threads; i++)
            ThreadPool.UnsafeQueueUserWorkItem(job, preferLocal: false);
        job.Execute();
        job.Wait();
    }

    // A helper may look at the job after the caller has gone: it then finds no chunk left and never calls the body.
    sealed class Job : IThreadPoolWorkItem
    {
        readonly long chunks;
        readonly Action<long> body;
        readonly object monitor = new();
        ExceptionDispatchInfo? failure;
        long claimed;
        long unfinished;

        internal Job(long chunks, Action<long> body) => (this.chunks, unfinished, this.body) = (chunks, chunks, body);

        public void Execute()
        {
            running = true;
            for (long i; (i = Interlocked.Increment(ref claimed) - 1) < chunks; )
            {
                try
                {
                    body(i);
                }
                catch (Exception e)
                {
                    Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(e), null);
                }
                if (Interlocked.Decrement(ref unfinished) == 0)
                    lock (monitor)
                        Monitor.PulseAll(monitor);
            }
            running = false;
        }

        // The last chunks usually end together: a short spin saves the price of sleeping.
        internal void Wait()
        {
            var spinner = new SpinWait();
            while (Volatile.Read(ref unfinished) > 0 && !spinner.NextSpinWillYield)
                spinner.SpinOnce();
            lock (monitor)
                while (Volatile.Read(ref unfinished) > 0)
                    Monitor.Wait(monitor);
            failure?.Throw();
        }
    }
}
