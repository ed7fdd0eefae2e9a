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

    // Waking a thread may cost its waker a good part of this, in a virtual machine whose core sleeps.
    const double WorthWaking = 150_000;

    static readonly List<Worker> Sleeping = [];
    static int searching;
    static int created;

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
                job.Expect(Volatile.Read(ref searching));
                if (streak >= WorthWaking)
                    Call(job);
                return true;
            }
        return false;
    }

    /// <summary>Takes back a posted job.</summary>
    internal static void Withdraw(ParallelJob job)
    {
        Volatile.Write(ref Jobs[Array.IndexOf(Jobs, job)], null);
        Volatile.Write(ref streakEnd, Stopwatch.GetTimestamp());
    }

    static void Call(ParallelJob job)
    {
        for (var i = 0; i < CallsEach && job.CallsOneMore; i++)
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
            else if (created >= ParallelLoop.MaxThreads - 1)
            {
                return;
            }
            else
            {
                created++;
            }
        }
        if (worker is not null)
            worker.Wake();
        else
            new Worker().Start($"{nameof(Autodiff)} worker");
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
        readonly SemaphoreSlim woken = new(0);
        readonly CoreChoice core = new();

        internal void Start(string name) => new Thread(Run) { IsBackground = true, Name = name }.UnsafeStart();

        internal void Wake()
        {
            core.AvoidCallersCore();
            woken.Release();
        }

        void Run()
        {
            core.Bind();
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

        static ParallelJob? Search()
        {
            Interlocked.Increment(ref searching);
            var job = Join();
            for (var spin = new BriefSpin(0); job is null && spin.Continue(); )
                job = Join();
            Interlocked.Decrement(ref searching);
            return job;
        }

        void Sleep()
        {
            lock (Sleeping)
                Sleeping.Add(this);
            // A job posted before this worker was seen asleep counted on it.
            if (Array.Exists(Jobs, j => j is { IsOpen: true }))
                lock (Sleeping)
                    if (Sleeping.Remove(this))
                        return;
            woken.Wait();
            core.Restore();
        }
    }
}
