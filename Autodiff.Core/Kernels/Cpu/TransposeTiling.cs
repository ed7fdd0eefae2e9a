namespace Autodiff;

/// <summary>
/// Walks a map that reads across the rows of an operand, as a transpose does, in square tiles: each cache line is then used up while it is near.
/// </summary>
static class TransposeTiling
{
    const int LineBytes = 64;
    const int LeastBytes = 1 << 14;

    /// <summary>The kernel over tiles, or null if that would gain nothing.</summary>
    internal static Kernel? Tile(NestPlan nest)
    {
        var kernel = nest.Kernel;
        if (kernel.ReducedAxes > 0 || nest.Loops.Length < 2 || !Array.TrueForAll(kernel.Outputs, IsPlain))
            return null;
        var column = nest.Loops[^1].Axis;
        foreach (var element in nest.Order.OfType<Element>())
        {
            var tile = LineBytes / element.Type.Size;
            var place = nest.OffsetOf(element);
            var row = Array.FindIndex(place.Axes, c => c == 1);
            if (row < 0 || place.Axes[column] < tile || nest.OperandType(element.Operand).ByteSize < LeastBytes)
                continue;
            if (kernel.Space[row] % tile == 0 && kernel.Space[column] % tile == 0)
                return Tile(kernel, row, column, tile);
        }
        return null;
    }

    static bool IsPlain(KernelOutput output) => output is { Fold: Fold.Set, Into: null, Index: null, Guard: null, Prefix: false };

    static Kernel Tile(Kernel kernel, int row, int column, int tile)
    {
        var rank = kernel.Space.Rank;
        Scalar Tiled(int axis, int within) => Scalar.Axis(axis) * Scalar.Constant(tile) + Scalar.Axis(within);
        var (i, j) = (Tiled(row, rank), Tiled(column, rank + 1));
        Scalar? Replace(Scalar node) =>
            node is AxisIndex axis
                ? axis.Position == row
                    ? i
                    : axis.Position == column
                        ? j
                        : node
                : null;
        var rewrite = Scalar.Rewriting((node, _) => Replace(node));
        var space = kernel.Space.Replace(row, kernel.Space[row] / tile).Replace(column, kernel.Space[column] / tile);
        return new(
            space.Concat([tile, tile]),
            0,
            Array.ConvertAll(
                kernel.Outputs,
                o => new KernelOutput(o.Type, rewrite(o.Value)) { Index = Array.ConvertAll(Kernel.Indices(rank), a => rewrite(a)) }
            )
        );
    }
}
