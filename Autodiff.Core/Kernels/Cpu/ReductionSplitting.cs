namespace Autodiff;

/// <summary>
/// Folds long stretches in parts, which threads can share, and then the parts. How it is cut depends on the sizes alone, so the order of
/// additions, and with it every bit of the result, does not depend on the number of threads.
/// </summary>
static class ReductionSplitting
{
    /// <summary>The most parts into which anything is cut that is folded.</summary>
    internal const int MostParts = 64;

    const int LeastElements = 4096;

    // With as many results there are loops enough to share as it is.
    const int FewResults = 16;

    internal static Program Run(Program program) => new(Rewrite(program.Body)) { Donated = program.Donated };

    static Block Rewrite(Block block) =>
        new(block.Parameters, [.. block.Steps.SelectMany(s => Split(s.Rebuild(v => v, Rewrite)))], block.Results);

    static IEnumerable<Step> Split(Step step)
    {
        if (step is not KernelStep { Kernel: { IsReduction: true } kernel } fold || Work.Of(kernel) < BlockEmitter.LeastRegion)
            return [step];
        var kept = kernel.Space.Rank - kernel.ReducedAxes;
        var results = kernel.Space.Dims[..kept].ToArray().Aggregate(1L, (size, d) => size * d);
        if (results > FewResults || kernel.Space.Size <= results || !Array.TrueForAll(kernel.Outputs, o => o.Fold.Combines))
            return [step];
        var axis = Enumerable.Range(kept, kernel.ReducedAxes).First(a => kernel.Space[a] > 1);
        var extent = kernel.Space[axis];
        var rowElements = Math.Max(1, kernel.Space.Size / extent);
        var parts = (int)Math.Min(MostParts, extent / Math.Max(1, LeastElements / rowElements));
        return parts < 2 ? [step] : Split(fold, axis, parts);
    }

    static IEnumerable<Step> Split(KernelStep step, int axis, int parts)
    {
        var kernel = step.Kernel;
        var (length, rest) = Math.DivRem(kernel.Space[axis], parts);
        // The parts are the first axis, those that stay follow: [parts, kept…, length, reduced…].
        var partial = FoldOver(
            step,
            kernel.Space.Replace(axis, length).Prepend(parts),
            position => Scalar.Axis(position + 1) + (position == axis ? Scalar.Axis(0) * Scalar.Constant(length) : Scalar.Constant(0)),
            type => type.Batched(parts)
        );
        yield return partial;
        var tail =
            rest == 0
                ? null
                : FoldOver(
                    step,
                    kernel.Space.Replace(axis, rest),
                    position => Scalar.Axis(position) + Scalar.Constant(position == axis ? (long)parts * length : 0),
                    type => type.Strong
                );
        if (tail is not null)
            yield return tail;

        var kept = kernel.Space.Rank - kernel.ReducedAxes;
        var space = Shape.Create([.. kernel.Space.Dims[..kept], parts]);
        Value[] sums = tail is null ? step.Outputs : [.. step.Outputs.Select(o => new Value(o.Type.Strong))];
        Scalar[] at = [Scalar.Axis(kept), .. Kernel.Indices(kept)];
        yield return new KernelStep(
            new(
                space,
                1,
                [
                    .. kernel.Outputs.Select(
                        (o, i) => new KernelOutput(o.Type, new Element(i, o.Type.DType, at[..(o.Type.Rank + 1)]), o.Fold)
                    ),
                ]
            ),
            partial.Outputs,
            sums
        );
        if (tail is not null)
            yield return new KernelStep(
                new(
                    Shape.Create(kernel.Space.Dims[..kept]),
                    0,
                    [.. kernel.Outputs.Select((o, i) => new KernelOutput(o.Type, Both(o, i, sums.Length + i)))]
                ),
                [.. sums, .. tail.Outputs],
                step.Outputs
            );
    }

    static KernelStep FoldOver(KernelStep step, Shape space, Func<int, Scalar> axis, Func<Aval, Aval> result)
    {
        var rewrite = Scalar.Rewriting((node, _) => node is AxisIndex a ? axis(a.Position) : null);
        var outputs = Array.ConvertAll(step.Kernel.Outputs, o => new KernelOutput(result(o.Type), rewrite(o.Value), o.Fold));
        return new(new(space, step.Kernel.ReducedAxes, outputs), step.Inputs, [.. outputs.Select(o => new Value(o.Type))]);
    }

    static Scalar Both(KernelOutput output, int a, int b) =>
        Kernel.ElementAt(a, output.Type).Binary(output.Fold.Operation, Kernel.ElementAt(b, output.Type));
}
