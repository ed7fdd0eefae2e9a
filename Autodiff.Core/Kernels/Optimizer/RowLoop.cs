namespace Autodiff;

/// <summary>Writes the loop over rows that kernels become.</summary>
sealed class RowLoop
{
    readonly ProgramFacts facts;
    readonly int length;
    readonly Value index = new(new Aval(DType.Int64, Shape.Scalar));
    readonly Dictionary<Value, Value> rows = [];
    readonly List<(Value Source, Value Rows)> xs = [];
    readonly List<Step> steps = [];
    readonly List<(Fold Fold, Value Start, Value Carried, Value Next, Value Output)> folds = [];

    internal RowLoop(ProgramFacts facts, int length)
    {
        (this.facts, this.length) = (facts, length);
        facts.Ranges[index] = Interval.Below(length);
    }

    internal void Add(RowMember member)
    {
        var kernel = facts.Operands.Open(member.Step);
        foreach (var value in member.Step.Inputs)
            if (!rows.ContainsKey(value) && member.ReadsRowsOf(value))
                AddRows(value);
        if (member.Folds)
        {
            AddFolds(member.Step.Outputs, RowOf(kernel, member, kernel.ReducedAxes - 1, type => type.Strong));
            return;
        }
        foreach (var output in member.Step.Outputs)
            rows[output] = new(output.Type.Row);
        steps.Add(
            facts.Operands.Close(RowOf(kernel, member, kernel.ReducedAxes, type => type.Row), [.. member.Step.Outputs.Select(o => rows[o])])
        );
    }

    void AddRows(Value value)
    {
        var (type, units) = (value.Type, RowMember.UnitsOf(value.Type.Shape));
        var matrix = units == 0 ? value : new(new Aval(type.DType, Shape.Create(type.Shape.Dims[units..])));
        rows[value] = new(matrix.Type.Row);
        if (facts.Ranges.TryGetValue(value, out var range))
            facts.Ranges[rows[value]] = range;
        xs.Add((value, matrix));
    }

    /// <summary>Folds what a row gives into what the rows before it gave.</summary>
    void AddFolds(Value[] outputs, Kernel row)
    {
        var values = Array.ConvertAll(row.Outputs, o => o.Value);
        var space = row.Outputs[0].Type.Shape;
        var simplifier = facts.For(space);
        Scalar ElementOf(Value value) =>
            simplifier.Element(
                facts.Operands.Id(value),
                value.Type.DType,
                Array.ConvertAll(Kernel.Indices(space.Rank), facts.Interner.Intern)
            );
        if (row.ReducedAxes > 0)
        {
            Value[] parts = [.. outputs.Select(o => new Value(o.Type.Strong))];
            steps.Add(facts.Operands.Close(row, parts));
            values = Array.ConvertAll(parts, ElementOf);
        }
        var next = Array.ConvertAll(outputs, o => new Value(o.Type.Strong));
        var sums = new KernelOutput[outputs.Length];
        for (var i = 0; i < sums.Length; i++)
        {
            var (fold, type) = (row.Outputs[i].Fold, next[i].Type);
            var (start, carried) = (new Value(type), new Value(type));
            folds.Add((fold, start, carried, next[i], outputs[i]));
            sums[i] = new(type, simplifier.Apply(fold.Operation, type.DType, ElementOf(carried), values[i]));
        }
        steps.Add(facts.Operands.Close(new(space, 0, sums), next));
    }

    /// <summary>
    /// The steps that compute what <paramref name="kept"/> holds and what is folded. <paramref name="improve"/> is given the body, with what it
    /// folds into.
    /// </summary>
    internal IEnumerable<Step> Finish(Value[] kept, Func<Block, HashSet<Value>, Block> improve)
    {
        foreach (var (fold, start, _, _, _) in folds)
        {
            var identity = new Constant(start.Type.DType, fold.Identity(start.Type.DType));
            yield return new KernelStep(Kernel.Map(start.Type, identity), [], [start]);
        }
        foreach (var (source, matrix) in xs)
            if (source != matrix)
                yield return new AliasStep(source, matrix);
        var body = new Block(
            [index, .. folds.Select(f => f.Carried), .. xs.Select(x => rows[x.Source])],
            [.. steps],
            [.. folds.Select(f => f.Next), .. kept.Select(o => rows[o])]
        );
        // Over all rows, what gives rows and what folds them were kernels of different spaces; over one row they are often of one.
        if (folds.Count > 0)
            body = RowInlining.Run(Merging.Rewrite(body, facts), facts);
        yield return new LoopStep(
            [.. folds.Select(f => f.Start)],
            [.. xs.Select(x => x.Rows)],
            improve(body, [.. folds.Select(f => f.Carried)]),
            [.. folds.Select(f => f.Output), new Value(new Aval(DType.Int64, Shape.Scalar)), .. kept]
        )
        {
            Length = length,
            Folds = folds.Count > 0 ? [.. folds.Select(f => f.Fold)] : null,
        };
    }

    /// <summary>A kernel without the axis of the rows, over rows where it reads them.</summary>
    Kernel RowOf(Kernel kernel, RowMember member, int reducedAxes, Func<Aval, Aval> result)
    {
        var axis = member.Axis;
        var space = kernel.Space.Remove(axis);
        var simplifier = facts.For(space);
        var done = new Dictionary<Scalar, Scalar>();
        var at = simplifier.Element(facts.Operands.Id(index), DType.Int64, []);
        Scalar Visit(Scalar node) => simplifier.Rewrite(node, Replace, done);
        Scalar? Replace(Scalar leaf) =>
            leaf switch
            {
                AxisIndex a when a.Position == axis => at,
                AxisIndex a => facts.Interner.Intern(Scalar.Axis(a.Position > axis ? a.Position - 1 : a.Position)),
                Element e
                    when facts.Operands[e.Operand] is var value
                        && rows.TryGetValue(value, out var row)
                        && member.IsOfRow(e, value.Type.Shape) => simplifier.Element(
                    facts.Operands.Id(row),
                    e.Type,
                    Array.ConvertAll(e.Index[(RowMember.UnitsOf(value.Type.Shape) + 1)..], Visit)
                ),
                _ => null,
            };
        return new(space, reducedAxes, Array.ConvertAll(kernel.Outputs, o => new KernelOutput(result(o.Type), Visit(o.Value), o.Fold)));
    }
}
