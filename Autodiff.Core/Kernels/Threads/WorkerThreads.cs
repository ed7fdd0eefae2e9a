using System.Diagnostics;

namespace Autodiff;

/// <summary>
/// The threads beside the callers of loops. A worker runs chunks of any job that has a place for it; when there is none it looks for
/// another for a moment, since loops often follow one another closely, and then sleeps. There are as many as were ever wanted at once, at most
/// <see cref="ParallelLoop.MaxThreads"/> less one.
/// </summary>
static class WorkerThreads
{
    // Each who takes part in a job wakes so many: one thread alone would spend long on waking a hundred.
    const int CallsEach = 2;

    // More callers at once than there are processors keep them busy without help.
    static readonly ParallelJob?[] Jobs = new ParallelJob?[Environment.ProcessorCount];

    // In a virtual machine whose core sleeps, waking a thread costs its waker a quarter of this, and the thread comes after half of it.
    const double WorthWaking = 250_000;

    static readonly List<Worker> Sleeping = [];
    static Worker[] workers = [];

    // The work of loops that follow one another so closely that a worker between them would not sleep.
    static double streak;
    static long streakEnd;

    /// <summary>
    /// Offers the job to workers; false if there are too many jobs already. Sleeping workers are woken if it, or it and those just before it,
    /// take long enough.
    /// </summary>
    internal static bool Post(ParallelJob job, double nanoseconds)
    {
        streak = Stopwatch.GetTimestamp() - Volatile.Read(ref streakEnd) < BriefSpin.Shortest ? streak + nanoseconds : nanoseconds;
        // Whoever looks for a job after this sees it, and whoever stopped looking before is asleep.
        for (var i = 0; i < Jobs.Length; i++)
            if (Volatile.Read(ref Jobs[i]) is null && Interlocked.CompareExchange(ref Jobs[i], job, null) is null)
            {
                job.Expect(CountSearching());
                if (streak >= WorthWaking)
                    Call(job);
                return true;
            }
        return false;
    }

    /// <summary>Takes back a job that was posted.</summary>
    internal static void Withdraw(ParallelJob job)
    {
        Volatile.Write(ref Jobs[Array.IndexOf(Jobs, job)], null);
        Volatile.Write(ref streakEnd, Stopwatch.GetTimestamp());
    }

    static void Call(ParallelJob job)
    {
        for (var i = 0; i < CallsEach && job.CallOneMore(); i++)
            CallOne();
    }

    static void CallOne()
    {
        Worker? worker = null;
        lock (Sleeping)
        {
            if (Sleeping.Count > 0)
            {
                worker = Sleeping[^1];
                Sleeping.RemoveAt(Sleeping.Count - 1);
            }
            else if (workers.Length < ParallelLoop.MaxThreads - 1 && Worker.TryStart() is { } created)
            {
                workers = [.. workers, created];
            }
        }
        worker?.Wake();
    }

    // Those that look for jobs need no waking, but one on the core of the caller would have to wait for it.
    static int CountSearching()
    {
        var (count, core) = (0, CoreChoice.Current);
        foreach (var worker in Volatile.Read(ref workers))
            if (worker.SearchesOn is { } place)
            {
                count++;
                if (place == core && core >= 0)
                    worker.LeaveCallersCore();
            }
        return count;
    }

    static ParallelJob? Join()
    {
        foreach (ref var slot in Jobs.AsSpan())
            if (Volatile.Read(ref slot) is { } job && job.TryJoin())
                return job;
        return null;
    }

    sealed class Worker
    {
        // No core: the worker does not search.
        const int Nowhere = -2;

        readonly object monitor = new();
        bool isWoken;
        CoreChoice? choice;
        int searchesOn = Nowhere;

        /// <summary>A new worker; null if the system has no more threads.</summary>
        internal static Worker? TryStart()
        {
            try
            {
                var worker = new Worker();
                new Thread(worker.Run) { IsBackground = true, Name = $"{nameof(Autodiff)} worker" }.UnsafeStart();
                return worker;
            }
            catch (OutOfMemoryException)
            {
                return null;
            }
        }

        /// <summary>The core on which the worker looks for jobs; null if it does not.</summary>
        internal int? SearchesOn => Volatile.Read(ref searchesOn) is var core and not Nowhere ? core : null;

        internal void LeaveCallersCore() => choice!.AvoidCallersCore();

        internal void Wake()
        {
            choice!.AvoidCallersCore();
            lock (monitor)
            {
                isWoken = true;
                Monitor.Pulse(monitor);
            }
        }

        void Run()
        {
            choice = new();
            while (true)
            {
                if (Search() is { } job)
                {
                    Call(job);
                    ParallelLoop.Claim(job);
                    job.Leave();
                }
                else
                {
                    Sleep();
                }
            }
        }

        ParallelJob? Search()
        {
            ParallelJob? job;
            var spin = new BriefSpin(0);
            do
            {
                choice!.Restore();
                Volatile.Write(ref searchesOn, CoreChoice.Current);
                job = Join();
            } while (job is null && spin.Continue());
            Volatile.Write(ref searchesOn, Nowhere);
            return job;
        }

        void Sleep()
        {
            lock (Sleeping)
                Sleeping.Add(this);
            Interlocked.MemoryBarrier();
            // A job posted before this worker was seen asleep counted on it.
            if (Array.Exists(Jobs, j => j is { IsOpen: true }))
                lock (Sleeping)
                    if (Sleeping.Remove(this))
                        return;
            lock (monitor)
            {
                while (!isWoken)
                    Monitor.Wait(monitor);
                isWoken = false;
            }
        }
    }
}
