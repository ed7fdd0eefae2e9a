namespace Autodiff;

/// <summary>
/// Writes the loop over rows that steps become. An iteration computes one row, and kernels lose the axis of the rows; or a block of rows, which they
/// keep as a shorter one.
/// </summary>
sealed class RowLoop
{
    readonly ProgramFacts facts;
    readonly int block;
    readonly int length;
    readonly Value index = new(new Aval(DType.Int64, Shape.Scalar));
    readonly Dictionary<Value, Value> rows = [];
    readonly List<(Value Source, Value Rows)> xs = [];
    readonly List<Step> before = [];
    readonly List<Step> steps = [];
    readonly List<(Fold Fold, Value Start, Value Carried, Value Next, Value Output)> folds = [];

    internal RowLoop(ProgramFacts facts, int rows, int block)
    {
        (this.facts, this.block, length) = (facts, block, rows / block);
        facts.Ranges[index] = Interval.Below(length);
    }

    bool IsBlocked => block > 1;

    internal void Add(RowMember member)
    {
        foreach (var value in member.Step.Inputs)
            if (!rows.ContainsKey(value) && member.ReadsRowsOf(value))
                AddRows(value);
        switch (member)
        {
            case KernelMember { Folds: true, Kernel.ReducedAxes: var reduced } kernel:
                AddFolds(kernel, RowOf(kernel, IsBlocked ? reduced : reduced - 1, type => type.Strong));
                break;
            case KernelMember kernel:
                foreach (var output in kernel.Step.Outputs)
                    rows[output] = new(RowType(output.Type));
                steps.Add(
                    facts.Operands.Close(RowOf(kernel, kernel.Kernel.ReducedAxes, RowType), [.. kernel.Step.Outputs.Select(o => rows[o])])
                );
                break;
            case ProductMember product:
                AddProduct(product);
                break;
            case AliasMember alias:
                rows[alias.Result] = Shaped(steps, rows[alias.Source], RowType(alias.Result.Type));
                break;
        }
    }

    /// <summary>The type of what one iteration has of an array with an axis of the rows.</summary>
    Aval RowType(Aval type)
    {
        var units = RowMember.UnitsOf(type.Shape);
        var rest = type.Shape.Dims[(units + 1)..];
        return new(type.DType, IsBlocked ? [block, .. rest] : Shape.Create(rest));
    }

    void AddRows(Value value)
    {
        var type = RowType(value.Type);
        rows[value] = new(type);
        if (facts.Ranges.TryGetValue(value, out var range))
            facts.Ranges[rows[value]] = range;
        xs.Add((value, Shaped(before, value, type.Stack(length))));
    }

    /// <summary>A value under a type of as many elements.</summary>
    static Value Shaped(List<Step> steps, Value value, Aval type)
    {
        if (value.Type.Shape == type.Shape)
            return value;
        var shaped = new Value(type);
        steps.Add(new AliasStep(value, shaped));
        return shaped;
    }

    // Products take batches of matrices.
    Value Matrices(Value rows) => rows.Type.Rank == 3 ? rows : Shaped(steps, rows, new(rows.Type.DType, rows.Type.Shape.Prepend(1)));

    void AddProduct(ProductMember member)
    {
        var (product, left, right) = (member.OfRows(block), Matrices(rows[member.Left]), member.Right);
        if (!member.ReadsBeyondRowOf(right))
            right = Matrices(rows[right]);
        else if (product.TransposesRight)
            (product, right) = (product.Transposed(left: false, right: true), Turned(right));
        if (member.Folds)
        {
            var part = new Value(member.Result.Type.Strong);
            steps.Add(new RoutineStep(product, [left, right], [part]));
            AddFolds([member.Result], [member.Fold], [part]);
            return;
        }
        var type = RowType(member.Result.Type);
        var result = new Value(type.Rank == 3 ? type : new(type.DType, type.Shape.Prepend(1)));
        steps.Add(new RoutineStep(product, [left, right], [result]));
        rows[member.Result] = Shaped(steps, result, type);
    }

    /// <summary>A matrix transposed before the loop: every iteration would do so.</summary>
    Value Turned(Value matrix)
    {
        var type = matrix.Type.Strong with { Shape = matrix.Type.Shape.Transposed };
        Scalar[] index = [.. Kernel.Indices(type.Rank).Select(facts.Interner.Intern)];
        var element = facts.For(type.Shape).Element(facts.Operands.Id(matrix), type.DType, [.. index[..^2], index[^1], index[^2]]);
        var turned = new Value(type);
        before.Add(facts.Operands.Close(Kernel.Map(type, element), [turned]));
        return turned;
    }

    void AddFolds(KernelMember member, Kernel row)
    {
        var outputs = member.Step.Outputs;
        var operations = Array.ConvertAll(row.Outputs, o => o.Fold);
        if (row.ReducedAxes == 0)
        {
            AddFolds(outputs, operations, Array.ConvertAll(row.Outputs, o => o.Value));
            return;
        }
        Value[] parts = [.. outputs.Select(o => new Value(o.Type.Strong))];
        steps.Add(facts.Operands.Close(row, parts));
        AddFolds(outputs, operations, parts);
    }

    void AddFolds(Value[] outputs, Fold[] operations, Value[] parts) =>
        AddFolds(outputs, operations, Array.ConvertAll(parts, p => ElementOf(p, facts.For(p.Type.Shape))));

    /// <summary>Folds what an iteration gives into what those before it gave.</summary>
    void AddFolds(Value[] outputs, Fold[] operations, Scalar[] values)
    {
        var space = outputs[0].Type.Shape;
        var simplifier = facts.For(space);
        var next = Array.ConvertAll(outputs, o => new Value(o.Type.Strong));
        var sums = new KernelOutput[outputs.Length];
        for (var i = 0; i < sums.Length; i++)
        {
            var (fold, type) = (operations[i], next[i].Type);
            var (start, carried) = (new Value(type), new Value(type));
            folds.Add((fold, start, carried, next[i], outputs[i]));
            sums[i] = new(type, simplifier.Apply(fold.Operation, type.DType, ElementOf(carried, simplifier), values[i]));
        }
        steps.Add(facts.Operands.Close(new(space, 0, sums), next));
    }

    Scalar ElementOf(Value value, ScalarSimplifier simplifier) =>
        simplifier.Element(
            facts.Operands.Id(value),
            value.Type.DType,
            Array.ConvertAll(Kernel.Indices(value.Type.Rank), facts.Interner.Intern)
        );

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
        foreach (var step in before)
            yield return step;
        var body = new Block(
            [index, .. folds.Select(f => f.Carried), .. xs.Select(x => rows[x.Source])],
            [.. steps],
            [.. folds.Select(f => f.Next), .. kept.Select(o => rows[o])]
        );
        // Over all rows, what gives rows and what folds them were kernels of different spaces; over one row they are often of one.
        if (folds.Count > 0)
            body = RowInlining.Run(Merging.Rewrite(body, facts), facts);
        var after = new List<Step>();
        Value[] outputs = [.. kept.Select(o => Stacked(after, o))];
        yield return new LoopStep(
            [.. folds.Select(f => f.Start)],
            [.. xs.Select(x => x.Rows)],
            improve(body, [.. folds.Select(f => f.Carried)]),
            [.. folds.Select(f => f.Output), new Value(new Aval(DType.Int64, Shape.Scalar)), .. outputs]
        )
        {
            Length = length,
            Folds = folds.Count > 0 ? [.. folds.Select(f => f.Fold)] : null,
        };
        foreach (var step in after)
            yield return step;
    }

    /// <summary>What the loop gives for a value that is read after it.</summary>
    Value Stacked(List<Step> after, Value value)
    {
        var type = RowType(value.Type).Stack(length);
        if (type.Shape == value.Type.Shape)
            return value;
        var stacked = new Value(type);
        after.Add(new AliasStep(stacked, value));
        return stacked;
    }

    /// <summary>A kernel over the rows of one iteration, where it reads rows.</summary>
    Kernel RowOf(KernelMember member, int reducedAxes, Func<Aval, Aval> result)
    {
        var kernel = facts.Operands.Open(member.Step);
        var axis = member.Axis;
        var space = IsBlocked ? kernel.Space.Replace(axis, block) : kernel.Space.Remove(axis);
        var simplifier = facts.For(space);
        var done = new Dictionary<Scalar, Scalar>();
        var at = simplifier.Element(facts.Operands.Id(index), DType.Int64, []);
        var own = facts.Interner.Intern(Scalar.Axis(axis));
        if (IsBlocked)
            at = simplifier.Apply(
                ScalarOp.Add,
                DType.Int64,
                simplifier.Apply(ScalarOp.Mul, DType.Int64, at, simplifier.Constant(DType.Int64, block)),
                own
            );
        Scalar Visit(Scalar node) => simplifier.Rewrite(node, Replace, done);
        Scalar? Replace(Scalar leaf) =>
            leaf switch
            {
                AxisIndex a when a.Position == axis => at,
                AxisIndex a => facts.Interner.Intern(Scalar.Axis(!IsBlocked && a.Position > axis ? a.Position - 1 : a.Position)),
                Element e
                    when facts.Operands[e.Operand] is var value
                        && rows.TryGetValue(value, out var row)
                        && member.IsOfRow(e, value.Type.Shape) => simplifier.Element(
                    facts.Operands.Id(row),
                    e.Type,
                    [.. IsBlocked ? [own] : Array.Empty<Scalar>(), .. e.Index[(RowMember.UnitsOf(value.Type.Shape) + 1)..].Select(Visit)]
                ),
                _ => null,
            };
        return new(space, reducedAxes, Array.ConvertAll(kernel.Outputs, o => new KernelOutput(result(o.Type), Visit(o.Value), o.Fold)));
    }
}
