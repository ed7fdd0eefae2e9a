namespace Autodiff;

/// <summary>A program applied as it is. What differs between kinds of call is what their split keeps.</summary>
abstract record CallPrimitive(Jaxpr Body) : HigherOrder
{
    public override IEnumerable<Jaxpr> Programs => [Body];

    protected abstract CallPrimitive With(Jaxpr body);

    public override Aval[] Infer(Aval[] xs)
    {
        CheckOperands(xs, Body.InputTypes);
        return Body.OutputTypes;
    }

    public override Value[] Emit(ProgramBuilder builder, Value[] inputs) => Body.Emit(builder, inputs);

    protected override (NDArray[] Ys, NDArray?[] Dys) BindWidened(NDArray[] xs, NDArray?[] dxs)
    {
        var tangents = Mask.NonNull(dxs);
        var n = Body.Outputs.Length;
        var (jvp, outputs) = ProgramTransforms.Jvp(Body, tangents, Mask.None(n));
        var r = With(jvp).BindAll([.. xs, .. Mask.Pick(dxs, tangents)!]);
        return (r[..n], Mask.Scatter(outputs, r[n..]));
    }

    public override Batched[] Batch(int size, Batched[] xs)
    {
        var (batched, outputs) = ProgramTransforms.Batch(
            Body,
            size,
            Array.ConvertAll(xs, x => x.IsBatched),
            Mask.None(Body.Outputs.Length)
        );
        return Zip(With(batched).BindAll(Array.ConvertAll(xs, x => x.Value)), outputs);
    }

    public override Narrowed? Narrow(bool[] used, int operands)
    {
        var (narrow, inputs) = ProgramTransforms.Narrow(Body, used);
        return ReferenceEquals(narrow, Body) ? null : new(With(narrow), inputs, used);
    }
}

/// <summary>A compiled function. It splits into a compiled known part and a compiled unknown part.</summary>
sealed record JitPrimitive(Jaxpr Body) : CallPrimitive(Body)
{
    public override string Name => "jit";

    protected override CallPrimitive With(Jaxpr body) => new JitPrimitive(body);

    public override NDArray[] PartialEvaluate(StagingTrace trace, NDArray[] xs)
    {
        var unknown = Array.ConvertAll(xs, trace.Owns);
        var split = PartialEvaluation.Split(Body, unknown);
        var kept = split.UnknownOutputs.Count(u => !u);
        NDArray[] known = [];
        if (split.Known.Outputs.Length > 0)
            using (trace.Parent.Enter())
                known = With(split.Known).BindAll(Mask.Drop(xs, unknown));
        var computed = new Queue<NDArray>(known.Skip(kept));
        NDArray[] residuals = Array.ConvertAll(
            split.Residuals,
            r => r.Source == ResidualSource.Computed ? computed.Dequeue() : xs[r.Input]
        );
        var rest = split.Unknown.Outputs.Length == 0 ? [] : trace.Record(With(split.Unknown), [.. residuals, .. Mask.Pick(xs, unknown)]);
        return Mask.Merge(split.UnknownOutputs, rest, [.. known.Take(kept)]);
    }

    public override void Transpose(NDArray?[] cts, Operand[] xs, Cotangents into)
    {
        var linear = Array.ConvertAll(xs, o => o.IsLinear);
        var given = Mask.NonNull(cts);
        var (transposed, outputs) = ProgramTransforms.Transpose(Body, linear, given, force: false);
        var pulled = With(transposed).BindAll([.. Mask.Drop(xs, linear).Select(o => o.Known), .. Mask.Pick(cts, given)!]);
        var all = Mask.Scatter(linear, Mask.Scatter(outputs, pulled));
        for (var i = 0; i < all.Length; i++)
            into.Add(i, all[i]);
    }
}

/// <summary>
/// Rematerialisation: the unknown part keeps the whole program and its inputs, so nothing computed inside is stored between the forward and the backward pass.
/// </summary>
sealed record CheckpointPrimitive(Jaxpr Body) : CallPrimitive(Body)
{
    public override string Name => "checkpoint";

    protected override CallPrimitive With(Jaxpr body) => new CheckpointPrimitive(body);

    public override NDArray[] PartialEvaluate(StagingTrace trace, NDArray[] xs)
    {
        var unknown = Array.ConvertAll(xs, trace.Owns);
        var split = PartialEvaluation.Split(Body, unknown);
        var kept = split.UnknownOutputs.Count(u => !u);
        NDArray[] known = [];
        if (kept > 0)
        {
            var (narrow, inputs) = ProgramTransforms.Narrow(
                split.Known,
                [.. Enumerable.Range(0, split.Known.Outputs.Length).Select(i => i < kept)]
            );
            using (trace.Parent.Enter())
                known = With(narrow).BindAll(Mask.Pick(Mask.Drop(xs, unknown), inputs));
        }
        var (whole, reads) = ProgramTransforms.Narrow(Body, split.UnknownOutputs);
        var rest = whole.Outputs.Length == 0 ? [] : trace.Record(With(whole), Mask.Pick(xs, reads));
        return Mask.Merge(split.UnknownOutputs, rest, known);
    }

    // The known values inside are computed again here, in the current trace.
    public override void Transpose(NDArray?[] cts, Operand[] xs, Cotangents into)
    {
        var pulled = Transposition.Pull(Body.Evaluate, xs, cts);
        for (var i = 0; i < pulled.Length; i++)
            into.Add(i, pulled[i]);
    }
}
