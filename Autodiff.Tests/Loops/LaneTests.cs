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
}
