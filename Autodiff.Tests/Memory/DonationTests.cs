using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>Arguments that a call is given for good: when that is right, when it is an error, and what it saves.</summary>
[Collection(typeof(ProcessSettings))]
public sealed partial class DonationTests : IDisposable
{
    const int Large = 10_000;

    readonly TextWriter before = CompileCache.Warnings;
    readonly StringWriter written = new();

    public DonationTests() => CompileCache.Warnings = written;

    public void Dispose() => CompileCache.Warnings = before;

    [PyTree]
    internal sealed partial record Network(NDArray W1, NDArray B1, NDArray W2, NDArray B2);

    [PyTree]
    internal sealed partial record Momentum(Network Average, NDArray Count);

    static NDArray Loss(Network m, NDArray x, NDArray y) => Mean(Square(MatMul(Tanh(MatMul(x, m.W1) + m.B1), m.W2) + m.B2 - y));

    static (Network, Momentum, NDArray) Step(Network m, Momentum s, NDArray x, NDArray y)
    {
        var (loss, grad) = ValueAndGrad<Network, NDArray, NDArray>(Loss)(m, x, y);
        var average = Tree.Map((a, g) => 0.9f * a + g, s.Average, grad);
        return (Tree.Map((w, a) => w - 0.01f * a, m, average), new(average, s.Count + 1), loss);
    }

    static (Network, Momentum, NDArray X, NDArray Y) Start()
    {
        var keys = new RandomKey(1).Split(4);
        NDArray Normal(int k, params ReadOnlySpan<int> shape) => keys[k].Normal(Shape.Create(shape), DType.Float32);
        var m = new Network(Normal(0, 300, 200) / 17f, Normal(1, 200), Normal(2, 200, 100) / 14f, Zeros([100], DType.Float32));
        return (m, new(Tree.Map(w => w * 0, m), 0.0), Normal(3, 64, 300), Ones([64, 100], DType.Float32));
    }

    [Theory, MemberData(nameof(DisposalTests.DeviceNames), MemberType = typeof(DisposalTests))]
    public void A_training_step_gives_what_it_gives_without_donation(string device)
    {
        using var scope = Devices.Named(device).Use();
        var (m, s, x, y) = Start();
        var (n, t, _, _) = Start();
        var plain = Jit((Network m, Momentum s, NDArray x, NDArray y) => Step(m, s, x, y));
        var donating = Jit((Network m, Momentum s, NDArray x, NDArray y) => Step(m, s, x, y), donate: [0, 1]);
        for (var i = 0; i < 5; i++)
        {
            (m, s, var expected) = plain(m, s, x, y);
            (n, t, var loss) = donating(n, t, x, y);
            Assert.Equal(Blocks.Bytes(expected), Blocks.Bytes(loss));
        }
        Assert.Equal(Tree.Leaves((m, s)).Select(Blocks.Bytes), Tree.Leaves((n, t)).Select(Blocks.Bytes));
        Assert.Empty(written.ToString());
    }

    [Fact]
    public void A_training_step_updates_its_parameters_in_place_and_allocates_nothing_large()
    {
        using var cpu = CpuDevice.Instance.Use();
        var (m, s, x, y) = Start();
        var step = Jit((Network m, Momentum s, NDArray x, NDArray y) => Step(m, s, x, y), donate: [0, 1]);
        NDArray[] Matrices() => [m.W1, m.W2, s.Average.W1, s.Average.W2];
        (m, s, _) = step(m, s, x, y);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var (places, inUse) = (Matrices().Select(Blocks.Of).ToArray(), NativePool.BytesInUse);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            (m, s, _) = step(m, s, x, y);
            Assert.Equal(places, Matrices().Select(Blocks.Of));
        }
        // What other tests left may be collected meanwhile.
        Assert.InRange(NativePool.BytesInUse, 0, inUse);
        // Small arrays and the objects around the large ones.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - allocated) / 100, 0, 10_000);
    }

    [Fact]
    public void The_plan_of_buffers_has_donated_arguments_in_it()
    {
        var (m, s, x, y) = Start();
        ProgramMemory Of(ReadOnlySpan<int> donate) =>
            Jit((Network m, Momentum s, NDArray x, NDArray y) => Step(m, s, x, y), donate).Lower(m, s, x, y).Memory;
        var (plain, donating) = (Of([]), Of([0, 1]));
        var matrices = 2 * (m.W1.Aval.ByteSize + m.W2.Aval.ByteSize);
        Assert.Equal(plain.ArgumentBytes, donating.ArgumentBytes);
        Assert.Equal(plain.ResultBytes - matrices, donating.ResultBytes);
        Assert.True(donating.LowerBoundBytes < plain.LowerBoundBytes);
        Assert.InRange((double)donating.PeakBytes / donating.LowerBoundBytes, 1, 1.1);
        var kernels = Jit((x, y) => x + 2 * y, donate: [1]).Lower(Ones(Large), Ones(Large)).Kernels;
        Assert.StartsWith("program(%0:f64[10000], donated %1:f64[10000])", kernels, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(DisposalTests.DeviceNames), MemberType = typeof(DisposalTests))]
    public void A_donated_array_has_no_values_and_the_error_names_the_argument_of_the_call(string device)
    {
        using var scope = Devices.Named(device).Use();
        var (m, s, x, y) = Start();
        static (Network, NDArray) Train(Network net, NDArray batch) => (Tree.Map(w => w * 2, net), Sum(batch));
        Jit((Network net, NDArray batch) => Train(net, batch), donate: [0])(m, x);
        foreach (var (leaf, path) in new[] { (m.W1, "net.W1"), (m.B2, "net.B2") })
        {
            Assert.True(leaf.IsReleased);
            Message.Says<ReleasedArrayException>(
                () => leaf + 1,
                leaf.Aval.ToString(),
                "donated",
                "lambda in A_donated_array",
                path,
                "result of that call"
            );
            leaf.Dispose();
            Message.Says<ReleasedArrayException>(() => leaf.ToString(), path);
            Message.Says<ReleasedArrayException>(() => Jit(v => v, donate: [0])(leaf), path);
        }
        Assert.False(x.IsReleased);
        static NDArray Twice(NDArray v) => v * 2;
        var f = Jit(Twice, donate: [0]).Lower(x).Compile();
        f(x);
        Message.Says<ReleasedArrayException>(() => x + 1, "a call of Twice, as its argument v");
    }

    [Theory]
    [InlineData(Large)]
    [InlineData(3)]
    public void An_array_that_the_same_call_needs_elsewhere_is_refused_before_anything_is_touched(int n)
    {
        NDArray x = Arange(n) * 0.5,
            y = Arange(n) * 2.0;
        var (first, second) = (Blocks.Bytes(x), Blocks.Bytes(y));
        static NDArray Both(NDArray a, NDArray b, NDArray c) => a + b * c;
        var f = Jit(Both, donate: [0, 1]);
        Message.Says<InvalidArgumentException>(() => f(x, x, y), "donated to a call of Both", "as a and b", "Copy");
        Message.Says<InvalidArgumentException>(() => f(y, x, y), "argument a", "as a and c", "Copy");
        var g = Jit((a, b) => a + b * x, donate: [0]);
        Message.Says<InvalidArgumentException>(() => g(x, y), "argument a", "captured", "Copy");
        NDArray gone = Ones(n);
        gone.Dispose();
        Message.Says<ReleasedArrayException>(() => f(x, y, gone), "disposed of");
        Message.Says<ReleasedArrayException>(() => f(x, gone, y), "disposed of");
        Message.Says<ReleasedArrayException>(() => f(gone, gone, gone), "disposed of");
        Assert.Equal(first, Blocks.Bytes(x));
        Assert.Equal(second, Blocks.Bytes(y));
        Agreement.Holds(x * x + x, f(Copy(x), Copy(x), x));
    }

    [Fact]
    public void Positions_are_checked()
    {
        static NDArray F(NDArray a, NDArray b) => a + b;
        Message.Says<InvalidArgumentException>(() => Jit(F, donate: [2]), "argument 2 of F", "has 2 (a, b)");
        Message.Says<InvalidArgumentException>(() => Jit(F, donate: [-1]), "argument -1 of F");
        Message.Says<InvalidArgumentException>(() => Jit(F, donate: [1, 1]), "twice");
        Agreement.Holds([2], Jit(F, donate: [])(Ones(1), Ones(1)));
    }

    [Theory, MemberData(nameof(DisposalTests.DeviceNames), MemberType = typeof(DisposalTests))]
    public void What_shares_the_memory_of_a_donated_array_keeps_its_values(string device)
    {
        using var scope = Devices.Named(device).Use();
        NDArray x = Arange(Large) * 0.5,
            alias = Reshape(x, 100, 100);
        var expected = Blocks.Bytes(x);
        var f = Jit((NDArray a, NDArray b) => (a * 2, b.Reshape(Large) + 1), donate: [0]);
        var (twice, next) = f(x, alias);
        Assert.Equal(expected, Blocks.Bytes(alias));
        Agreement.Holds(alias.Reshape(Large) * 2, twice);
        Agreement.Holds(alias.Reshape(Large) + 1, next);
        // Both donated.
        var (u, v) = (alias.Reshape(Large), alias.Reshape(200, 50));
        Agreement.Holds(alias.Reshape(Large) * 2, Jit((a, b) => a + b.Reshape(Large), donate: [0, 1])(u, v));
        Assert.Equal(expected, Blocks.Bytes(alias));
        // A program that has the array as a constant of its own.
        NDArray w = Arange(Large) * 0.5;
        var program = Jit(a => a + w).Lower(Ones(Large)).Jaxpr;
        Jit(a => a * 2, donate: [0])(w);
        Assert.Equal(expected, Blocks.Bytes(program.Evaluate(Zeros(Large))[0]));
    }

    [Theory, MemberData(nameof(DisposalTests.DeviceNames), MemberType = typeof(DisposalTests))]
    public void A_donated_argument_may_be_returned_dropped_or_given_back_twice(string device)
    {
        using var scope = Devices.Named(device).Use();
        NDArray x = Arange(Large) * 0.5,
            y = Arange(Large) * 1.0;
        var expected = Blocks.Bytes(x);
        var place = Blocks.Of(x);
        for (var i = 0; i < 3; i++)
            (x, y) = Jit((NDArray a, NDArray b) => (a, a + b), donate: [0, 1])(x, y);
        Assert.Equal(place, Blocks.Of(x));
        Assert.Equal(expected, Blocks.Bytes(x));
        var (p, q, r) = Jit((NDArray a) => (a, a.Reshape(100, 100), a), donate: [0])(x);
        p.Dispose();
        Assert.Equal(expected, Blocks.Bytes(q));
        Assert.Equal(expected, Blocks.Bytes(r));
        var s = Jit((a, b) => b * 2, donate: [0])(r, q);
        Message.Says<ReleasedArrayException>(() => r + 1, "argument a");
        Agreement.Holds(2 * q, s);
        Agreement.Holds([], Jit(a => a * 2, donate: [0])(Zeros(0)));
        Agreement.Holds([6], Jit(a => a * 2, donate: [0])(3.0));
    }

    [Fact]
    public void Numbers_written_in_C_sharp_are_not_donated()
    {
        NDArray rate = 0.1;
        var f = Jit((a, b) => a * b, donate: [0, 1]);
        Agreement.Holds([0.1], f(Ones(1), rate));
        Agreement.Holds([0.1], f(Ones(1), rate));
    }

    [Fact]
    public void Nothing_is_donated_where_the_function_is_traced()
    {
        var f = Jit(x => x * x, donate: [0]);
        NDArray x = Arange(Large) * 1e-3;
        Agreement.Holds(2 * x, Grad(v => Sum(f(v)))(x));
        Agreement.Holds(2 * x, Vjp(f, x).Pullback(Ones(Large)));
        Agreement.Holds(x * x, Vmap(f)(x));
        Agreement.Holds(x * x, Jit(v => f(v))(x));
        Agreement.Holds(x * x + x, Jit(v => f(v) + v)(x));
        Agreement.Holds(x * x, ForiLoop(0, 1, (_, c) => f(c), x));
        // A value that is known is not donated either while another one is traced.
        Agreement.Holds(x * x, Grad(v => Sum(v * f(x)))(x));
        Assert.False(x.IsReleased);
        // Donation at the outside, with traced donation inside.
        Agreement.Holds(Copy(x) * 4, Jit(Grad(v => Sum(f(v) + f(v))), donate: [0])(Copy(x)));
    }

    [Fact]
    public void Memory_that_no_result_can_use_is_told_once()
    {
        static NDArray Total(NDArray v, NDArray w) => Sum(v) + Sum(w);
        var f = Jit(Total, donate: [0, 1]);
        f(Ones(Large), Asarray(new[] { 1.0 }));
        f(Ones(20), Asarray(new[] { 1.0 }));
        var warnings = written.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var warning = Assert.Single(warnings);
        foreach (var part in new[] { "warning: ", "Total", "v f64[10000]", "donated", "only given back" })
            Assert.Contains(part, warning, StringComparison.Ordinal);
        Assert.DoesNotContain("w f64", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_threads_that_donate_one_array_one_wins()
    {
        var f = Jit(x => x + 1, donate: [0]);
        f(Ones(Large));
        for (var i = 0; i < 300; i++)
        {
            var x = Full([Large], (double)i);
            using var start = new Barrier(3);
            var won = await Task.WhenAll(
                Enumerable
                    .Range(0, 3)
                    .Select(_ =>
                        Task.Run(() =>
                        {
                            start.SignalAndWait();
                            try
                            {
                                return f(x).ToArray<double>().All(v => v == i + 1);
                            }
                            catch (ReleasedArrayException e)
                            {
                                Assert.Contains("argument x", e.Message, StringComparison.Ordinal);
                                return (bool?)null;
                            }
                        })
                    )
            );
            Assert.Equal(true, Assert.Single(won, w => w is not null));
        }
    }

    [Fact]
    public async Task Who_reads_an_array_that_is_donated_meanwhile_reads_all_of_it_or_is_told()
    {
        var (sum, f) = (Jit(x => Sum(x)), Jit(x => x * 0 - 1, donate: [0]));
        sum(f(Ones(50_000)));
        var whole = 0;
        for (var i = 0; i < 300; i++)
        {
            var x = Full([50_000], (double)i);
            using var start = new Barrier(2);
            var reading = Task.Run(() =>
            {
                start.SignalAndWait();
                try
                {
                    for (; ; Interlocked.Increment(ref whole))
                        Assert.Equal(50_000.0 * i, (double)sum(x));
                }
                catch (ReleasedArrayException) { }
            });
            start.SignalAndWait();
            Thread.SpinWait(i * 10);
            Assert.All(f(x).ToArray<double>(), v => Assert.Equal(-1, v));
            await reading;
        }
        Assert.True(whole > 0, "nobody was ever in time");
    }
}
