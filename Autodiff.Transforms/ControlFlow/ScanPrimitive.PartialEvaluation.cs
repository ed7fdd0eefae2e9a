namespace Autodiff;

sealed partial record ScanPrimitive
{
    public override NDArray[] PartialEvaluate(StagingTrace trace, NDArray[] xs)
    {
        var (count, c, k, x) = Unpack(xs);
        if (count.Any(trace.Owns))
            return trace.Record(this, xs);
        var (uc, uk, ux) = (Array.ConvertAll(c, trace.Owns), Array.ConvertAll(k, trace.Owns), Array.ConvertAll(x, trace.Owns));
        InputRole[] roles =
        [
            InputRole.Index,
            .. Enumerable.Repeat(InputRole.Constant, Constants),
            .. Enumerable.Repeat(InputRole.Carry, Carry),
            .. Enumerable.Repeat(InputRole.Row, Xs),
        ];
        Split split;
        while (true)
        {
            split = PartialEvaluation.Split(
                Body,
                [false, .. uc, .. uk, .. ux],
                [.. uk, .. Mask.None(Ys)],
                roles,
                recompute: Length is null or 0
            );
            if (split.UnknownOutputs.AsSpan(0, Carry).SequenceEqual(uk))
                break;
            uk = split.UnknownOutputs[..Carry];
        }
        var loop = new SplitLoop(split, [false, .. uc, .. uk, .. ux], 1 + Constants, Carry);
        if (loop.IsUnknown)
            return trace.Record(this, xs);

        var (knownC, knownK) = (Mask.Drop(c, uc), Mask.Drop(k, uk));
        NDArray[] known = [],
            hoisted = [];
        using (trace.Parent.Enter())
        {
            if (loop.KnownBody.Outputs.Length > 0)
                known = new ScanPrimitive(loop.KnownBody, knownC.Length, knownK.Length, Length, Reverse).BindAll([
                    .. count,
                    .. knownC,
                    .. knownK,
                    .. Mask.Drop(x, ux),
                ]);
            if (split.Hoisted.Outputs.Length > 0)
                hoisted = Hoist(split.Hoisted, knownC);
        }
        var rows = known[knownK.Length..];
        var unknown = loop.RecordUnknown(trace, (Length, Reverse), count, [.. c, .. k, .. x], rows, hoisted);
        return Mask.Merge(split.UnknownOutputs, unknown, [.. known[..knownK.Length], .. loop.KnownYs(rows)]);
    }

    // Invariant residuals depend on constants alone; the program's other inputs are never read.
    static NDArray[] Hoist(Jaxpr hoisted, NDArray[] constants) =>
        new Jaxpr(hoisted.Inputs[1..(1 + constants.Length)], hoisted.Equations, hoisted.Outputs).Evaluate(constants);
}
