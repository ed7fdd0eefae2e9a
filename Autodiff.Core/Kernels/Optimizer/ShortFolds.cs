namespace Autodiff;

/// <summary>
/// Writes sums and other folds of few terms out, where neighbouring results come from neighbouring elements: a map, which vectors compute as
/// fast, needs no loop for a result and can be computed where it is read. Nothing is stored between the two, which counts where a loop carries
/// a small state and each step waits for the one before it.
/// </summary>
sealed class ShortFolds(ProgramFacts facts)
{
    const int MostTerms = 8;

    // What costs more is better computed by one piece of code than by several.
    const int MostArithmetic = 4;
    const int MostLoads = 4;

    bool changed;

    internal static Program Run(Program program, ProgramFacts facts)
    {
        var pass = new ShortFolds(facts);
        var written = new Program(pass.Rewrite(program.Body));
        return pass.changed ? Inlining.Run(written, facts) : program;
    }

    Block Rewrite(Block block) => new(block.Parameters, Array.ConvertAll(block.Steps, Rewrite), block.Results);

    Step Rewrite(Step step)
    {
        if (step is not KernelStep { Kernel: { IsReduction: true } kernel } fold)
            return step.Rebuild(v => v, Rewrite);
        var kept = kernel.Space.Rank - kernel.ReducedAxes;
        if (
            Reduced(kernel).Size is 0 or > MostTerms
            || !Array.TrueForAll(kernel.Outputs, o => o.Fold.Combines)
            || !IsCheap(kernel)
            || !RunsAlong(kernel, kept - 1)
        )
            return step;
        changed = true;
        return WriteOut(fold, kept);
    }

    static Shape Reduced(Kernel kernel) => Shape.Create(kernel.Space.Dims[^kernel.ReducedAxes..]);

    static bool IsCheap(Kernel kernel) =>
        FusionCost.Of(kernel.Expressions) is { Arithmetic: <= MostArithmetic, Loads: <= MostLoads, Indexing: 0, Gathers: false };

    /// <summary>Whether elements that are neighbours along an axis lie side by side, or are one.</summary>
    static bool RunsAlong(Kernel kernel, int axis)
    {
        bool Has(Scalar index) => new[] { index }.Nodes().Any(n => n is AxisIndex a && a.Position == axis);
        return axis >= 0
            && kernel.Space[axis] > 1
            && kernel
                .Expressions.Nodes()
                .OfType<Element>()
                .All(e => e.Index is [] || !Array.Exists(e.Index[..^1], Has) && (e.Index[^1] is AxisIndex || !Has(e.Index[^1])));
    }

    KernelStep WriteOut(KernelStep step, int kept)
    {
        var kernel = facts.Operands.Open(step);
        var space = Shape.Create(kernel.Space.Dims[..kept]);
        var simplifier = facts.For(space);
        var reduced = Reduced(kernel);
        var strides = reduced.Strides();
        var terms = new Scalar[reduced.Size][];
        for (var t = 0; t < terms.Length; t++)
        {
            var at = strides.Select((stride, axis) => simplifier.Constant(DType.Int64, t / stride % reduced[axis])).ToArray();
            Scalar? Fix(Scalar leaf) => leaf is AxisIndex { Position: var axis } && axis >= kept ? at[axis - kept] : null;
            var done = new Dictionary<Scalar, Scalar>();
            terms[t] = Array.ConvertAll(kernel.Outputs, o => simplifier.Rewrite(o.Value, Fix, done));
        }
        var outputs = kernel.Outputs.Select(
            (o, i) => new KernelOutput(o.Type, Combine(o.Fold, Array.ConvertAll(terms, values => values[i]), simplifier))
        );
        return facts.Operands.Close(new(space, 0, [.. outputs]), step.Outputs);
    }

    static Scalar Combine(Fold fold, Scalar[] terms, ScalarSimplifier simplifier)
    {
        var type = terms[0].Type;
        Scalar Both(Scalar a, Scalar b) => simplifier.Apply(fold.Operation, type, a, b);
        // Chains of two or three terms, of which none waits for another.
        var parts = new Scalar[
            terms.Length switch
            {
                < 4 => 1,
                < 8 => 2,
                _ => 4,
            }
        ];
        // A sum starts with 0, so that it is never -0. That also lets its first product become a fused multiply-add.
        for (var i = 0; i < parts.Length; i++)
            parts[i] = fold == Fold.Add ? Both(simplifier.Constant(type, 0), terms[i]) : terms[i];
        for (var i = parts.Length; i < terms.Length; i++)
            parts[i % parts.Length] = Both(parts[i % parts.Length], terms[i]);
        while (parts.Length > 1)
            parts = [.. parts.Chunk(2).Select(pair => Both(pair[0], pair[1]))];
        return parts[0];
    }
}
