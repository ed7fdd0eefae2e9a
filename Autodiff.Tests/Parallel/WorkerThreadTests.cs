using System.Diagnostics;

namespace Autodiff.Tests;

/// <summary>What holds for a loop whose chunks several threads run.</summary>
[Collection(typeof(ProcessSettings))]
public sealed class WorkerThreadTests
{
    // Work that is said to take this long wakes threads.
    const double Long = 1e9;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    static void WithThreads(int threads, Action test)
    {
        var before = ParallelLoop.MaxThreads;
        try
        {
            ParallelLoop.MaxThreads = threads;
            test();
        }
        finally
        {
            ParallelLoop.MaxThreads = before;
        }
    }

    [Theory]
    [InlineData(1, 0), InlineData(1, 9), InlineData(2, 1), InlineData(2, 1000), InlineData(4, 3), InlineData(4, 100_000)]
    public void EveryChunkRunsOnce(int threads, int chunks) =>
        WithThreads(
            threads,
            () =>
            {
                var runs = new int[chunks];
                ParallelLoop.Run(chunks, Long, i => Interlocked.Increment(ref runs[i]));
                Assert.All(runs, r => Assert.Equal(1, r));
            }
        );

    [Fact]
    public void ChunksRunAtTheSameTime() =>
        WithThreads(
            3,
            () =>
            {
                using var meeting = new Barrier(3);
                var met = new bool[3];
                ParallelLoop.Run(3, Long, i => met[i] = meeting.SignalAndWait(Patience));
                Assert.All(met, Assert.True);
            }
        );

    [Fact]
    public void NoMoreThreadsThanAllowedTakePart()
    {
        // There are more threads than the later loops may use.
        WithThreads(5, () => ParallelLoop.Run(100, Long, _ => Thread.Sleep(1)));
        foreach (var threads in (int[])[2, 3, 1, 4])
            WithThreads(
                threads,
                () =>
                {
                    var (inside, most) = (0, 0);
                    var gate = new Lock();
                    ParallelLoop.Run(
                        50,
                        Long,
                        _ =>
                        {
                            lock (gate)
                                most = Math.Max(most, ++inside);
                            Thread.Sleep(1);
                            lock (gate)
                                inside--;
                        }
                    );
                    Assert.InRange(most, 1, threads);
                }
            );
    }

    [Fact]
    public void TheNumberOfThreadsMayChangeWhileLoopsRun() =>
        WithThreads(
            2,
            () =>
            {
                var changing = Task.Run(() =>
                {
                    for (var i = 0; i < 300; i++)
                    {
                        ParallelLoop.MaxThreads = 1 + i % 4;
                        Thread.Yield();
                    }
                });
                while (!changing.IsCompleted)
                    Assert.Equal(4950, SumOfChunks(100));
                changing.GetAwaiter().GetResult();
            }
        );

    [Fact]
    public void ALoopInsideAChunkStaysOnItsThread() =>
        WithThreads(
            3,
            () =>
            {
                var strays = 0;
                ParallelLoop.Run(
                    20,
                    Long,
                    _ =>
                    {
                        var here = Environment.CurrentManagedThreadId;
                        Assert.Equal(1, ParallelLoop.Threads);
                        ParallelLoop.Run(
                            20,
                            Long,
                            _ =>
                            {
                                if (Environment.CurrentManagedThreadId != here)
                                    Interlocked.Increment(ref strays);
                            }
                        );
                    }
                );
                Assert.Equal(0, strays);
                Assert.Equal(3, ParallelLoop.Threads);
            }
        );

    [Fact]
    public void WhatAChunkThrowsReachesTheCaller() =>
        WithThreads(
            3,
            () =>
            {
                for (var repeat = 0; repeat < 20; repeat++)
                {
                    using var meeting = new Barrier(2);
                    var caller = Environment.CurrentManagedThreadId;
                    // Two threads are inside; the one that is not the caller throws.
                    var thrown = Assert.Throws<FormatException>(() =>
                        ParallelLoop.Run(
                            2,
                            Long,
                            _ =>
                            {
                                Assert.True(meeting.SignalAndWait(Patience));
                                if (Environment.CurrentManagedThreadId != caller)
                                    throw new FormatException("from a chunk");
                            }
                        )
                    );
                    Assert.Equal("from a chunk", thrown.Message);
                    Assert.Equal(4950, SumOfChunks(100));
                }
            }
        );

    [Theory]
    [InlineData(2), InlineData(4)]
    public void ManyCallersAtOnceGetTheirOwnResults(int threads) =>
        WithThreads(
            threads,
            () =>
            {
                var callers = Enumerable
                    .Range(1, 12)
                    .Select(c =>
                    {
                        var wrong = 0;
                        var thread = new Thread(() =>
                        {
                            for (var repeat = 0; repeat < 200; repeat++)
                                if (SumOfChunks(c * 10) != c * 10 * (c * 10 - 1) / 2)
                                    wrong++;
                        });
                        thread.Start();
                        return (Thread: thread, Wrong: (Func<int>)(() => wrong));
                    })
                    .ToArray();
                Assert.All(callers, c => Assert.True(c.Thread.Join(Patience)));
                Assert.All(callers, c => Assert.Equal(0, c.Wrong()));
            }
        );

    [Fact]
    public void ThreadsThatHaveNothingToDoSleep() =>
        WithThreads(
            4,
            () =>
            {
                // The runtime may still be compiling for itself: the quietest stretch of several tells.
                var least = TimeSpan.MaxValue;
                for (var repeat = 0; repeat < 60 && least > TimeSpan.FromMilliseconds(30); repeat++)
                {
                    SumOfChunks(1000);
                    Thread.Sleep(20);
                    var before = Process.GetCurrentProcess().TotalProcessorTime;
                    Thread.Sleep(300);
                    least = TimeSpan.FromTicks(Math.Min(least.Ticks, (Process.GetCurrentProcess().TotalProcessorTime - before).Ticks));
                }
                Assert.InRange(least, TimeSpan.Zero, TimeSpan.FromMilliseconds(30));
            }
        );

    static long SumOfChunks(long chunks)
    {
        var sum = 0L;
        ParallelLoop.Run(chunks, Long, i => Interlocked.Add(ref sum, i));
        return sum;
    }
}
