namespace Autodiff;

/// <summary>
/// Computes of an array only the rows that are read. Where all that read it find their elements along an axis through the same array of
/// indices, fewer than the axis is long, the indices select from what the array is computed from instead: a gather passes through elementwise
/// work, broadcasts, transposes, reshapes, reductions over other axes and matrix products, as far as nobody else needs the whole.
/// </summary>
sealed class GatherPushdown(ProgramFacts facts)
{
    readonly SelectedRows rows = new(facts);
    readonly GatheredWork work = new();
    readonly Dictionary<Value, Uses> uses = [];

    // Last step first.
    readonly List<Step> steps = [];

    /// <summary>
    /// How an array is read: by steps that need the whole, by kernels (numbers in <see cref="steps"/>) that gather, and by narrowed steps that
    /// take a selection of it as an operand.
    /// </summary>
    sealed class Uses
    {
        internal bool Whole { get; set; }
        internal Dictionary<RowSelection, HashSet<int>> Gathers { get; } = [];
        internal Dictionary<RowSelection, Value> Selected { get; } = [];

        internal RowSelection? Only => !Whole && Gathers.Keys.Union(Selected.Keys).Take(2).ToArray() is [var only] ? only : null;
    }

    internal static Program Run(Program program, ProgramFacts facts) => new(Rewrite(program.Body, facts));

    static Block Rewrite(Block block, ProgramFacts facts)
    {
        var pass = new GatherPushdown(facts);
        return new(block.Parameters, pass.Rewrite(block), block.Results);
    }

    Step[] Rewrite(Block block)
    {
        foreach (var step in block.Steps)
            work.Add(step);
        foreach (var result in block.Results)
            UsesOf(result).Whole = true;
        foreach (var step in block.Steps.Reverse())
            if (Array.Exists(step.Outputs, uses.ContainsKey))
                Visit(step.Rebuild(v => v, b => Rewrite(b, facts)));
        // What is selected of an array from outside the block.
        foreach (var (table, of) in uses.ToArray())
            Select(table, of);
        steps.Reverse();
        return InOrder([.. rows.Steps, .. steps]);
    }

    Uses UsesOf(Value value) => uses.TryGetValue(value, out var of) ? of : uses[value] = new();

    void Visit(Step step)
    {
        if (step.Outputs is [var output] && UsesOf(output) is { Only: { IsSmall: true } selection } of && Pays(output, selection))
        {
            var narrowed = of.Selected.GetValueOrDefault(selection) ?? new(selection.Digit.Resized(output.Type, selection.Count));
            if (Narrow(step, selection, narrowed) is { } replacement)
            {
                foreach (var reader in of.Gathers.GetValueOrDefault(selection) ?? [])
                    steps[reader] = rows.Redirect((KernelStep)steps[reader], output, narrowed, selection);
                uses.Remove(output);
                Add(replacement);
                return;
            }
        }
        foreach (var whole in step.Outputs)
            if (uses.Remove(whole, out var selected))
                Select(whole, selected);
        Add(step);
    }

    /// <summary>Indices that are looked up already are looked up for less.</summary>
    bool Pays(Value output, RowSelection selection) => rows.IsKnown(selection) || work.IsWorthSaving(output);

    /// <summary>Adds a step, and what it reads of the arrays before it.</summary>
    void Add(Step step)
    {
        steps.Add(step);
        if (step is not KernelStep kernel)
        {
            step.VisitReads(v => UsesOf(v).Whole = true);
            return;
        }
        var opened = facts.Operands.Open(kernel);
        foreach (var output in opened.Outputs)
            if (output.Into is { } into)
                UsesOf(facts.Operands[into]).Whole = true;
        foreach (var element in opened.Expressions.Nodes().OfType<Element>())
        {
            var of = UsesOf(facts.Operands[element.Operand]);
            if (rows.SelectionOf(element, opened.Space) is not { } selection)
                of.Whole = true;
            else if (of.Gathers.TryGetValue(selection, out var readers))
                readers.Add(steps.Count - 1);
            else
                of.Gathers[selection] = [steps.Count - 1];
        }
    }

    /// <summary>The step that computes what is selected of its result, or null if it is of a kind that must compute all.</summary>
    Step? Narrow(Step step, RowSelection selection, Value narrowed)
    {
        if (selection.Digit.In(step.Outputs[0].Type.Shape) is not var (axis, outer, inner))
            return null;
        var size = outer * selection.Count * inner;
        Value Operand(Value value, int axis) =>
            SelectedOf(value, selection with { Digit = new(value.Type.Shape.Strides()[axis] * inner, selection.Digit.Size) });
        switch (step)
        {
            case KernelStep kernel when (outer, inner) == (1, 1):
                return rows.Narrow(kernel, axis, selection, narrowed);
            case RoutineStep { Routine: MatMul product, Inputs: [var a, var b] }:
                var (left, right) = product.AxesOf(axis);
                var narrow = product.Resized(axis, size);
                return new RoutineStep(narrow, [left is { } i ? Operand(a, i) : a, right is { } j ? Operand(b, j) : b], [narrowed]);
            case AliasStep { Inputs: [{ Type.Tape: 0 } source] } when selection.Digit.In(source.Type.Shape) is not null:
                return new AliasStep(SelectedOf(source, selection), narrowed);
            default:
                return null;
        }
    }

    /// <summary>What is selected of a value, which a step that was narrowed reads.</summary>
    Value SelectedOf(Value value, RowSelection selection)
    {
        var selected = UsesOf(value).Selected;
        return selected.TryGetValue(selection, out var known)
            ? known
            : selected[selection] = new(selection.Digit.Resized(value.Type, selection.Count));
    }

    /// <summary>Gathers what is selected of an array that is computed whole.</summary>
    void Select(Value table, Uses of)
    {
        foreach (var (selection, selected) in of.Selected)
            steps.AddRange(rows.Gather(table, selection, selected).Reverse());
    }

    /// <summary>The steps in an order in which each follows those whose results it reads, as near to the given one as that allows.</summary>
    static Step[] InOrder(Step[] steps)
    {
        var definedBy = new Dictionary<Value, Step>();
        foreach (var step in steps)
        foreach (var output in step.Outputs)
            definedBy[output] = step;
        var ordered = new List<Step>();
        var done = new HashSet<Step>();
        var pending = new Stack<Step>();
        foreach (var step in steps)
        {
            pending.Push(step);
            while (pending.TryPeek(out var next))
            {
                var waiting = false;
                if (!done.Contains(next))
                    next.VisitReads(v =>
                    {
                        if (!definedBy.TryGetValue(v, out var before) || done.Contains(before))
                            return;
                        pending.Push(before);
                        waiting = true;
                    });
                if (waiting)
                    continue;
                pending.Pop();
                if (done.Add(next))
                    ordered.Add(next);
            }
        }
        return [.. ordered];
    }
}
