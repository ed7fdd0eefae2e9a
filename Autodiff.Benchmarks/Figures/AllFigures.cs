namespace Autodiff.Benchmarks;

/// <summary>The figures in the order of the table.</summary>
static class AllFigures
{
    internal static IEnumerable<Figure> Of(Sizes sizes) =>
        [
            .. MapFigures.Of(sizes),
            .. RowFigures.Of(sizes),
            .. ScalarLoopFigures.Of(sizes),
            .. VectorCarryFigures.Of(sizes),
            .. ProductFigures.Of(sizes),
            .. NetworkFigures.Of(sizes),
            .. CallFigures.Of(sizes),
            .. CompileFigures.Of(sizes),
        ];
}
