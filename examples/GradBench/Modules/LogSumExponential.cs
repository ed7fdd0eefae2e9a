namespace Autodiff.GradBench;

/// <summary>The logarithm of the sum of the exponentials of a vector's elements, safe from overflow.</summary>
static partial class LogSumExponential
{
    public static Module Module { get; } =
        new()
        {
            ["primal"] = Function.Of((Input input) => Primal(input.X)),
            ["gradient"] = Function.Of((Input input) => Grad(Primal)(input.X)),
        };

    [PyTree]
    internal sealed partial record Input(NDArray X);

    internal static NDArray Primal(NDArray x)
    {
        var largest = StopGradient(Max(x)); // a mere shift, on which the value does not depend
        return largest + Log(Sum(Exp(x - largest)));
    }
}
