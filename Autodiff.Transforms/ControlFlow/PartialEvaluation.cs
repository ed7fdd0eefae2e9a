namespace Autodiff;

/// <summary>Where a residual, a known value that the unknown part of a program reads, comes from.</summary>
enum ResidualSource
{
    /// <summary>An input of the program.</summary>
    Input,

    /// <summary>Computed by the known part.</summary>
    Computed,

    /// <summary>Computed by the known part from invariant inputs alone.</summary>
    Invariant,
}

/// <summary>A residual: its source, and the number of the input if it is one.</summary>
readonly record struct Residual(ResidualSource Source, int Input, Aval Type);

/// <summary>
/// A program split by what is known.
/// </summary>
/// <param name="Known">Known inputs give the known outputs, then the computed residuals.</param>
/// <param name="Hoisted">Known inputs give the invariant residuals.</param>
/// <param name="Unknown">Residuals, then unknown inputs, give the unknown outputs.</param>
/// <param name="UnknownOutputs">Which outputs are unknown.</param>
/// <param name="Residuals">What Unknown reads first.</param>
sealed record Split(Jaxpr Known, Jaxpr Hoisted, Jaxpr Unknown, bool[] UnknownOutputs, Residual[] Residuals);

/// <summary>Partial evaluation of programs.</summary>
static class PartialEvaluation
{
    /// <summary>
    /// Interprets the program under a staging trace over a staging trace: the inner one writes down what is known, the outer what is not, and
    /// the residuals are the known variables that the pruned outer program reads.
    /// </summary>
    /// <param name="jaxpr">The program.</param>
    /// <param name="unknown">Which inputs are unknown.</param>
    /// <param name="force">Which outputs count as unknown in any case.</param>
    /// <param name="invariant">Which inputs do not vary between the iterations of a loop whose body this is; null where it is not a body.</param>
    /// <param name="counter">
    /// Whether the first input is a loop's index. Scalars that depend on it alone are computed anew by the unknown part instead of stored for each step.
    /// </param>
    /// <param name="recompute">
    /// Whether the unknown part computes anew what depends on invariant inputs alone. A loop that may run zero times must: hoisted out of
    /// it, such a value could be NaN where it is never used, and poison a higher derivative.
    /// </param>
    internal static Split Split(
        Jaxpr jaxpr,
        bool[] unknown,
        bool[]? force = null,
        bool[]? invariant = null,
        bool recompute = false,
        bool counter = false
    ) =>
        jaxpr.Remember(
            ("split", Key(unknown), Key(force), Key(invariant), recompute, counter),
            () => SplitNow(jaxpr, unknown, force, invariant, recompute, counter)
        );

    static ValueList<bool> Key(bool[]? mask) => ProgramTransforms.Key(mask ?? []);

    static Split SplitNow(Jaxpr jaxpr, bool[] unknown, bool[]? force, bool[]? invariant, bool recompute, bool counter)
    {
        var known = new StagingTrace(null);
        var rest = new StagingTrace(known);
        var inputs = jaxpr.InputTypes.Select((a, i) => unknown[i] ? rest.NewInput(a) : known.NewInput(a)).ToArray();
        NDArray[] outputs;
        using (rest.Enter())
            outputs = jaxpr.Evaluate([.. inputs]);
        bool[] unknownOutputs = [.. outputs.Select((y, i) => rest.Owns(y) || force is not null && force[i])];

        var invariants = inputs.Where((_, i) => !unknown[i] && invariant is not null && invariant[i]).Select(t => t.Var).ToHashSet();
        if (invariant is not null)
            foreach (var e in known.Equations)
                if (e.Inputs.All(a => a is Literal || invariants.Contains((Var)a)))
                    invariants.UnionWith(e.Outputs);
        HashSet<Var> counted = counter ? [inputs[0].Var] : [];
        foreach (var e in known.Equations)
            if (counted.Count > 0 && e.Outputs.All(v => v.Aval.IsScalar) && e.Inputs.All(a => a is Literal || counted.Contains((Var)a)))
                counted.UnionWith(e.Outputs);
        var again = recompute ? invariants.Union(counted).ToHashSet() : counted;
        // In a loop a value is kept as it was before it was broadcast.
        bool IsCheap(Equation e) => invariant is not null && e.Primitive is Ops.BroadcastPrimitive && !invariants.Contains(e.Outputs[0]);
        var prefix = known.Equations.Where(e => e.Outputs.All(again.Contains) || IsCheap(e)).ToArray();
        if (prefix.Length > 0)
            foreach (var input in Mask.Drop(inputs, unknown))
                rest.AtomOf(input);
        foreach (var v in prefix.SelectMany(e => e.Inputs).OfType<Var>())
            rest.Capture(known, v);

        var closed = rest.Close(Mask.Pick(inputs, unknown), Mask.Pick(outputs, unknownOutputs), prefix);
        var residuals = Array.ConvertAll(
            closed.Constants,
            c =>
            {
                var input = Array.IndexOf(inputs, c);
                var source =
                    input >= 0 ? ResidualSource.Input
                    : invariants.Contains(((StagedTracer)c).Var) ? ResidualSource.Invariant
                    : ResidualSource.Computed;
                return new Residual(source, input, c.Aval);
            }
        );
        NDArray[] From(ResidualSource source) => [.. closed.Constants.Where((_, r) => residuals[r].Source == source)];
        Jaxpr Known(NDArray[] results) => known.Close(Mask.Drop(inputs, unknown), results).WithoutConstants;
        return new(
            Known([.. Mask.Drop(outputs, unknownOutputs), .. From(ResidualSource.Computed)]),
            Known(From(ResidualSource.Invariant)),
            closed.Jaxpr,
            unknownOutputs,
            residuals
        );
    }
}
