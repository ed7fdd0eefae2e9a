namespace Autodiff;

sealed partial record ScanPrimitive
{
    public override NDArray[] PartialEvaluate(StagingTrace trace, NDArray[] xs)
    {
        var (count, c, k, x) = Unpack(xs);
        if (count.Any(trace.Owns))
            return trace.Record(this, xs);
        var (uc, uk, ux) = (Array.ConvertAll(c, trace.Owns), Array.ConvertAll(k, trace.Owns), Array.ConvertAll(x, trace.Owns));
        bool[] invariant = [false, .. Mask.All(Constants), .. Mask.None(Carry + Xs)];
        Split split;
        while (true)
        {
            split = PartialEvaluation.Split(
                Body,
                [false, .. uc, .. uk, .. ux],
                [.. uk, .. Mask.None(Ys)],
                invariant,
                recompute: Length is null or 0,
                counter: true
            );
            if (split.UnknownOutputs.AsSpan(0, Carry).SequenceEqual(uk))
                break;
            uk = split.UnknownOutputs[..Carry];
        }
        var uy = split.UnknownOutputs[Carry..];
        if (!uk.Contains(false) && !uy.Contains(false) && split.Residuals.All(r => r.Source == ResidualSource.Input && !IsCarry(r)))
            return trace.Record(this, xs);

        var residuals = RunKnown(trace, split, (uc, uk, ux), uy, (count, c, k, x), out var known);
        var unknown = split.Unknown.Outputs.Length == 0 ? [] : RecordUnknown(trace, split, (uc, uk, ux), (count, c, k, x), residuals);
        return Mask.Merge(split.UnknownOutputs, unknown, known);
    }

    bool IsCarry(Residual r) => r.Source == ResidualSource.Input && r.Input > Constants && r.Input <= Constants + Carry;

    // A residual in its place for the unknown loop: a constant of it, one of its xs, or null for the index.
    readonly record struct Supplied(NDArray? Value, bool PerStep);

    /// <summary>
    /// Runs the known loop in the trace's parent. Besides its results it emits every residual that varies: those computed, and known carries as they
    /// enter the step. Elements of xs are residuals as they are, and the index costs nothing.
    /// </summary>
    Supplied[] RunKnown(
        StagingTrace trace,
        Split split,
        (bool[] C, bool[] K, bool[] X) unknown,
        bool[] uy,
        (NDArray[] Count, NDArray[] C, NDArray[] K, NDArray[] X) all,
        out NDArray[] knownOutputs
    )
    {
        bool[] unknownInputs = [false, .. unknown.C, .. unknown.K, .. unknown.X];
        var (knownC, knownK) = (Mask.Drop(all.C, unknown.C), Mask.Drop(all.K, unknown.K));
        var carried = split.Residuals.Where(IsCarry).Select(r => r.Input).Distinct().ToArray();
        var inputs = split.Known.Inputs;
        Atom[] entering = [.. carried.Select(i => inputs[Enumerable.Range(0, i).Count(j => !unknownInputs[j])])];
        // A residual that the user's ys already hold is not stored twice.
        Atom[] outputs = [.. split.Known.Outputs, .. entering];
        var distinct = outputs.Skip(knownK.Length).Distinct().ToArray();
        var body = new Jaxpr(inputs, split.Known.Equations, [.. outputs[..knownK.Length], .. distinct]);

        NDArray[] results = [],
            hoisted;
        using (trace.Parent.Enter())
        {
            if (body.Outputs.Length > 0)
                results = new ScanPrimitive(body, knownC.Length, knownK.Length, Length, Reverse).BindAll([
                    .. all.Count,
                    .. knownC,
                    .. knownK,
                    .. Mask.Drop(all.X, unknown.X),
                ]);
            hoisted = split.Hoisted.Outputs.Length == 0 ? [] : Hoist(split.Hoisted, knownC);
        }
        var stacked = outputs.Skip(knownK.Length).Select(o => results[knownK.Length + Array.IndexOf(distinct, o)]).ToArray();
        var ky = uy.Count(u => !u);
        knownOutputs = [.. results[..knownK.Length], .. stacked[..ky]];

        var (computed, invariants) = (new Queue<NDArray>(stacked[ky..]), new Queue<NDArray>(hoisted));
        var entered = stacked[(stacked.Length - carried.Length)..];
        NDArray[] operands = [.. all.C, .. all.K, .. all.X];
        return Array.ConvertAll(
            split.Residuals,
            r =>
                r.Source switch
                {
                    ResidualSource.Invariant => new Supplied(invariants.Dequeue(), PerStep: false),
                    ResidualSource.Computed => new Supplied(computed.Dequeue(), PerStep: true),
                    _ when r.Input == 0 => new Supplied(null, PerStep: false),
                    _ when IsCarry(r) => new Supplied(entered[Array.IndexOf(carried, r.Input)], PerStep: true),
                    _ => new Supplied(operands[r.Input - 1], PerStep: r.Input > Constants),
                }
        );
    }

    // Invariant residuals depend on constants alone; the program's other inputs are never read.
    NDArray[] Hoist(Jaxpr hoisted, NDArray[] constants) =>
        new Jaxpr(hoisted.Inputs[1..(1 + constants.Length)], hoisted.Equations, hoisted.Outputs).Evaluate(constants);

    NDArray[] RecordUnknown(
        StagingTrace trace,
        Split split,
        (bool[] C, bool[] K, bool[] X) unknown,
        (NDArray[] Count, NDArray[] C, NDArray[] K, NDArray[] X) all,
        Supplied[] residuals
    )
    {
        var inputs = split.Unknown.Inputs;
        var own = inputs[residuals.Length..];
        var (nc, nk) = (Mask.Count(unknown.C), Mask.Count(unknown.K));
        List<Var> constantVars = [],
            rowVars = [];
        List<NDArray> constants = [],
            rows = [];
        var index = new Var(IndexType);
        for (var r = 0; r < residuals.Length; r++)
        {
            if (residuals[r].Value is not { } value)
            {
                index = inputs[r];
                continue;
            }
            (residuals[r].PerStep ? rowVars : constantVars).Add(inputs[r]);
            (residuals[r].PerStep ? rows : constants).Add(value);
        }
        var body = new Jaxpr(
            [index, .. constantVars, .. own[..(nc + nk)], .. rowVars, .. own[(nc + nk)..]],
            split.Unknown.Equations,
            split.Unknown.Outputs
        );
        return trace.Record(
            new ScanPrimitive(body, constants.Count + nc, nk, Length, Reverse),
            [
                .. all.Count,
                .. constants,
                .. Mask.Pick(all.C, unknown.C),
                .. Mask.Pick(all.K, unknown.K),
                .. rows,
                .. Mask.Pick(all.X, unknown.X),
            ]
        );
    }
}
