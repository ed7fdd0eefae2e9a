namespace Autodiff;

/// <summary>The transforms of whole programs, from which the rules of the primitives that carry them are made. Each is remembered with its program.</summary>
static class ProgramTransforms
{
    /// <summary>
    /// The program of values and tangents: (x…, dx of the x in <paramref name="tangents"/>…) gives (y…, dy of the y in Tangents…). The y in
    /// <paramref name="force"/> get a tangent even if it is zero.
    /// </summary>
    internal static (Jaxpr Program, bool[] Tangents) Jvp(Jaxpr jaxpr, bool[] tangents, bool[] force) =>
        jaxpr.Remember(
            ("jvp", Key(tangents), Key(force)),
            () =>
            {
                bool[] outputs = [];
                var n = jaxpr.Inputs.Length;
                var dTypes = Mask.Pick(jaxpr.InputTypes, tangents).Select(a => a.Strong);
                var program = StagingTrace.Stage(
                    [.. jaxpr.InputTypes, .. dTypes],
                    a =>
                    {
                        var (ys, dys) = ForwardMode.Jvp(jaxpr.Evaluate, a[..n], Mask.Scatter(tangents, a[n..]));
                        outputs = Mask.Or(Mask.NonNull(dys), force);
                        var written = dys.Select((d, i) => d ?? (outputs[i] ? Ops.ZerosOf(ys[i].Aval) : null));
                        return [.. ys, .. Mask.Pick(written, outputs)!];
                    }
                );
                return (program.WithoutConstants, outputs);
            }
        );

    /// <summary>The program for a batch of <paramref name="size"/>; the outputs in <paramref name="force"/> are batched even if they need not be.</summary>
    internal static (Jaxpr Program, bool[] Batched) Batch(Jaxpr jaxpr, int size, bool[] batched, bool[] force) =>
        jaxpr.Remember(
            ("batch", size, Key(batched), Key(force)),
            () =>
            {
                bool[] outputs = [];
                var program = StagingTrace.Stage(
                    [.. jaxpr.InputTypes.Select((a, i) => batched[i] ? a.Batched(size) : a)],
                    a =>
                    {
                        var ys = Batching.Batch(jaxpr.Evaluate, size, [.. a.Select((x, i) => new Batched(x, batched[i]))]);
                        outputs = [.. ys.Select((y, i) => y.IsBatched || force[i])];
                        return [.. ys.Select((y, i) => outputs[i] ? y.Materialize(size) : y.Value)];
                    }
                );
                return (program.WithoutConstants, outputs);
            }
        );

    /// <summary>
    /// The transpose with respect to the <paramref name="linear"/> inputs: (known inputs…, sums for the linear inputs in <paramref name="summed"/>…, ct of the
    /// outputs in <paramref name="given"/>…) gives the cotangents of the linear inputs that are in Outputs, added to their sums; those in
    /// <paramref name="force"/> are written even if they are zero.
    /// </summary>
    internal static (Jaxpr Program, bool[] Outputs) Transpose(
        Jaxpr jaxpr,
        bool[] linear,
        bool[] given,
        bool force,
        bool[]? summed = null
    ) =>
        jaxpr.Remember(
            ("transpose", Key(linear), Key(given), force, Key(summed ?? [])),
            () =>
            {
                bool[] outputs = [];
                summed ??= Mask.None(linear.Length);
                Aval[] known = Mask.Drop(jaxpr.InputTypes, linear),
                    sums = [.. Mask.Pick(jaxpr.InputTypes, summed).Select(a => a.Strong)];
                var linearTypes = Mask.Pick(jaxpr.InputTypes, linear);
                var program = StagingTrace.Stage(
                    [.. known, .. sums, .. Mask.Pick(jaxpr.OutputTypes, given).Select(a => a.Strong)],
                    a =>
                    {
                        var (k, s) = (known.Length, known.Length + sums.Length);
                        var values = Mask.Scatter(Mask.Not(linear), a[..k]);
                        Operand[] operands = [.. values.Select((v, i) => new Operand(jaxpr.InputTypes[i], v))];
                        var initial = Mask.Scatter(summed, a[k..s]);
                        var cts = Transposition.Pull(jaxpr.Evaluate, operands, Mask.Scatter(given, a[s..]), initial);
                        var pulled = Mask.Pick(cts, linear);
                        outputs = force ? Mask.All(pulled.Length) : Mask.NonNull(pulled);
                        return [.. Mask.Pick(pulled.Select((c, i) => c ?? (force ? Ops.ZerosOf(linearTypes[i].Strong) : null)), outputs)!];
                    }
                );
                return (program.WithoutConstants, outputs);
            }
        );

    /// <summary>
    /// The program narrowed to the used outputs, and the inputs it still reads; those in <paramref name="keep"/> stay.
    /// </summary>
    internal static (Jaxpr Program, bool[] Inputs) Narrow(Jaxpr jaxpr, bool[] used, bool[]? keep = null) =>
        jaxpr.Remember(
            ("narrow", Key(used), Key(keep ?? [])),
            () =>
            {
                var outputs = Mask.Pick(jaxpr.Outputs, used);
                var equations = Pruning.Prune(jaxpr.Equations, outputs);
                var read = equations.SelectMany(e => e.Inputs).Concat(outputs).OfType<Var>().ToHashSet();
                bool[] inputs = [.. jaxpr.Inputs.Select((v, i) => read.Contains(v) || keep is not null && keep[i])];
                // A program that is narrow already stays itself, with all that is remembered of it.
                var same =
                    !used.Contains(false)
                    && !inputs.Contains(false)
                    && equations.SequenceEqual(jaxpr.Equations, ReferenceEqualityComparer.Instance);
                return (same ? jaxpr : new Jaxpr(Mask.Pick(jaxpr.Inputs, inputs), equations, outputs), inputs);
            }
        );

    internal static ValueList<bool> Key(bool[] mask) => ValueList.Create<bool>(mask);
}
