namespace Autodiff;

/// <summary>
/// A loop that runs while a condition holds. Operands: constants, initial carry; the condition and the body take both. The body gives (carry, a row
/// of each of ys). Results: the last carry, the number of iterations (Int64), and the ys as tapes, from which the loop can be walked backwards.
/// </summary>
sealed partial record WhilePrimitive(Jaxpr Condition, Jaxpr Body, int Constants) : HigherOrder
{
    static readonly Aval CountType = new(DType.Int64, Shape.Scalar);

    public override string Name => "while";
    public override IEnumerable<Jaxpr> Programs => [Condition, Body];

    int Carry => Body.Inputs.Length - Constants;
    int Ys => Body.Outputs.Length - Carry;
    Aval[] CarryTypes => Body.InputTypes[Constants..];

    public override Aval[] Infer(Aval[] xs)
    {
        CheckOperands(xs, Body.InputTypes);
        CheckOperands(xs, Condition.InputTypes);
        CheckOperands(Body.OutputTypes[..Carry], CarryTypes);
        CheckOperands(Condition.OutputTypes, [new Aval(DType.Bool, Shape.Scalar)]);
        return [.. CarryTypes, CountType, .. Body.OutputTypes[Carry..].Select(a => a.Strong.Stack(null))];
    }

    public override Value[] Emit(ProgramBuilder builder, Value[] inputs)
    {
        var (constants, carry) = (inputs[..Constants], inputs[Constants..]);
        return builder.Loop(
            carry,
            [],
            Body.OutputTypes[Carry..],
            (_, k, _) => Body.Emit(builder, [.. constants, .. k]),
            condition: k => Condition.Emit(builder, [.. constants, .. k])[0]
        );
    }

    // The condition sees primals only.
    protected override (NDArray[] Ys, NDArray?[] Dys) BindWidened(NDArray[] xs, NDArray?[] dxs)
    {
        var (nc, nk) = (Mask.NonNull(dxs[..Constants]), Mask.NonNull(dxs[Constants..]));
        Jaxpr jvp;
        bool[] tangents;
        while (true)
        {
            (jvp, tangents) = ProgramTransforms.Jvp(Body, [.. nc, .. nk], [.. nk, .. Mask.None(Ys)]);
            if (tangents.AsSpan(0, Carry).SequenceEqual(nk))
                break;
            nk = tangents[..Carry];
        }
        // [c k | dc dk] becomes [c dc k dk], and [k y | dk dy] becomes [k dk y dy].
        var (dcs, dks) = (Mask.Count(nc), Mask.Count(nk));
        var (primal, tangent) = (jvp.Inputs[..Body.Inputs.Length], jvp.Inputs[Body.Inputs.Length..]);
        var (ys, dys) = (jvp.Outputs[..Body.Outputs.Length], jvp.Outputs[Body.Outputs.Length..]);
        Var[] inputs = [.. primal[..Constants], .. tangent[..dcs], .. primal[Constants..], .. tangent[dcs..]];
        var body = new Jaxpr(inputs, jvp.Equations, [.. ys[..Carry], .. dys[..dks], .. ys[Carry..], .. dys[dks..]]);
        var condition = Stage(
            inputs.Select(v => v.Aval),
            a => Condition.Evaluate([.. a[..Constants], .. a[(Constants + dcs)..(Constants + dcs + Carry)]])
        );
        NDArray[] dInit = Instantiate(Mask.Pick(dxs[Constants..], nk), [.. Mask.Pick(CarryTypes, nk).Select(a => a.Strong)]);
        var r = new WhilePrimitive(condition, body, Constants + dcs).BindAll([
            .. xs[..Constants],
            .. Mask.Pick(dxs[..Constants], nc)!,
            .. xs[Constants..],
            .. dInit,
        ]);
        var wide = Carry + dks;
        return (
            [.. r[..Carry], r[wide], .. r[(wide + 1)..(wide + 1 + Ys)]],
            [.. Mask.Scatter(nk, r[Carry..wide]), null, .. Mask.Scatter(tangents[Carry..], r[(wide + 1 + Ys)..])]
        );
    }

    // The known part is a while loop that tapes its residuals; the unknown part is a scan that takes its count.
    public override NDArray[] PartialEvaluate(StagingTrace trace, NDArray[] xs)
    {
        var (c, k) = (xs[..Constants], xs[Constants..]);
        var (uc, uk) = (Array.ConvertAll(c, trace.Owns), Array.ConvertAll(k, trace.Owns));
        InputRole[] roles = [.. Enumerable.Repeat(InputRole.Constant, Constants), .. Enumerable.Repeat(InputRole.Carry, Carry)];
        Split split;
        while (true)
        {
            split = PartialEvaluation.Split(Body, [.. uc, .. uk], [.. uk, .. Mask.None(Ys)], roles, recompute: true);
            if (split.UnknownOutputs.AsSpan(0, Carry).SequenceEqual(uk))
                break;
            uk = split.UnknownOutputs[..Carry];
        }
        bool[] unknown = [.. uc, .. uk];
        // A condition on unknown values leaves nothing to split.
        var conditionReads = ProgramTransforms.Narrow(Condition, [true]).Inputs;
        if (unknown.Zip(conditionReads, (u, r) => u && r).Any(both => both))
            return trace.Record(this, xs);

        var loop = new SplitLoop(split, unknown, Constants, Carry);
        var (knownC, knownK) = (Mask.Drop(c, uc), Mask.Drop(k, uk));
        var condition = new Jaxpr(Mask.Drop(Condition.Inputs, unknown), Condition.Equations, Condition.Outputs);
        NDArray[] known;
        using (trace.Parent.Enter())
            known = new WhilePrimitive(condition, loop.KnownBody, knownC.Length).BindAll([.. knownC, .. knownK]);

        var (count, tapes) = (known[knownK.Length], known[(knownK.Length + 1)..]);
        var rest = loop.RecordUnknown(trace, (null, false), [count], xs, tapes, []);
        return Mask.Merge(
            [.. uk, false, .. split.UnknownOutputs[Carry..]],
            rest,
            [.. known[..knownK.Length], count, .. loop.KnownYs(tapes)]
        );
    }

    public override Batched[] Batch(int size, Batched[] xs)
    {
        bool[] bc = [.. xs[..Constants].Select(x => x.IsBatched)],
            bk = [.. xs[Constants..].Select(x => x.IsBatched)];
        while (true)
        {
            // A predicate that all lanes share stays a scalar.
            var (condition, batchedPredicate) = ProgramTransforms.Batch(Condition, size, [.. bc, .. bk], [false]);
            if (batchedPredicate[0])
                return LanesTogether(bc) is var together && size > together
                    ? BatchBlocks(size, together, xs, bc)
                    : BatchLanes(size, xs, bc);
            var (body, outputs) = ProgramTransforms.Batch(Body, size, [.. bc, .. bk], [.. bk, .. Mask.None(Ys)]);
            if (!outputs.AsSpan(0, Carry).SequenceEqual(bk))
            {
                bk = outputs[..Carry];
                continue;
            }
            var r = new WhilePrimitive(condition, body, Constants).BindAll([
                .. xs.Select((x, i) => i >= Constants && bk[i - Constants] ? x.Materialize(size) : x.Value),
            ]);
            bool[] batched = [.. outputs[..Carry], false, .. outputs[Carry..]];
            return Zip(r, batched);
        }
    }

    public override Narrowed? Narrow(bool[] used, int operands)
    {
        var (_, conditionReads) = ProgramTransforms.Narrow(Condition, [true]);
        var keep = Mask.Or(used[..Carry], conditionReads[Constants..]);
        var usedYs = used[(Carry + 1)..];
        while (true)
        {
            var (body, inputs) = ProgramTransforms.Narrow(
                Body,
                [.. keep, .. usedYs],
                Mask.Or(conditionReads, [.. Mask.None(Constants), .. keep])
            );
            if (!inputs.AsSpan(Constants).SequenceEqual(keep))
            {
                keep = inputs[Constants..];
                continue;
            }
            if (ReferenceEquals(body, Body))
                return null;
            var condition = new Jaxpr(Mask.Pick(Condition.Inputs, inputs), Condition.Equations, Condition.Outputs);
            return new(new WhilePrimitive(condition, body, Mask.Count(inputs[..Constants])), inputs, [.. keep, true, .. usedYs]);
        }
    }
}
