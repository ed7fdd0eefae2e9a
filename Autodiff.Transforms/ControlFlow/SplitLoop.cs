namespace Autodiff;

/// <summary>
/// The two loops into which one falls apart where only some of its values are known. The known loop emits, besides its own ys, every residual that
/// varies: those computed, and known carries as they enter the step. The unknown loop is a scan that reads them. Elements of xs are residuals as
/// they are, and the index costs nothing.
/// </summary>
sealed class SplitLoop
{
    readonly Split split;
    readonly bool[] unknown;
    readonly int firstCarry;
    readonly int firstRow;
    readonly int[] carried;
    readonly Atom[] emitted;
    readonly Atom[] distinct;

    /// <param name="split">The split of the body.</param>
    /// <param name="unknown">Which inputs of the body are unknown.</param>
    /// <param name="firstCarry">The number of the body's first carry; before it come the index, if there is one, and the constants.</param>
    /// <param name="carry">The number of carries.</param>
    internal SplitLoop(Split split, bool[] unknown, int firstCarry, int carry)
    {
        (this.split, this.unknown, this.firstCarry, firstRow) = (split, unknown, firstCarry, firstCarry + carry);
        carried = [.. split.Residuals.Where(IsCarry).Select(r => r.Input).Distinct()];
        var inputs = split.Known.Inputs;
        var kept = Mask.Count(Mask.Not(unknown[firstCarry..firstRow]));
        var entering = carried.Select(i => inputs[Enumerable.Range(0, i).Count(j => !unknown[j])]);
        emitted = [.. split.Known.Outputs[kept..], .. entering];
        // A residual that the user's ys already hold is not stored twice.
        distinct = [.. emitted.Distinct()];
        KnownBody = new Jaxpr(inputs, split.Known.Equations, [.. split.Known.Outputs[..kept], .. distinct]);
    }

    /// <summary>The body of the known loop: it gives the known carries, then what is emitted.</summary>
    internal Jaxpr KnownBody { get; }

    /// <summary>Whether there is nothing that the known loop would do or emit.</summary>
    internal bool IsUnknown => KnownBody.Outputs.Length == 0 && split.Residuals.All(r => r.Source == ResidualSource.Input && !IsCarry(r));

    bool IsCarry(Residual r) => r.Source == ResidualSource.Input && r.Input >= firstCarry && r.Input < firstRow;

    /// <summary>The known ys, given what the known loop emitted.</summary>
    internal NDArray[] KnownYs(NDArray[] rows) =>
        [.. emitted.Take(emitted.Length - carried.Length - Computed).Select(o => RowsOf(o, rows))];

    int Computed => split.Residuals.Count(r => r.Source == ResidualSource.Computed);

    NDArray RowsOf(Atom output, NDArray[] rows) => rows[Array.IndexOf(distinct, output)];

    /// <summary>
    /// Records the unknown loop.
    /// </summary>
    /// <param name="trace">The trace in which it is recorded.</param>
    /// <param name="like">A scan with its length and direction; its count, if any, is <paramref name="count"/>.</param>
    /// <param name="count">The number of iterations, where it is not static.</param>
    /// <param name="operands">The operands of the original loop, one for each input of the body but the index.</param>
    /// <param name="rows">What the known loop emitted.</param>
    /// <param name="hoisted">The invariant residuals.</param>
    internal NDArray[] RecordUnknown(
        StagingTrace trace,
        (int? Length, bool Reverse) like,
        NDArray[] count,
        NDArray[] operands,
        NDArray[] rows,
        NDArray[] hoisted
    )
    {
        if (split.Unknown.Outputs.Length == 0)
            return [];
        var skipped = unknown.Length - operands.Length; // the index, where the body takes one
        var index = new Var(ScanPrimitive.IndexType);
        List<(Var Var, NDArray Value)> constants = [],
            perStep = [];
        var computed = new Queue<Atom>(emitted.Skip(emitted.Length - carried.Length - Computed));
        var invariants = new Queue<NDArray>(hoisted);
        for (var r = 0; r < split.Residuals.Length; r++)
        {
            var (residual, variable) = (split.Residuals[r], split.Unknown.Inputs[r]);
            if (residual.Source == ResidualSource.Invariant)
                constants.Add((variable, invariants.Dequeue()));
            else if (residual.Source == ResidualSource.Computed)
                perStep.Add((variable, RowsOf(computed.Dequeue(), rows)));
            else if (IsCarry(residual))
                perStep.Add((variable, RowsOf(emitted[emitted.Length - carried.Length + Array.IndexOf(carried, residual.Input)], rows)));
            else if (residual.Input < skipped)
                index = variable;
            else
                (residual.Input < firstCarry ? constants : perStep).Add((variable, operands[residual.Input - skipped]));
        }
        var own = split.Unknown.Inputs[split.Residuals.Length..];
        var ownOperands = Mask.Pick(operands, unknown[skipped..]);
        var (nc, nk) = (Mask.Count(unknown[skipped..firstCarry]), Mask.Count(unknown[firstCarry..firstRow]));
        var body = new Jaxpr(
            [index, .. constants.Select(c => c.Var), .. own[..(nc + nk)], .. perStep.Select(r => r.Var), .. own[(nc + nk)..]],
            split.Unknown.Equations,
            split.Unknown.Outputs
        );
        return trace.Record(
            new ScanPrimitive(body, constants.Count + nc, nk, like.Length, like.Reverse),
            [
                .. count,
                .. constants.Select(c => c.Value),
                .. ownOperands[..(nc + nk)],
                .. perStep.Select(r => r.Value),
                .. ownOperands[(nc + nk)..],
            ]
        );
    }
}
