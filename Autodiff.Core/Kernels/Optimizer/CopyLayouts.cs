namespace Autodiff;

/// <summary>
/// Computes an array where its copy would lie. Where a product takes an array whose axes are in another order and others read it too, the
/// array is computed in that order at once, and the others read it there: nothing is copied. Rows stay rows, so that all still read
/// neighbours together.
/// </summary>
sealed class CopyLayouts(ProgramFacts facts)
{
    // Where rows are shorter than a vector, their order matters to those who read them.
    const int LeastRow = 8;

    readonly Dictionary<Value, List<Step>> readers = [];
    readonly Dictionary<Value, KernelStep> copies = [];

    internal static Program Run(Program program, ProgramFacts facts) => new(Rewrite(program.Body, facts));

    static Block Rewrite(Block block, ProgramFacts facts)
    {
        var pass = new CopyLayouts(facts);
        pass.Survey(block);
        var moved = new Dictionary<Value, (Value Copy, int[] Axes)>();
        var dropped = new HashSet<Step>();
        var steps = new List<Step>();
        foreach (var step in block.Steps)
            if (dropped.Contains(step))
                continue;
            else if (step is KernelStep { IsMap: true, Outputs: [var output] } map && pass.CopyOf(output) is var (copy, axes))
            {
                moved[output] = (copy.Outputs[0], axes);
                dropped.Add(copy);
                steps.Add(pass.Turned(pass.Redirected(map, moved), copy, axes));
            }
            else
                steps.Add(step is KernelStep kernel ? pass.Redirected(kernel, moved) : step.Rebuild(v => v, b => Rewrite(b, facts)));
        return new(block.Parameters, [.. steps], block.Results);
    }

    void Survey(Block block)
    {
        void Read(Value value, Step step)
        {
            if (!readers.TryGetValue(value, out var list))
                readers[value] = list = [];
            list.Add(step);
        }
        foreach (var step in block.Steps)
        {
            step.VisitReads(v => Read(v, step));
            if (step is KernelStep { IsMap: true, Inputs: [var source], Outputs: [_] } kernel && AxesOf(kernel) is not null)
                copies.TryAdd(source, kernel);
        }
        // A result is read by what comes after the block.
        foreach (var result in block.Results)
            copies.Remove(result);
    }

    /// <summary>The copy in whose order an array had better be computed, and the axis of the copy that each of its own axes is.</summary>
    (KernelStep Copy, int[] Axes)? CopyOf(Value value)
    {
        if (!copies.TryGetValue(value, out var copy) || AxesOf(copy) is not { } axes)
            return null;
        return readers[value].TrueForAll(r => r is KernelStep k && !k.Overwritten.Contains(value)) ? (copy, axes) : null;
    }

    /// <summary>Of a kernel that copies an array with its rows in another order: the axis of the result that each axis of the array is.</summary>
    static int[]? AxesOf(KernelStep step)
    {
        if (step.Kernel.Outputs is not [{ Value: Element e }] || e.Index.Length != step.Kernel.Space.Rank || e.Index.Length < 3)
            return null;
        if (!Array.TrueForAll(e.Index, i => i is AxisIndex))
            return null;
        int[] axes = [.. e.Index.Select(i => ((AxisIndex)i).Position)];
        var space = step.Kernel.Space;
        return
            axes.Distinct().Count() == axes.Length
            && axes[^1] == axes.Length - 1
            && space[^1] >= LeastRow
            && !e.Index.IsOwn(space)
            && step.Inputs[0].Type.Shape == Shape.Create([.. axes.Select(a => space[a])])
            ? axes
            : null;
    }

    /// <summary>What computes an array, made to compute its copy.</summary>
    KernelStep Turned(KernelStep step, KernelStep copy, int[] axes)
    {
        var kernel = facts.Operands.Open(step);
        var space = copy.Kernel.Space;
        var simplifier = facts.For(space);
        var value = simplifier.Rewrite(
            kernel.Outputs[0].Value,
            leaf => leaf is AxisIndex a ? facts.Interner.Intern(Scalar.Axis(axes[a.Position])) : null,
            []
        );
        return facts.Operands.Close(Kernel.Map(copy.Outputs[0].Type, value), copy.Outputs);
    }

    /// <summary>A kernel that reads copies in the place of what they were copies of.</summary>
    KernelStep Redirected(KernelStep step, Dictionary<Value, (Value Copy, int[] Axes)> moved)
    {
        if (!Array.Exists(step.Inputs, moved.ContainsKey))
            return step;
        var kernel = facts.Operands.Open(step);
        var simplifier = facts.For(kernel.Space);
        var done = new Dictionary<Scalar, Scalar>();
        Scalar? Replace(Scalar leaf)
        {
            if (leaf is not Element e || !moved.TryGetValue(facts.Operands[e.Operand], out var to))
                return null;
            var index = new Scalar[e.Index.Length];
            for (var i = 0; i < index.Length; i++)
                index[to.Axes[i]] = simplifier.Rewrite(e.Index[i], Replace, done);
            return simplifier.Element(facts.Operands.Id(to.Copy), e.Type, index);
        }
        return facts.Operands.Close(
            new(
                kernel.Space,
                kernel.ReducedAxes,
                Array.ConvertAll(kernel.Outputs, o => o.Rewrite(s => simplifier.Rewrite(s, Replace, done), o.Into))
            ),
            step.Outputs
        );
    }
}
