namespace Autodiff.GradBench;

/// <summary>How well the polynomial with coefficients x, lowest first, fits the sign function at n points of [−1, 1].</summary>
static partial class LeastSquares
{
    public static Module Module { get; } =
        new()
        {
            ["primal"] = Function.Of((Input input) => Misfit(input.X, input.N)),
            ["gradient"] = Function.Of((Input input) => Grad((NDArray x) => Misfit(x, input.N))(input.X)),
        };

    [PyTree]
    internal sealed partial record Input(NDArray X, [property: Static] int N);

    internal static NDArray Misfit(NDArray x, int n)
    {
        var t = LinSpace(-1.0, 1.0, n);
        return Sum(Square(Sign(t) - PolyVal(Flip(x), t))) / 2;
    }
}
