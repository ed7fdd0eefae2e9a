namespace Autodiff.GradBench;

/// <summary>A saddle point: the x that minimises the maximum over y of a function, found by a search within a search, and that y.</summary>
static partial class Saddle
{
    public static Module Module { get; } =
        new()
        {
            ["ff"] = Function.Of((Input i) => Solve(i.Start, GradientDescent.Forward, GradientDescent.Forward)),
            ["fr"] = Function.Of((Input i) => Solve(i.Start, GradientDescent.Forward, GradientDescent.Reverse)),
            ["rf"] = Function.Of((Input i) => Solve(i.Start, GradientDescent.Reverse, GradientDescent.Forward)),
            ["rr"] = Function.Of((Input i) => Solve(i.Start, GradientDescent.Reverse, GradientDescent.Reverse)),
        };

    [PyTree]
    internal sealed partial record Input(NDArray Start);

    internal static NDArray Solve(NDArray start, Gradient outer, Gradient inner)
    {
        NDArray Highest(NDArray x) => Height(x, GradientDescent.ArgMax(y => Height(x, y), start, inner));
        var x = GradientDescent.ArgMin(Highest, start, outer);
        var y = GradientDescent.ArgMax(y => Height(x, y), start, inner);
        return Concatenate([x, y]);
    }

    internal static NDArray Height(NDArray x, NDArray y) => Sum(Square(x)) - Sum(Square(y));
}
