namespace Autodiff;

/// <summary>
/// How a vectorised reduction is cut to find a position: a piece that is repeated for every block, if there are several, and those that are
/// left.
/// </summary>
sealed record PositionPlan(Piece? Repeated, int Blocks, Piece[] Rest)
{
    // Elements that stay in the first cache until they are searched.
    const long BlockElements = 2048;

    /// <summary>Where what is left starts.</summary>
    internal long RestStart => Repeated is { } p ? Blocks * p.Count * p.Step : 0;

    internal Piece[] Pieces => Repeated is { } p ? [p, .. Rest] : Rest;

    internal static PositionPlan Of(VectorPlan vectors)
    {
        var first = vectors.Pieces[0];
        var perBlock = Math.Max(1, BlockElements / first.Step);
        if (first.Count < 2 * perBlock)
            return new(null, 0, vectors.Pieces);
        var (blocks, left) = Math.DivRem(first.Count, perBlock);
        var rest = vectors.Pieces[1..];
        if (left > 0)
            rest = [first with { Start = blocks * perBlock * first.Step, Count = left }, .. rest];
        return new(first with { Count = perBlock }, (int)blocks, rest);
    }
}
