namespace Autodiff.Benchmarks;

/// <summary>The numbers that both sides of a figure are given.</summary>
static class Inputs
{
    internal static readonly DType[] Floats = [DType.Float32, DType.Float64];

    /// <summary>Normally distributed numbers, the same for one seed.</summary>
    internal static NDArray Normal(int seed, DType type, params ReadOnlySpan<int> shape) =>
        new RandomKey(seed).Normal(Shape.Create(shape), type);

    /// <summary>The largest difference of results of one type, relative to the largest element, that rounding explains.</summary>
    internal static double Tolerance(DType type) => type == DType.Float32 ? 2e-6 : 1e-14;
}
