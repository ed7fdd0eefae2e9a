namespace Autodiff;

/// <summary>
/// Runs kernels that hand rows to each other row by row: softmax becomes one loop over rows with its maximum, sum and quotient inside, so that
/// what lies between stays in the cache or in a register, and is never an array in memory.
/// </summary>
sealed class RowFusion(ProgramFacts facts)
{
    readonly List<(Step? Step, RowGroup? Group)> order = [];
    readonly List<RowGroup> open = [];

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
        var reads = new HashSet<Value>();
        step.VisitReads(v => reads.Add(v));
        var group = step is KernelStep kernel && RowGroup.MayRun(kernel) ? open.FindLast(g => g.MayJoin(kernel)) : null;
        // No reader of what is overwritten may come to stand behind.
        foreach (var other in open.ToArray())
            if (other != group && (other.Defines(reads) || other.ReadsAny(step.Overwritten)))
                Close(other);
        if (step is not KernelStep member || !RowGroup.MayRun(member))
        {
            order.Add((step, null));
            return;
        }
        if (group is null)
            open.Add(group = new RowGroup(member.Kernel.Space[0]));
        group.Add(member);
        order.Add((member, group));
    }

    void Close(RowGroup group)
    {
        open.Remove(group);
        order.Add((null, group));
    }

    // A group that gains nothing leaves its members where they stood.
    Step[] Finish(Value[] results)
    {
        while (open.Count > 0)
            Close(open[0]);
        var readers = new Dictionary<Value, int>();
        foreach (var (step, _) in order)
            step?.VisitReads(v => readers[v] = readers.GetValueOrDefault(v) + 1);
        foreach (var result in results)
            readers[result] = readers.GetValueOrDefault(result) + 1;
        var steps = new List<Step>();
        foreach (var (step, group) in order)
            if (group is null || (step is not null && !group.Pays))
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
