namespace Autodiff;

/// <summary>Lets products read matrices that were transposed just for them as they lay before.</summary>
sealed class TransposedOperands
{
    // By value: what it is when its last two axes are exchanged.
    readonly Dictionary<Value, Value> sources = [];

    internal static Program Run(Program program, ProgramFacts facts) => new(Rewrite(program.Body));

    // A matrix that was transposed before a loop is better read in that order by each of its iterations.
    static Block Rewrite(Block block) =>
        new(block.Parameters, [.. block.Steps.SelectMany(new TransposedOperands().Rewrite)], block.Results);

    Step[] Rewrite(Step step)
    {
        switch (step)
        {
            case KernelStep kernel when SourceOf(kernel) is { } transposed:
                if (sources.TryGetValue(transposed, out var original))
                    return [new AliasStep(original, kernel.Outputs[0])];
                sources[kernel.Outputs[0]] = transposed;
                return [kernel];
            case AliasStep { Inputs: [var input], Outputs: [var output] } when sources.TryGetValue(input, out var source):
                if (output.Type.Rank < 2 || !output.Type.Shape.Dims[^2..].SequenceEqual(input.Type.Shape.Dims[^2..]))
                    return [step];
                var turned = sources[output] = new(output.Type with { Shape = output.Type.Shape.Transposed });
                return [step, new AliasStep(source, turned)];
            case RoutineStep { Routine: MatMul product, Inputs: [var a, var b] } routine:
                var (left, right) = (sources.GetValueOrDefault(a), sources.GetValueOrDefault(b));
                return [new RoutineStep(product.Transposed(left is not null, right is not null), [left ?? a, right ?? b], routine.Outputs)];
            default:
                return [step.Rebuild(v => v, Rewrite)];
        }
    }

    /// <summary>What a kernel copies with its last two axes exchanged; null if it does something else.</summary>
    static Value? SourceOf(KernelStep step)
    {
        if (
            step
                is not { IsMap: true, Inputs: [var source], Kernel: { Space: { Rank: >= 2 } space, Outputs: [{ Value: Element element }] } }
            || source.Type.Shape != space.Transposed
        )
            return null;
        for (var i = 0; i < space.Rank; i++)
        {
            var axis = i < space.Rank - 2 ? i : 2 * space.Rank - 3 - i;
            if (element.Index[i] is not AxisIndex index ? space[axis] != 1 || element.Index[i] is not Constant : index.Position != axis)
                return null;
        }
        return source;
    }
}
