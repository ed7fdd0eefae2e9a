namespace Autodiff.Benchmarks;

/// <summary>The figures in the order in which they are measured.</summary>
static class AllFigures
{
    internal static IEnumerable<Figure> Of(Sizes sizes) =>
        [
            .. MapFigures.Of(sizes.Maps),
            .. RowFigures.Of(sizes),
            .. ScalarLoopFigures.Of(sizes),
            .. VectorCarryFigures.Of(sizes),
            .. LaneFigures.Of(sizes),
            .. ProductFigures.Of(sizes),
            .. FusedProductFigures.Of(sizes),
            .. NetworkFigures.Of(sizes),
            .. CallFigures.Of(sizes),
            .. CompileFigures.Of(sizes),
            .. MemoryFigures.Of(sizes),
            // Last: after arrays of hundreds of megabytes the pool of memory is slow to hand out small ones again.
            .. MapFigures.Of(sizes.LargeMap),
        ];
}
