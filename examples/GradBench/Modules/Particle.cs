namespace Autodiff.GradBench;

/// <summary>
/// Where to put one of two charges so that a particle which they repel comes down at the origin. There is a gradient in the loop that moves
/// the particle, and another through that loop.
/// </summary>
static partial class Particle
{
    const double TimeStep = 0.1;

    public static Module Module { get; } =
        new()
        {
            ["ff"] = Function.Of((Input i) => Solve(i.W, GradientDescent.Forward, GradientDescent.Forward)),
            ["fr"] = Function.Of((Input i) => Solve(i.W, GradientDescent.Forward, GradientDescent.Reverse)),
            ["rf"] = Function.Of((Input i) => Solve(i.W, GradientDescent.Reverse, GradientDescent.Forward)),
            ["rr"] = Function.Of((Input i) => Solve(i.W, GradientDescent.Reverse, GradientDescent.Reverse)),
        };

    [PyTree]
    internal sealed partial record Input(NDArray W);

    [PyTree]
    internal sealed partial record State(NDArray Position, NDArray Velocity);

    internal static NDArray Solve(NDArray start, Gradient ofMiss, Gradient ofPotential) =>
        GradientDescent.ArgMin(w => SquaredMiss(w, ofPotential), start, ofMiss);

    /// <summary>The square of the place where the particle crosses the horizontal axis.</summary>
    internal static NDArray SquaredMiss(NDArray w, Gradient gradient)
    {
        NDArray Potential(NDArray x) => 1 / Distance(x, [10, 10 - w]) + 1 / Distance(x, [10, 0]);
        var last = WhileLoop(
            s => s.Position[1] + TimeStep * s.Velocity[1] > 0,
            s => new(s.Position + TimeStep * s.Velocity, s.Velocity - TimeStep * gradient(Potential, s.Position)),
            new State([0.0, 8], [0.75, 0])
        );
        return Square(last.Position[0] - last.Position[1] / last.Velocity[1] * last.Velocity[0]);
    }

    static NDArray Distance(NDArray a, NDArray b) => Sqrt(Sum(Square(a - b)));
}
