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

    /// <summary>
    /// What the first call of a training step takes longer than the second. Its arguments are copied from C#: nothing of the library was compiled
    /// for them.
    /// </summary>
    internal static double SecondsOfStep(Sizes sizes)
    {
        var (widths, count) = sizes.Network;
        NDArray Some(params int[] shape)
        {
            var numbers = new float[shape.Aggregate((a, b) => a * b)];
            for (var i = 0; i < numbers.Length; i++)
                numbers[i] = (i * 7919 % 1000 - 500) * 1e-4f;
            return FromSpan<float>(numbers, shape);
        }
        var net = new Network(
            Some(widths[0], widths[1]),
            Some(widths[1]),
            Some(widths[1], widths[2]),
            Some(widths[2]),
            Some(widths[2], widths[3]),
            Some(widths[3])
        );
        var (x, labels) = (Some(count, widths[0]), Some(count, widths[3]));
        var start = Stopwatch.GetTimestamp();
        var step = Jit((Network net, NDArray x, NDArray labels) => Network.Step(net, x, labels));
        step(net, x, labels);
        var first = Stopwatch.GetElapsedTime(start);
        start = Stopwatch.GetTimestamp();
        step(net, x, labels);
        return (first - Stopwatch.GetElapsedTime(start)).TotalSeconds;
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
        var weights = new (NDArray W, NDArray B)[count];
        for (var i = 0; i < count; i++)
            weights[i] = (Full([Width, Width], 0.01, DType.Float64), Zeros(Width));
        var x = Ones(Width, Width);
        NDArray Loss((NDArray W, NDArray B)[] layers, NDArray x) =>
            Sum(layers.Aggregate(x, (y, layer) => Tanh(MatMul(y, layer.W) + layer.B)));
        var start = Stopwatch.GetTimestamp();
        var gradient = Jit(Grad<(NDArray W, NDArray B)[], NDArray>(Loss));
        gradient(weights, x);
        var first = Stopwatch.GetElapsedTime(start);
        start = Stopwatch.GetTimestamp();
        gradient(weights, x);
        return (first - Stopwatch.GetElapsedTime(start)).TotalSeconds;
    }
}
