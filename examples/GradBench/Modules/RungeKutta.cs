namespace Autodiff.GradBench;

/// <summary>The solution at time 2 of y₀′ = x₀, yᵢ′ = xᵢ·yᵢ₋₁ with y(0) = 0, by s Runge–Kutta steps.</summary>
static partial class RungeKutta
{
    public static Module Module { get; } =
        new()
        {
            ["primal"] = Function.Of((Input input) => Solve(input.X, input.S)),
            ["gradient"] = Function.Of((Input input) => Grad((NDArray x) => Solve(x, input.S)[^1])(input.X)),
        };

    [PyTree]
    internal sealed partial record Input(NDArray X, [property: Static] int S);

    internal static NDArray Solve(NDArray x, int steps)
    {
        var h = 2.0 / steps;
        NDArray Slope(NDArray y) => x * Concatenate([Ones(1), y[..^1]]);
        NDArray Step(NDArray y)
        {
            var k1 = Slope(y);
            var k2 = Slope(y + h / 2 * k1);
            var k3 = Slope(y + h / 2 * k2);
            var k4 = Slope(y + h * k3);
            return y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
        }
        return ForiLoop(0, steps, (_, y) => Step(y), ZerosLike(x));
    }
}
