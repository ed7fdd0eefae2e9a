namespace Autodiff;

/// <summary>
/// Runs kernels over one space as one kernel with several outputs where one feeds another or they read the same array: what they share is
/// loaded and computed once, and what only they read is never stored.
/// </summary>
sealed class Merging(ProgramFacts facts)
{
    readonly List<StepGroup> order = [];
    readonly Dictionary<Value, StepGroup> definedBy = [];
    readonly Dictionary<Value, List<StepGroup>> readBy = [];
    readonly Dictionary<(Value, Shape, int), StepGroup> readerOf = [];

    internal static Program Run(Program program, ProgramFacts facts) => new(Rewrite(program.Body, facts));

    internal static Block Rewrite(Block block, ProgramFacts facts)
    {
        var pass = new Merging(facts);
        foreach (var step in block.Steps)
            pass.Add(step.Rebuild(v => v, b => Rewrite(b, facts)));
        return new(block.Parameters, pass.Emit(block.Results), block.Results);
    }

    void Add(Step step)
    {
        var dependencies = Dependencies(step);
        var group = step is KernelStep kernel && StepGroup.MayShare(kernel.Kernel) ? Choose(kernel, dependencies) : null;
        group ??= new StepGroup();
        group.Add(step, dependencies);
        order.Add(group);
        foreach (var output in step.Outputs)
            definedBy[output] = group;
        step.VisitReads(value =>
        {
            if (!readBy.TryGetValue(value, out var readers))
                readBy[value] = readers = [];
            if (readers.Count == 0 || readers[^1] != group)
                readers.Add(group);
        });
        if (step is KernelStep { Kernel: var k } reader && StepGroup.MayShare(k))
            foreach (var value in WholeInputs(reader))
                readerOf[(value, k.Space, k.ReducedAxes)] = group;
    }

    /// <summary>What must run before a step: the groups that define what it reads, and those that read what it overwrites.</summary>
    HashSet<StepGroup> Dependencies(Step step)
    {
        var found = new HashSet<StepGroup>();
        step.VisitReads(value =>
        {
            if (definedBy.TryGetValue(value, out var group))
                found.Add(group.Root);
        });
        foreach (var value in step.Overwritten)
            if (readBy.Remove(value, out var readers))
                found.UnionWith(readers.Select(r => r.Root));
        return found;
    }

    /// <summary>The inputs of a kernel at least as large as its space: those worth loading once.</summary>
    static IEnumerable<Value> WholeInputs(KernelStep step) => step.Inputs.Where(v => v.Type.Shape.Size >= step.Kernel.Space.Size);

    /// <summary>The group a kernel joins, or null. Groups that both feed it become one if they may.</summary>
    StepGroup? Choose(KernelStep step, HashSet<StepGroup> dependencies)
    {
        var kernel = step.Kernel;
        var candidates = new HashSet<StepGroup>();
        foreach (var value in step.Inputs)
            if (definedBy.TryGetValue(value, out var producer))
                candidates.Add(producer.Root);
        foreach (var value in WholeInputs(step))
            if (readerOf.TryGetValue((value, kernel.Space, kernel.ReducedAxes), out var reader))
                candidates.Add(reader.Root);
        candidates.RemoveWhere(c => !c.Runs(kernel) || (dependencies.Contains(c) && !FeedsOnly(c, step)));

        var nodes = FusionCost.Of(kernel.Expressions).Nodes;
        StepGroup? chosen = null;
        foreach (var candidate in candidates.OrderByDescending(c => c.Level))
            if (chosen is null)
                chosen = candidate.HasRoom(nodes, kernel.Outputs.Length) && candidate.MayAdd(dependencies) ? candidate : null;
            else if (chosen.HasRoom(candidate.Nodes + nodes, candidate.Outputs + kernel.Outputs.Length) && chosen.MayUnite(candidate))
            {
                chosen.Unite(candidate);
                dependencies.Remove(candidate);
            }
        return chosen is not null && chosen.MayAdd(dependencies) ? chosen : null;
    }

    /// <summary>Whether a map reads what a group of maps defines only at its own index, where the group has just computed it.</summary>
    bool FeedsOnly(StepGroup group, KernelStep step) =>
        step.IsMap
        && step.Kernel.Expressions.Nodes()
            .OfType<Element>()
            .All(e =>
                !definedBy.TryGetValue(step.Inputs[e.Operand], out var producer)
                || producer.Root != group
                || (e.Index.IsOwn(step.Kernel.Space) && step.Inputs[e.Operand].Type.Shape == step.Kernel.Space)
            );

    /// <summary>The steps of the groups, each group where its last member stood or as soon as it is needed.</summary>
    Step[] Emit(Value[] results)
    {
        var stored = new HashSet<Value>(results);
        var last = new Dictionary<StepGroup, int>();
        for (var i = 0; i < order.Count; i++)
            last[order[i] = order[i].Root] = i;
        foreach (var group in last.Keys)
        foreach (var member in group.Members)
            member.VisitReads(v =>
            {
                if (definedBy.TryGetValue(v, out var definer) && definer.Root != group)
                    stored.Add(v);
            });

        var steps = new List<Step>();
        var done = new HashSet<StepGroup>();
        var pending = new Stack<StepGroup>();
        for (var i = 0; i < order.Count; i++)
        {
            if (last[order[i]] != i)
                continue;
            pending.Push(order[i]);
            while (pending.TryPeek(out var group))
            {
                if (done.Contains(group))
                {
                    pending.Pop();
                    continue;
                }
                var waiting = false;
                foreach (var before in group.After)
                    if (!done.Contains(before.Root))
                    {
                        pending.Push(before.Root);
                        waiting = true;
                    }
                if (waiting)
                    continue;
                pending.Pop();
                done.Add(group);
                steps.Add(group.Members is [var only] ? only : Combine(group, stored));
            }
        }
        return [.. steps];
    }

    KernelStep Combine(StepGroup group, HashSet<Value> stored)
    {
        var space = ((KernelStep)group.Members[0]).Kernel.Space;
        var reducedAxes = ((KernelStep)group.Members[0]).Kernel.ReducedAxes;
        var simplifier = facts.For(space);
        var computed = new Dictionary<int, Scalar>();
        var done = new Dictionary<Scalar, Scalar>();
        var (outputs, values) = (new List<KernelOutput>(), new List<Value>());
        foreach (var member in group.Members.Cast<KernelStep>())
        {
            var kernel = facts.Operands.Open(member);
            for (var i = 0; i < kernel.Outputs.Length; i++)
            {
                var value = simplifier.Rewrite(
                    kernel.Outputs[i].Value,
                    leaf => leaf is Element e ? computed.GetValueOrDefault(e.Operand) : null,
                    done
                );
                if (reducedAxes == 0)
                    computed[facts.Operands.Id(member.Outputs[i])] = value;
                if (!stored.Contains(member.Outputs[i]))
                    continue;
                outputs.Add(new(kernel.Outputs[i].Type, value, kernel.Outputs[i].Fold));
                values.Add(member.Outputs[i]);
            }
        }
        return facts.Operands.Close(new(space, reducedAxes, [.. outputs]), [.. values]);
    }
}
