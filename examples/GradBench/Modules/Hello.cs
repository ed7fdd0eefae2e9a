namespace Autodiff.GradBench;

/// <summary>A number squared, and its derivative.</summary>
static class Hello
{
    public static Module Module { get; } =
        new() { ["square"] = Function.Of((NDArray x) => Square(x)), ["double"] = Function.Of((NDArray x) => Grad(Square)(x)) };
}
