using System.Runtime.CompilerServices;
using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>What programs leave to the collector, and what they hold on to.</summary>
public class MemoryTests
{
    [Fact]
    public void Temporaries_of_eager_code_do_not_pile_up()
    {
        var x = Ones(5_000_000); // 40 MB
        var y = x;
        var most = 0L;
        for (var i = 0; i < 60; i++)
        {
            y = y * 0.5 + x;
            most = Math.Max(most, NativePool.BytesInUse);
        }
        Assert.Equal(2, (double)y[0], 1e-12);
        Assert.InRange(most, 0, 1L << 30);
    }

    [Theory]
    [InlineData("while")]
    [InlineData("scan")]
    [InlineData("gradient of a while")]
    public void A_compiled_loop_allocates_nothing_managed_an_iteration(string kind)
    {
        Func<NDArray, NDArray> loop = kind switch
        {
            "while" => n => WhileLoop(c => c.Item1 < n, c => (c.Item1 + 1, Sin(c.Item2) + c.Item1), (0.0, Ones(3))).Item2,
            "scan" => n => Scan(c => (Tanh(c + n), c.Sum()), Ones(3), length: 20_000).Ys,
            _ => n => Grad(x => WhileLoop(c => c.Item1 < n, c => (c.Item1 + 1, Sin(c.Item2) * x), (0.0, x)).Item2)(1.0),
        };
        using var cpu = CpuDevice.Instance.Use();
        var jitted = Jit(loop);
        NDArray few = Asarray(10.0),
            many = Asarray(20_000.0);
        long Allocated(NDArray n)
        {
            jitted(n);
            var before = GC.GetAllocatedBytesForCurrentThread();
            jitted(n);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Allocated(few);
        Allocated(many);
        // A call has its result and a few small objects; 20,000 iterations with one byte each would show.
        Assert.InRange(Allocated(many) - Allocated(few), -4096, 4096);
    }

    [Fact]
    public void A_call_of_a_jitted_function_allocates_its_result_and_nothing_else()
    {
        const int Calls = 1000;
        using var cpu = CpuDevice.Instance.Use();
        NDArray x = Asarray(2.0),
            captured = Ones(1);
        var (f, g) = (Jit(x => x * x + 1), Jit((x, y) => x * y + captured));
        var compiled = f.Lower(x).Compile();
        static long Allocated(Func<NDArray> call)
        {
            call();
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Calls; i++)
                call();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        var result = Allocated(() => ConcreteArray.Allocate(x.Aval));
        Assert.Equal(result, Allocated(() => f(x)));
        Assert.Equal(result, Allocated(() => g(x, x)));
        Assert.Equal(result, Allocated(() => compiled(x)));
    }

    [Fact]
    public void What_a_jitted_function_gave_stays_as_it_was()
    {
        var f = Jit((NDArray[] xs) => Array.ConvertAll(xs, x => x * 2));
        var first = f([1.0, 2.0]);
        var second = f([3.0, 4.0]);
        Agreement.Holds([2, 4], Stack([.. first]));
        Agreement.Holds([6, 8], Stack([.. second]));
        // A derivative remembers the arguments of a call, among which others are made.
        Agreement.Holds([4, 12], Grad(x => Sum(f([x * x])[0] * f([x])[0]) / 2)(Sqrt(new[] { 2.0 / 3, 2 })));
    }

    [Fact]
    public void Arrays_that_custom_rules_captured_are_let_go()
    {
        var captured = new List<WeakReference>();
        for (var i = 0; i < 20; i++)
            Use(captured, i);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.InRange(captured.Count(c => c.IsAlive), 0, 2);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Use(List<WeakReference> captured, int i)
    {
        var weights = Full([1000], i);
        captured.Add(new(weights));
        CustomJvp(x => x, (x, dx) => (x, dx * weights))(Ones(1000));
    }

    [Fact]
    public void A_failed_allocation_leaves_the_pool_as_it_was()
    {
        var before = NativePool.BytesInUse;
        Assert.Throws<OutOfMemoryException>(() => Zeros(1_000_000, 100_000_000));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.InRange(NativePool.BytesInUse, 0, before + (1L << 30));
    }

    [Fact]
    public async Task Copies_are_whole_while_the_collector_runs()
    {
        using var done = new CancellationTokenSource();
        Task[] disturbers =
        [
            // What was just dropped is young; walking through all that other tests hold would take them seconds each time.
            Task.Run(() => Repeat(() => GC.Collect(0), done.Token)),
            Task.Run(() => Repeat(() => Full([40_000], -1.0), done.Token)),
        ];
        try
        {
            for (var i = 0; i < 50; i++)
                Assert.Equal(-1, Array.FindIndex(Full([40_000], 7.0).ToArray<double>(), v => v != 7));
        }
        finally
        {
            await done.CancelAsync();
            await Task.WhenAll(disturbers);
        }
    }

    static void Repeat(Action action, CancellationToken until)
    {
        while (!until.IsCancellationRequested)
            action();
    }
}
