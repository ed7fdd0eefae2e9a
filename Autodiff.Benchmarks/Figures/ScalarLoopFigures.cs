namespace Autodiff.Benchmarks;

/// <summary>Loops whose carries are scalars, which should stay in registers; and their gradients.</summary>
static partial class ScalarLoopFigures
{
    const double Target = 1.15;
    const double TimeStep = 1e-3;

    [PyTree]
    internal sealed partial record Body(NDArray X, NDArray Y, NDArray Z, NDArray U, NDArray V, NDArray W);

    internal static IEnumerable<Figure> Of(Sizes sizes) =>
        [
            .. Sine($"c ← 0.9 sin c + εi, {Sizes.Short(sizes.ScalarSteps)} steps", sizes.ScalarSteps),
            .. Logistic($"logistic map, {Sizes.Short(sizes.ScalarSteps)} steps", sizes.ScalarSteps),
            .. Orbit($"Euler orbit of 6 scalars, {Sizes.Short(sizes.OrbitSteps)} steps", sizes.OrbitSteps),
        ];

    static IEnumerable<Figure> Sine(string work, int steps)
    {
        var (c, epsilon) = (0.5, 1.0 / steps);
        NDArray F((NDArray C, NDArray Epsilon) s) => ForiLoop(0, steps, (i, c) => 0.9 * Sin(c) + s.Epsilon * i, s.C);
        return Pair(work, F, () => (Asarray(c), Asarray(epsilon)), () => ScalarLoops.SineCarry(c, epsilon, steps));
    }

    // With r = 1 the state falls like 1/i and the derivative like 1/i²: neither overflows, as where it is chaotic, nor becomes denormal.
    static IEnumerable<Figure> Logistic(string work, int steps)
    {
        var (x, r) = (0.3, 1.0);
        NDArray F((NDArray X, NDArray R) s) => ForiLoop(0, steps, (_, x) => s.R * x * (1 - x), s.X);
        return Pair(work, F, () => (Asarray(x), Asarray(r)), () => ScalarLoops.Logistic(x, r, steps));
    }

    static IEnumerable<Figure> Orbit(string work, int steps)
    {
        var start = (X: 1.0, Y: 0.1, Z: 0.2, U: 0.1, V: 0.9, W: 0.3);
        Body Step(NDArray i, Body b)
        {
            var square = b.X * b.X + b.Y * b.Y + b.Z * b.Z;
            var pull = -TimeStep / (square * Sqrt(square));
            var (u, v, w) = (b.U + pull * b.X, b.V + pull * b.Y, b.W + pull * b.Z);
            return new(b.X + TimeStep * u, b.Y + TimeStep * v, b.Z + TimeStep * w, u, v, w);
        }
        Body F(Body body) => ForiLoop(0, steps, Step, body);
        Body Inputs() => new(start.X, start.Y, start.Z, start.U, start.V, start.W);
        NDArray[] ByHand()
        {
            var (x, y, z, u, v, w) = ScalarLoops.Orbit(start, TimeStep, steps);
            return [x, y, z, u, v, w];
        }
        yield return new(
            work,
            "loop",
            Unit.Milliseconds,
            Target,
            () =>
            {
                var (body, jitted) = (Inputs(), Jit<Func<Body, Body>>(F));
                return Contest.Between(() => Tree.Leaves(jitted(body)), ByHand, 1e-6);
            }
        );
        yield return GradientFigures.Of(work, Unit.Milliseconds, body => F(body).X, Inputs);
    }

    static IEnumerable<Figure> Pair(string work, Func<(NDArray, NDArray), NDArray> f, Func<(NDArray, NDArray)> inputs, Func<NDArray> byHand)
    {
        yield return new(
            work,
            "loop",
            Unit.Milliseconds,
            Target,
            () =>
            {
                var (x, jitted) = (inputs(), Jit(f));
                return Contest.Between(() => jitted(x), byHand, 1e-10);
            }
        );
        yield return GradientFigures.Of(work, Unit.Milliseconds, f, inputs);
    }
}
