using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>Lanes of one batch must not disturb each other, also where they share a constant.</summary>
public class LaneTests
{
    static readonly double[] Starts = [3, 0, 1, 2];

    static NDArray CountDown(Flow flow, NDArray c, NDArray x) => flow.While(y => y > 0, y => y - c * 1 / (y / y), x);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_shared_constant_gets_nothing_from_lanes_that_divide_by_zero(int order)
    {
        Func<NDArray, NDArray> batch = c => Sum(Vmap((NDArray x) => CountDown(Flow.Primitives, c, x))(Starts)) * c;
        Func<NDArray, NDArray> lanes = c => Starts.Select(x => CountDown(Flow.Plain, c, x)).Aggregate(Add) * c;
        for (var i = 0; i < order; i++)
            (batch, lanes) = (Grad(batch), Grad(lanes));
        Agreement.Holds(lanes(1.0), batch(1.0));
    }

    [Fact]
    public void Trip_counts_may_vary_along_both_axes_of_nested_vmaps()
    {
        double[] scales = [0.2, 1.5, 9],
            starts = [1.1, 2, 5, 40];
        NDArray Run(Flow flow, NDArray a, NDArray x) =>
            flow.While(y => y < 20 * a, y => y * y + a * x + flow.While(z => z < 6 * x, z => z * 1.5 + a, x), x);
        double[] Each(Func<double, double, NDArray> f) => [.. scales.SelectMany(a => starts.Select(x => (double)f(a, x)))];
        Func<NDArray, NDArray> OfScale(Flow flow, NDArray x) => a => Run(flow, a, x);
        Func<NDArray, NDArray> OfStart(Flow flow, NDArray a) => x => Run(flow, a, x);

        NDArray Both(Func<NDArray, NDArray, NDArray> f) => Vmap((NDArray a) => Vmap((NDArray x) => f(a, x))(starts))(scales).Reshape(-1);
        Agreement.Holds(Each((a, x) => Run(Flow.Plain, a, x)), Both((a, x) => Run(Flow.Primitives, a, x)));
        Agreement.Holds(Each((a, x) => Grad(OfStart(Flow.Plain, a))(x)), Both((a, x) => Grad(OfStart(Flow.Primitives, a))(x)));
        Agreement.Holds(Each((a, x) => Grad(OfScale(Flow.Plain, x))(a)), Both((a, x) => Grad(OfScale(Flow.Primitives, x))(a)));
        Agreement.Holds(
            Each((a, x) => Grad(Grad(OfScale(Flow.Plain, x)))(a)),
            Both((a, x) => Jit(Grad(Grad(OfScale(Flow.Primitives, x))))(a))
        );
    }

    [Fact]
    public void What_a_loop_of_no_trips_would_divide_by_is_never_computed()
    {
        // Hoisted out of the loop, log 0 would be -inf, its derivative inf, and 0 · inf NaN.
        static NDArray F(NDArray c) => WhileLoop(y => y > 0, y => y * Log(c), 0 * c - 1);
        Agreement.Holds([0], Grad(F)(0.0));
        Agreement.Holds([0], Grad(Grad(F))(0.0));
        static NDArray Counted(NDArray c) => ForiLoop(0, AsType(c, DType.Int64), (_, y) => y * Log(c), 0 * c - 1);
        Agreement.Holds([0], Grad(Grad(Counted))(0.0));
    }

    [Fact]
    public void Branches_that_no_lane_takes_are_not_run()
    {
        // It would never end.
        var f = Vmap((NDArray x) => Cond(x > 100, a => WhileLoop(w => w < 1e9, w => w * 0 + a * 0, a), a => a + 1, x));
        Agreement.Holds([2, 3], f(new[] { 1.0, 2 }));
    }

    [Fact]
    public void A_batch_of_no_lanes_ends_at_once()
    {
        var f = Vmap((NDArray x) => WhileLoop(y => y < 100, y => y * 0, x));
        Assert.Equal([0], f(Zeros(0)).Shape);
    }

    /// <summary>Many lanes run in blocks, the last of which may not be full, and lanes that carry vectors one by one.</summary>
    [Theory]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(100)]
    [InlineData(1000)]
    public void Blocks_of_lanes_give_what_the_lanes_give(int size)
    {
        NDArray shared = 0.9;
        NDArray OfScalars(NDArray x) =>
            WhileLoop(s => s.Y < 9, s => (s.Y + shared + 0.3 * Sin(s.Y * x), s.Count + 1), init: (Y: x, Count: (NDArray)0)).Y;
        NDArray OfVectors(NDArray v) => Sum(WhileLoop(y => Sum(y) > 1, y => y * shared + 0.001 * Sin(y), v * v));
        NDArray OfBoth(NDArray v) => OfScalars(v[0]) * OfVectors(v) + WhileLoop(y => y < v[1], y => y + OfScalars(y), init: v[0]);
        var key = new RandomKey(size);
        var (scalars, vectors) = (key.Uniform([size], -1, 3), key.Uniform([size, 9], -1, 3));
        foreach (var (f, xs) in new (Func<NDArray, NDArray>, NDArray)[] { (OfScalars, scalars), (OfVectors, vectors), (OfBoth, vectors) })
        {
            Assert.True((bool)AllClose(Map(f, xs), Vmap(f)(xs), 1e-12, 1e-12));
            Assert.True((bool)AllClose(Map(f, xs), Jit(Vmap(f))(xs), 1e-12, 1e-12));
            Assert.True((bool)AllClose(Map(Grad(f), xs), Jit(Grad(x => Vmap(f)(x).Sum()))(xs), 1e-9, 1e-9));
            Assert.True((bool)AllClose(Map(Grad(f), xs), Jit(Vmap(Grad(f)))(xs), 1e-9, 1e-9));
        }
    }

    [Fact]
    public void A_block_waits_for_its_own_lanes_only()
    {
        var steps = MakeJaxpr(Vmap(x => WhileLoop(y => y < 9, y => y * 2, x)), Ones(1000)).Equations;
        var scan = Assert.IsType<ScanPrimitive>(Assert.Single(steps, e => e.Primitive is ScanPrimitive).Primitive);
        Assert.Equal(16, scan.Length);
        // A product takes all lanes at once, and so does what is not more than a block.
        var w = Ones(3, 3);
        Assert.DoesNotContain(
            MakeJaxpr(Vmap(x => WhileLoop(y => Sum(y) < 9, y => Dot(w, y), x)), Ones(1000, 3)).Equations,
            e => e.Primitive is ScanPrimitive
        );
        Assert.DoesNotContain(
            MakeJaxpr(Vmap(x => WhileLoop(y => y < 9, y => y * 2, x)), Ones(64)).Equations,
            e => e.Primitive is ScanPrimitive
        );
    }
}
