namespace Autodiff.Benchmarks;

/// <summary>The memory of one call: arguments, results, constants and the buffer plan.</summary>
static class MemoryFigures
{
    const double Target = 1.1;

    internal static IEnumerable<Figure> Of(Sizes sizes)
    {
        var (widths, batch) = sizes.Network;
        yield return new(
            $"peak memory of the training step {string.Join("-", widths)}, batch {batch}",
            "the arrays alive at once",
            Unit.Kilobytes,
            Target,
            () =>
            {
                var memory = Network.LowerStep(widths, batch).Memory;
                return new(
                    new MeasuredSide(() => memory.PeakBytes),
                    new MeasuredSide(() => memory.LowerBoundBytes),
                    () => memory.PeakBytes < memory.LowerBoundBytes ? "less than the least" : null
                );
            }
        );
    }
}
