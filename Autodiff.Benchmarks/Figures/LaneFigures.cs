namespace Autodiff.Benchmarks;

/// <summary>While loops of many lanes, each of which ends on its own.</summary>
static unsafe class LaneFigures
{
    const double Target = 1.15;

    internal static IEnumerable<Figure> Of(Sizes sizes)
    {
        var (side, lanes) = (sizes.Grid, sizes.Lanes);
        return
        [
            new($"Mandelbrot set, {side}×{side}, Vmap of Vmap of WhileLoop", "loop", Unit.Milliseconds, Target, () => Mandelbrot(side)),
            new(
                $"Vmap of Grad of WhileLoop, {Sizes.Short(lanes)} lanes of a scalar",
                "loop forwards and backwards",
                Unit.Milliseconds,
                Target,
                () => Speeds(lanes, f => Vmap(f))
            ),
            new(
                $"Map of Grad of WhileLoop, {Sizes.Short(lanes)} elements",
                "loop forwards and backwards",
                Unit.Milliseconds,
                Target,
                () => Speeds(lanes, f => x => Map(f, x))
            ),
        ];
    }

    static Contest Mandelbrot(int side)
    {
        NDArray Count(NDArray x, NDArray y) =>
            WhileLoop(
                z => LogicalAnd(z.X * z.X + z.Y * z.Y < 4, z.Count < LaneLoops.MostSteps),
                z => (z.X * z.X - z.Y * z.Y + x, 2 * z.X * z.Y + y, z.Count + 1),
                init: (X: Zeros(), Y: Zeros(), Count: Asarray(0))
            ).Count;
        var (xs, ys) = ((ConcreteArray)LinSpace(-2.0, 0.5, side), (ConcreteArray)LinSpace(-1.25, 1.25, side));
        var jitted = Jit((NDArray xs, NDArray ys) => Vmap((NDArray y) => Vmap((NDArray x) => Count(x, y))(xs))(ys));
        NDArray ByHand()
        {
            var counts = ConcreteArray.Allocate(new(DType.Int64, [side, side]));
            fixed (
                byte* x = &xs.Buffer.First,
                    y = &ys.Buffer.First,
                    to = &counts.Buffer.First
            )
                LaneLoops.Mandelbrot((double*)x, side, (double*)y, side, (long*)to);
            return counts;
        }
        // A step that is rounded otherwise may take a point across the border: hardly any is that near.
        return Contest.Between(() => jitted(xs, ys), ByHand, 0) with
        {
            Check = () =>
                (long)Sum(jitted(xs, ys) != ByHand()) is var different && different > side * side / 10_000
                    ? $"{different} of {side * side} points differ"
                    : null,
        };
    }

    static Contest Speeds(int lanes, Func<Func<NDArray, NDArray>, Func<NDArray, NDArray>> vectorize)
    {
        NDArray FinalSpeed(NDArray friction) =>
            WhileLoop(
                s => s.Position < 100,
                s => (s.Position + 0.1 * s.Speed, s.Speed + 0.1 * (3 - friction * s.Speed)),
                init: (Position: Zeros(), Speed: Ones())
            ).Speed;
        var (friction, jitted) = (LinSpace(0.05, 0.6, lanes), Jit(vectorize(Grad(FinalSpeed))));
        return Contest.Between(() => jitted(friction), () => Arrays.Map<double>(LaneLoops.SpeedGradient, friction), 1e-9);
    }
}
