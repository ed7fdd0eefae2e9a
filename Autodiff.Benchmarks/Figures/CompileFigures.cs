using System.Diagnostics;

namespace Autodiff.Benchmarks;

/// <summary>How long it takes to trace, differentiate and compile.</summary>
static class CompileFigures
{
    const double LinearTarget = 1.5;
    const int Width = 32;

    internal static IEnumerable<Figure> Of(Sizes sizes)
    {
        var work = $"trace, differentiate and compile the step {string.Join("-", sizes.Network.Widths)}";
        yield return new(
            $"{work}, warm",
            null,
            Unit.Milliseconds,
            15,
            () => new(new MeasuredSide(() => SecondsOfStep(sizes)), null, () => null)
        );
        yield return new(
            $"{work}, first in a process",
            null,
            Unit.Milliseconds,
            150,
            () => new(new MeasuredSide(FirstCompile.InNewProcess), null, () => null)
        );
        var (few, more, many) = sizes.Layers;
        yield return Linear(many, few);
        yield return Linear(many, more);
    }

    /// <summary>The seconds to trace, differentiate and compile a training step.</summary>
    internal static double SecondsOfStep(Sizes sizes)
    {
        var (widths, count) = sizes.Network;
        var start = Stopwatch.GetTimestamp();
        Network.LowerStep(widths, count).Compile();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    static Figure Linear(int many, int few) =>
        new(
            $"trace, differentiate and compile {many} layers, time of one",
            $"of {few} layers",
            Unit.Microseconds,
            LinearTarget,
            () => new(new MeasuredSide(() => SecondsOfLayers(many) / many), new MeasuredSide(() => SecondsOfLayers(few) / few), () => null)
        );

    /// <summary>The same of the gradient, with respect to all weights, of so many layers tanh(x W + b) one after the other.</summary>
    static double SecondsOfLayers(int count)
    {
        static AbstractArray Like(params ReadOnlySpan<int> shape) => new(Shape.Create(shape), DType.Float64);
        static NDArray Loss((NDArray W, NDArray B)[] layers, NDArray x) =>
            Sum(layers.Aggregate(x, (y, layer) => Tanh(MatMul(y, layer.W) + layer.B)));
        var layers = new (NDArray W, NDArray B)[count];
        Array.Fill(layers, (Like(Width, Width), Like(Width)));
        var start = Stopwatch.GetTimestamp();
        Jit(Grad<(NDArray W, NDArray B)[], NDArray>(Loss)).Lower(layers, Like(Width, Width)).Compile();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
