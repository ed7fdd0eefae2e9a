namespace Autodiff;

/// <summary>
/// Runs one of several programs. Operands: what chooses, a Bool (false, true) or an Int64 in range, then what all branches take.
/// </summary>
sealed record CondPrimitive(ValueList<Jaxpr> Branches) : HigherOrder
{
    public override string Name => "cond";
    public override IEnumerable<Jaxpr> Programs => Branches;

    Jaxpr First => Branches[0];

    public override Aval[] Infer(Aval[] xs)
    {
        foreach (var branch in Branches)
        {
            CheckOperands(xs.AsSpan(1), branch.InputTypes);
            CheckOperands(branch.OutputTypes, First.OutputTypes);
        }
        return [.. First.OutputTypes.Select((a, i) => Branches.All(b => b.OutputTypes[i].Weak) ? a : a.Strong)];
    }

    public override Value[] Emit(ProgramBuilder builder, Value[] inputs)
    {
        var operands = inputs[1..];
        return Choose(0, inputs[0]);

        // Branch i or, if it is not that, one of those behind it.
        Value[] Choose(int i, Value chooser)
        {
            if (i == Branches.Count - 1)
                return Branches[i].Emit(builder, operands);
            Aval boolean = new(DType.Bool, Shape.Scalar);
            var element = Kernel.ElementAt(0, chooser.Type);
            var here = chooser.Type.DType == DType.Bool ? !element : element.Compare(ScalarOp.Equal, Scalar.Constant(i));
            var predicate = builder.Add(Kernel.Map(boolean, here), [chooser], [boolean])[0];
            return builder.Branch(predicate, First.OutputTypes, () => Branches[i].Emit(builder, operands), () => Choose(i + 1, chooser));
        }
    }

    protected override (NDArray[] Ys, NDArray?[] Dys) BindWidened(NDArray[] xs, NDArray?[] dxs)
    {
        var tangents = Mask.NonNull(dxs[1..]);
        var n = First.Outputs.Length;
        var force = Branches.Select(b => ProgramTransforms.Jvp(b, tangents, Mask.None(n)).Tangents).Aggregate(Mask.Or);
        var widened = new CondPrimitive([.. Branches.Select(b => ProgramTransforms.Jvp(b, tangents, force).Program)]);
        var r = widened.BindAll([.. xs, .. Mask.Pick(dxs[1..], tangents)!]);
        return (r[..n], Mask.Scatter(force, r[n..]));
    }

    // Each known branch also emits the residuals of the others, as zeros.
    public override NDArray[] PartialEvaluate(StagingTrace trace, NDArray[] xs)
    {
        if (trace.Owns(xs[0]))
            return trace.Record(this, xs);
        var operands = xs[1..];
        var unknown = Array.ConvertAll(operands, trace.Owns);
        var force = Branches.Select(b => PartialEvaluation.Split(b, unknown).UnknownOutputs).Aggregate(Mask.Or);
        Split[] splits = [.. Branches.Select(b => PartialEvaluation.Split(b, unknown, force))];
        var known = Mask.Drop(operands, unknown);
        var kept = force.Count(f => !f);
        Aval[][] computed = Array.ConvertAll(
            splits,
            s => s.Residuals.Where(r => r.Source == ResidualSource.Computed).Select(r => r.Type.Strong).ToArray()
        );

        Jaxpr KnownBranch(int b) =>
            Stage(
                splits[b].Known.InputTypes,
                a =>
                {
                    var results = splits[b].Known.Evaluate(a);
                    var emitted = computed.SelectMany((types, other) => other == b ? results[kept..] : types.Select(Ops.ZerosOf));
                    return [.. results[..kept], .. emitted];
                }
            );
        NDArray[] knownResults = [];
        if (kept + computed.Sum(c => c.Length) > 0)
            using (trace.Parent.Enter())
                knownResults = new CondPrimitive([.. splits.Select((_, b) => KnownBranch(b))]).BindAll([xs[0], .. known]);

        var emitted = new Queue<NDArray>(knownResults.Skip(kept));
        NDArray[][] residuals = Array.ConvertAll(
            splits,
            s => Array.ConvertAll(s.Residuals, r => r.Source == ResidualSource.Computed ? emitted.Dequeue() : operands[r.Input])
        );
        NDArray[] unknownOperands = Mask.Pick(operands, unknown),
            allResiduals = [.. residuals.SelectMany(r => r)];
        Aval[] types = [.. TypesOf(allResiduals), .. TypesOf(unknownOperands)];
        Jaxpr UnknownBranch(int b)
        {
            var start = residuals.Take(b).Sum(r => r.Length);
            return Stage(types, a => splits[b].Unknown.Evaluate([.. a[start..(start + residuals[b].Length)], .. a[allResiduals.Length..]]));
        }
        var recorded = force.Contains(true)
            ? trace.Record(new CondPrimitive([.. splits.Select((_, b) => UnknownBranch(b))]), [xs[0], .. allResiduals, .. unknownOperands])
            : [];
        return Mask.Merge(force, recorded, [.. knownResults.Take(kept)]);
    }

    public override void Transpose(NDArray?[] cts, Operand[] xs, Cotangents into)
    {
        var operands = xs[1..];
        var linear = Array.ConvertAll(operands, o => o.IsLinear);
        var given = Mask.NonNull(cts);
        var transposed = Branches.Select(b => ProgramTransforms.Transpose(b, linear, given, force: true).Program);
        var known = Mask.Drop(operands, linear).Select(o => o.Known);
        var pulled = new CondPrimitive([.. transposed]).BindAll([xs[0].Known, .. known, .. Mask.Pick(cts, given)!]);
        var all = Mask.Scatter(linear, pulled);
        for (var i = 0; i < all.Length; i++)
            into.Add(i + 1, all[i]);
    }

    public override Batched[] Batch(int size, Batched[] xs)
    {
        var operands = xs[1..];
        var batched = Array.ConvertAll(operands, x => x.IsBatched);
        var n = First.Outputs.Length;
        if (xs[0].IsBatched)
            return BatchChoices(size, xs[0].Value, operands, batched);
        var force = Branches.Select(b => ProgramTransforms.Batch(b, size, batched, Mask.None(n)).Batched).Aggregate(Mask.Or);
        var branches = Branches.Select(b => ProgramTransforms.Batch(b, size, batched, force).Program);
        return Zip(new CondPrimitive([.. branches]).BindAll([.. xs.Select(x => x.Value)]), force);
    }

    /// <summary>
    /// Every lane chooses for itself. A branch runs only if some lane takes it, and lanes that do not take it borrow the operands of one that does.
    /// </summary>
    Batched[] BatchChoices(int size, NDArray chooser, Batched[] operands, bool[] batched)
    {
        NDArray[] values = [.. operands.Select(x => x.Value)];
        NDArray[] results = [];
        for (var i = 0; i < Branches.Count; i++)
        {
            var (branch, _) = ProgramTransforms.Batch(Branches[i], size, batched, Mask.All(First.Outputs.Length));
            var taken =
                chooser.DType != DType.Bool ? Ops.Equal(chooser, i)
                : i == 0 ? Ops.LogicalNot(chooser)
                : chooser;
            Aval[] types = [taken.Aval, .. TypesOf(values)];
            var run = Stage(types, a => branch.Evaluate([.. a[1..].Select((v, k) => batched[k] ? ScanPrimitive.LaneFill(a[0], v) : v)]));
            var skip = Stage(types, _ => [.. branch.OutputTypes.Select(t => Ops.ZerosOf(t.Strong))]);
            var any = new Ops.ReduceOrPrimitive([0]).Bind(taken);
            var side = new CondPrimitive([skip, run]).BindAll([any, taken, .. values]);
            results = i == 0 ? side : [.. side.Select((y, k) => Ops.SelectLanes(taken, y, results[k]))];
        }
        return Array.ConvertAll(results, v => new Batched(v, true));
    }

    public override Narrowed? Narrow(bool[] used, int operands)
    {
        var reads = Branches.Select(b => ProgramTransforms.Narrow(b, used).Inputs).Aggregate(Mask.Or);
        if (Branches.All(b => ReferenceEquals(ProgramTransforms.Narrow(b, used, reads).Program, b)))
            return null;
        return new(new CondPrimitive([.. Branches.Select(b => ProgramTransforms.Narrow(b, used, reads).Program)]), [true, .. reads], used);
    }
}
