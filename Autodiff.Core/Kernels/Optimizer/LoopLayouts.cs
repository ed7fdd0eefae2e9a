namespace Autodiff;

/// <summary>
/// Lays a matrix out by columns before a loop that multiplies vectors by it: its product with a vector then adds up columns, whole vectors of
/// results at once, where rows would each end in a sum across a vector.
/// </summary>
sealed class LoopLayouts(ProgramFacts facts)
{
    // To lay it out costs about two iterations, and memory.
    const int LeastIterations = 8;
    const long MostBytes = 4 << 20;

    readonly List<Level> levels = [];

    /// <summary>A loop around the steps in hand, what is defined in it, and what is to run before it.</summary>
    sealed class Level
    {
        internal HashSet<Value> Defined { get; } = [];
        internal List<Step> Before { get; } = [];
        internal Dictionary<Value, Value> Columns { get; } = [];
    }

    internal static Program Run(Program program, ProgramFacts facts) => new(new LoopLayouts(facts).Rewrite(program.Body));

    Block Rewrite(Block block)
    {
        Define(block.Parameters);
        var steps = new List<Step>();
        foreach (var step in block.Steps)
        {
            switch (step)
            {
                case LoopStep { Length: null or >= LeastIterations } loop:
                    var level = new Level();
                    levels.Add(level);
                    var rewritten = loop.Rebuild(v => v, Rewrite);
                    levels.Remove(level);
                    steps.AddRange([.. level.Before, rewritten]);
                    break;
                case KernelStep kernel when levels.Count > 0:
                    steps.Add(Rewrite(kernel));
                    break;
                case RoutineStep { Routine: MatMul { IsMatrixTimesVector: true } product } routine when levels.Count > 0:
                    steps.Add(
                        ColumnsOf(routine.Inputs[0]) is { } columns
                            ? new RoutineStep(product.Transposed(left: true, right: false), [columns, routine.Inputs[1]], routine.Outputs)
                            : routine
                    );
                    break;
                default:
                    steps.Add(step.Rebuild(v => v, Rewrite));
                    break;
            }
            Define(step.Outputs);
        }
        return new(block.Parameters, [.. steps], block.Results);
    }

    void Define(Value[] values)
    {
        foreach (var level in levels)
            level.Defined.UnionWith(values);
    }

    /// <summary>The matrix in the last two axes of a value, transposed before the outermost loop that does not define it; null if that does not pay.</summary>
    Value? ColumnsOf(Value matrix)
    {
        var type = matrix.Type;
        if (type.ByteSize > MostBytes || levels.Find(l => !l.Defined.Contains(matrix)) is not { } level)
            return null;
        if (level.Columns.TryGetValue(matrix, out var known))
            return known;
        var rank = type.Rank;
        var turned = type.Strong with { Shape = type.Shape.Transposed };
        var columns = new Value(turned);
        var kernel = Kernel.Map(turned, new Element(facts.Operands.Id(matrix), type.DType, Turn(Kernel.Indices(rank))));
        level.Before.Add(facts.Operands.Close(kernel, [columns]));
        return level.Columns[matrix] = columns;
    }

    static Scalar[] Turn(Scalar[] index) => [.. index[..^2], index[^1], index[^2]];

    /// <summary>A sum along the rows of a matrix, whose neighbouring results then come from neighbouring elements.</summary>
    KernelStep Rewrite(KernelStep step)
    {
        if (step is not { Kernel: { IsReduction: true, ReducedAxes: 1, Space.Rank: >= 2 } })
            return step;
        var kernel = facts.Operands.Open(step);
        var reduced = kernel.Space.Rank - 1;
        var elements = kernel.Expressions.Nodes().OfType<Element>().ToArray();
        var rows = elements.Where(e => IsRow(e, reduced)).ToArray();
        if (
            rows.Length == 0
            || !elements.All(e => IsRow(e, reduced) || !e.Index.Nodes().Any(n => n is AxisIndex a && a.Position == reduced - 1))
        )
            return step;
        var columns = rows.Select(e => e.Operand).Distinct().ToDictionary(o => o, o => ColumnsOf(facts.Operands[o]));
        if (columns.Values.Any(c => c is null))
            return step;
        var simplifier = facts.For(kernel.Space);
        var done = new Dictionary<Scalar, Scalar>();
        return facts.Operands.Close(
            kernel.WithValues(value =>
                simplifier.Rewrite(
                    value,
                    leaf =>
                        leaf is Element e && IsRow(e, reduced)
                            ? simplifier.Element(facts.Operands.Id(columns[e.Operand]!), e.Type, Turn(e.Index))
                            : null,
                    done
                )
            ),
            step.Outputs
        );
    }

    static bool IsRow(Element element, int reduced) =>
        element.Index is [AxisIndex row, AxisIndex column] && row.Position == reduced - 1 && column.Position == reduced;
}
