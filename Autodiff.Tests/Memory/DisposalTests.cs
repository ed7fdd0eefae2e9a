using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>Memory that is given back at once, and never while anybody reads it.</summary>
public class DisposalTests
{
    const int Large = 10_000;

    static readonly string[] Gone = ["f64[10000]", "no values any more", "disposed of"];

    [Theory, MemberData(nameof(DeviceNames))]
    public void A_result_that_is_disposed_of_makes_room_for_the_next(string device)
    {
        using var scope = Devices.Named(device).Use();
        var (x, f) = (Arange(Large) * 0.5, Jit(x => x * x + 1));
        NDArray expected = f(x);
        var places = new HashSet<nint>();
        for (var i = 0; i < 100; i++)
        {
            using var y = f(x);
            places.Add(Blocks.Of(y));
            Assert.Equal(Blocks.Bytes(expected), Blocks.Bytes(y));
        }
        // Other tests take and return blocks of the same size meanwhile.
        Assert.InRange(places.Count, 1, 10);
    }

    public static TheoryData<string> DeviceNames() => [.. Devices.All.Select(d => d.Name)];

    [Theory, MemberData(nameof(Uses))]
    public void Any_use_afterwards_is_an_error_that_says_so(string use)
    {
        NDArray x = Arange(Large) * 0.5;
        Assert.False(x.IsReleased);
        x.Dispose();
        Assert.True(x.IsReleased);
        x.Dispose();
        Message.Says<ReleasedArrayException>(() => UsesByName[use](x), Gone);
        Assert.Equal([Large], x.Shape.Dims.ToArray());
    }

    static readonly Dictionary<string, Func<NDArray, object?>> UsesByName = new()
    {
        ["eager"] = x => x + 1,
        ["reduced"] = x => Sum(x),
        ["jitted"] = x => Jit(v => v * 2)(x),
        ["captured"] = x => Jit(v => v * x)(Ones(Large)),
        ["lowered"] = x => Jit(v => v * x).Lower(Ones(Large)).Compile()(Ones(Large)),
        ["differentiated"] = x => Grad(v => Sum(v * x))(Ones(Large)),
        ["batched"] = x => Vmap(v => v * 2)(x),
        ["looped"] = x => ForiLoop(0, 3, (i, c) => c + x, Zeros(Large)),
        ["printed"] = x => x.ToString(),
        ["copied to C#"] = x => x.ToArray<double>(),
        ["copied"] = x => Copy(x),
        ["indexed"] = x => (double)x[3],
        ["reshaped"] = x => Reshape(x, 100, 100),
        ["compared"] = x => ArrayEqual(x, Ones(Large)),
    };

    public static TheoryData<string> Uses() => [.. UsesByName.Keys];

    [Fact]
    public void Small_arrays_are_no_exception()
    {
        NDArray x = new[] { 1.0, 2.0 };
        x.Dispose();
        Message.Says<ReleasedArrayException>(() => x * 2, "f64[2]", "disposed of");
        Message.Says<ReleasedArrayException>(() => Jit(v => v * 2)(x), "f64[2]", "disposed of");
        Message.Says<ReleasedArrayException>(() => x.ToString(), "f64[2]", "disposed of");
        Message.Says<ReleasedArrayException>(() => (double)x[0], "f64[2]", "disposed of");
    }

    [Fact]
    public void What_shares_the_memory_keeps_it()
    {
        NDArray x = Arange(Large) * 0.5,
            y = Reshape(x, 100, 100),
            z = Jit(v => v.Reshape(50, 200))(x);
        var expected = Blocks.Bytes(x);
        Assert.Equal(Blocks.Of(x), Blocks.Of(y));
        x.Dispose();
        y.Dispose();
        var others = Enumerable.Range(0, 10).Select(_ => Full([Large], -1.0)).ToArray();
        Assert.Equal(expected, Blocks.Bytes(z));
        GC.KeepAlive(others);
        z.Dispose();
        Message.Says<ReleasedArrayException>(() => z + 1, "disposed of");
    }

    [Theory, MemberData(nameof(DeviceNames))]
    public void An_argument_or_a_constant_that_is_given_back_is_an_array_of_its_own(string device)
    {
        using var scope = Devices.Named(device).Use();
        NDArray x = Arange(Large) * 0.5,
            captured = Ones(Large);
        var f = Jit((NDArray v) => (v, v, captured, v.Reshape(100, 100), v * 2, v * 2));
        var (expected, ones) = (Blocks.Bytes(x), Blocks.Bytes(captured));
        for (var i = 0; i < 3; i++)
        {
            var (a, b, c, d, e, g) = f(x);
            a.Dispose();
            c.Dispose();
            e.Dispose();
            Assert.Equal(expected, Blocks.Bytes(b));
            Assert.Equal(expected, Blocks.Bytes(d));
            Assert.Equal(expected, Blocks.Bytes(x));
            Assert.Equal(ones, Blocks.Bytes(captured));
            Agreement.Holds(x * 2, g);
            b.Dispose();
            d.Dispose();
            g.Dispose();
        }
        Agreement.Holds(x + captured, f(x).Item1 + 1);
    }

    [Fact]
    public void Numbers_and_stand_ins_have_nothing_to_give()
    {
        NDArray two = 2.0;
        two.Dispose();
        Assert.False(two.IsReleased);
        Assert.Equal(4, (double)(two * 2));
        new AbstractArray([3], DType.Float64).Dispose();
        // What is disposed of where it is computed may be traced as well.
        static NDArray F(NDArray x)
        {
            using var y = x * x;
            return Sum(y * x);
        }
        NDArray at = Arange(Large) * 1e-3;
        var (value, expected) = ((double)F(at), (double)Sum(at * at * at));
        Assert.Equal(expected, value, 1e-9 * expected);
        Assert.Equal(expected, (double)Jit(F)(at), 1e-9 * expected);
        Agreement.Holds(3 * at * at, Grad(F)(at));
        Agreement.Holds(3 * at * at, Jit(Grad(F))(at));
    }

    [Fact]
    public void Programs_keep_what_became_part_of_them()
    {
        NDArray weights = Arange(Large) * 0.5;
        var lowered = Jit(x => x * weights).Lower(Ones(Large)).Jaxpr;
        var expected = Blocks.Bytes(weights);
        weights.Dispose();
        Assert.Equal(expected, Blocks.Bytes(lowered.Evaluate(Ones(Large))[0]));
    }

    [Theory]
    [InlineData("sum")]
    [InlineData("copy")]
    [InlineData("eager")]
    [InlineData("returned")]
    public async Task Who_reads_when_an_array_is_disposed_of_reads_all_of_it(string reader)
    {
        var sum = Jit(x => Sum(x));
        var same = Jit(x => x);
        Func<NDArray, double> read = reader switch
        {
            "sum" => x => (double)sum(x),
            "copy" => x => x.ToArray<double>().Sum(),
            "eager" => x => (double)Sum(x + 1) - x.Size,
            _ => x => same(x).ToArray<double>().Sum(),
        };
        read(Ones(50_000));
        var (whole, late) = (0, 0);
        for (var i = 0; i < 300; i++)
        {
            var x = Full([50_000], (double)i);
            using var start = new Barrier(3);
            Task[] tasks =
            [
                Task.Run(() =>
                {
                    start.SignalAndWait();
                    Thread.SpinWait(i % 50 * 20);
                    x.Dispose();
                    // Whoever takes the block now writes over it.
                    for (var k = 0; k < 3; k++)
                        using (Full([50_000], -1.0)) { }
                }),
                .. Enumerable
                    .Range(0, 2)
                    .Select(_ =>
                        Task.Run(() =>
                        {
                            start.SignalAndWait();
                            try
                            {
                                Assert.Equal(50_000.0 * i, read(x));
                                Interlocked.Increment(ref whole);
                            }
                            catch (ReleasedArrayException)
                            {
                                Interlocked.Increment(ref late);
                            }
                        })
                    ),
            ];
            await Task.WhenAll(tasks);
        }
        Assert.Equal(600, whole + late);
        Assert.True(whole > 0, "nobody was ever in time");
    }

    [Fact]
    public async Task Many_threads_may_dispose_of_one_array()
    {
        for (var i = 0; i < 200; i++)
        {
            var (x, alias) = (Full([Large], 1.0), default(NDArray));
            alias = Reshape(x, 100, 100);
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(x.Dispose)));
            using var other = Full([Large], 2.0);
            Assert.Equal(Large, (double)Sum(alias));
        }
    }
}
