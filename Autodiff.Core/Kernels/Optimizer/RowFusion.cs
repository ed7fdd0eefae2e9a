namespace Autodiff;

/// <summary>
/// Runs kernels that hand rows to each other row by row: softmax becomes one loop over rows with its maximum, sum and quotient inside, so that
/// what lies between stays in the cache or in a register, and is never an array in memory.
/// </summary>
sealed class RowFusion(ProgramFacts facts)
{
    readonly List<(Step? Step, RowGroup? Group)> order = [];
    readonly HashSet<RowGroup> open = [];
    readonly Dictionary<Value, RowGroup> definedBy = [];
    readonly Dictionary<Value, List<RowGroup>> readBy = [];
    int opened;

    internal static Program Run(Program program, ProgramFacts facts) => new(Rewrite(program.Body, facts));

    static Block Rewrite(Block block, ProgramFacts facts)
    {
        var pass = new RowFusion(facts);
        foreach (var step in block.Steps)
            pass.Add(step.Rebuild(v => v, b => Rewrite(b, facts)));
        return new(block.Parameters, pass.Finish(block.Results), block.Results);
    }

    void Add(Step step)
    {
        var member = step is KernelStep kernel && RowGroup.MayRun(kernel) ? kernel : null;
        var group = member is null ? null : Choose(member);
        CloseBefore(step, group);
        if (member is null)
        {
            order.Add((step, null));
            return;
        }
        if (group is null)
            open.Add(group = new RowGroup(member.Kernel.Space[0], opened++));
        group.Add(member);
        order.Add((member, group));
        foreach (var output in member.Outputs)
            definedBy[output] = group;
        foreach (var value in member.Inputs)
        {
            if (!readBy.TryGetValue(value, out var readers))
                readBy[value] = readers = [];
            if (readers.Count == 0 || readers[^1] != group)
                readers.Add(group);
        }
    }

    /// <summary>
    /// The youngest open group that a kernel may join, of those that define what it reads or were the last to read it. Open groups do not depend on
    /// each other: those of short rows become one.
    /// </summary>
    RowGroup? Choose(KernelStep step)
    {
        var groups = new HashSet<RowGroup>();
        foreach (var value in step.Inputs)
        {
            if (definedBy.TryGetValue(value, out var definer))
                groups.Add(definer.Root);
            if (readBy.TryGetValue(value, out var readers))
                groups.Add(readers[^1].Root);
        }
        RowGroup? chosen = null;
        foreach (var group in groups.Where(g => open.Contains(g) && g.MayJoin(step)).OrderByDescending(g => g.Number))
            if (chosen is null)
                chosen = group;
            else if (chosen.MayUnite(group))
            {
                chosen.Unite(group);
                open.Remove(group);
            }
        return chosen;
    }

    /// <summary>Closes the groups that a step outside of them must run after: no reader of what is overwritten may come to stand behind.</summary>
    void CloseBefore(Step step, RowGroup? own)
    {
        var closing = new HashSet<RowGroup>();
        step.VisitReads(v =>
        {
            if (definedBy.TryGetValue(v, out var definer))
                closing.Add(definer.Root);
        });
        foreach (var value in step.Overwritten)
            if (readBy.TryGetValue(value, out var readers))
                closing.UnionWith(readers.Select(r => r.Root));
        if (own is not null)
            closing.Remove(own);
        closing.IntersectWith(open);
        Close(closing);
    }

    void Close(HashSet<RowGroup> groups)
    {
        foreach (var group in groups.OrderBy(g => g.Number).ToArray())
        {
            open.Remove(group);
            order.Add((null, group));
        }
    }

    // A group that gains nothing leaves its members where they stood.
    Step[] Finish(Value[] results)
    {
        Close(open);
        var readers = new Dictionary<Value, int>();
        foreach (var (step, _) in order)
            step?.VisitReads(v => readers[v] = readers.GetValueOrDefault(v) + 1);
        foreach (var result in results)
            readers[result] = readers.GetValueOrDefault(result) + 1;
        var steps = new List<Step>();
        foreach (var (step, member) in order)
            if (member?.Root is not { } group || (step is not null && !group.Pays))
                steps.Add(step!);
            else if (step is null && group.Pays)
                steps.Add(ToLoop(group, readers));
        return [.. steps];
    }

    /// <summary>The loop over rows. <paramref name="readers"/> counts all reads of each value, by which those are kept that are read after it.</summary>
    LoopStep ToLoop(RowGroup group, Dictionary<Value, int> readers)
    {
        foreach (var member in group.Members)
            member.VisitReads(v => readers[v]--);
        var index = new Value(new Aval(DType.Int64, Shape.Scalar));
        facts.Ranges[index] = Interval.Below(group.Rows);
        var rows = new Dictionary<Value, Value>();
        var xs = new List<Value>();
        var members = new List<Step>();
        foreach (var member in group.Members)
        {
            var kernel = facts.Operands.Open(member);
            foreach (var value in member.Inputs)
                if (!rows.ContainsKey(value) && group.ReadsRowsOf(member, value))
                {
                    rows[value] = new(value.Type.Row);
                    if (facts.Ranges.TryGetValue(value, out var range))
                        facts.Ranges[rows[value]] = range;
                    xs.Add(value);
                }
            foreach (var output in member.Outputs)
                rows[output] = new(output.Type.Row);
            members.Add(facts.Operands.Close(RowOf(kernel, index, rows), [.. member.Outputs.Select(o => rows[o])]));
        }
        Value[] kept = [.. group.Members.SelectMany(m => m.Outputs).Where(o => readers.GetValueOrDefault(o) > 0)];
        var body = new Block([index, .. xs.Select(x => rows[x])], [.. members], [.. kept.Select(o => rows[o])]);
        return new([], [.. xs], Rewrite(body, facts), [new Value(new Aval(DType.Int64, Shape.Scalar)), .. kept]) { Length = group.Rows };
    }

    /// <summary>A kernel without its first axis, over rows where it reads them.</summary>
    Kernel RowOf(Kernel kernel, Value index, Dictionary<Value, Value> rows)
    {
        var space = kernel.Space.Tail;
        var simplifier = facts.For(space);
        var done = new Dictionary<Scalar, Scalar>();
        var first = simplifier.Element(facts.Operands.Id(index), DType.Int64, []);
        Scalar Visit(Scalar node) => simplifier.Rewrite(node, Replace, done);
        Scalar? Replace(Scalar leaf) =>
            leaf switch
            {
                AxisIndex { Position: 0 } => first,
                AxisIndex axis => facts.Interner.Intern(Scalar.Axis(axis.Position - 1)),
                Element { Index: [AxisIndex { Position: 0 }, ..] } e when rows.TryGetValue(facts.Operands[e.Operand], out var row) =>
                    simplifier.Element(facts.Operands.Id(row), e.Type, Array.ConvertAll(e.Index[1..], Visit)),
                _ => null,
            };
        return new(space, kernel.ReducedAxes, Array.ConvertAll(kernel.Outputs, o => new KernelOutput(o.Type.Row, Visit(o.Value), o.Fold)));
    }
}
