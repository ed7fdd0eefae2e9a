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

/// <summary>What an input of a loop's body is to the loop.</summary>
enum InputRole
{
    /// <summary>The number of the iteration.</summary>
    Index,

    /// <summary>The same at every iteration.</summary>
    Constant,

    /// <summary>What the iteration before gave.</summary>
    Carry,

    /// <summary>A row of an array.</summary>
    Row,
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
    /// <param name="roles">
    /// The roles of the inputs of a loop's body; null where it is no body. What depends on a loop's index alone is then computed anew by the unknown
    /// part, and so is what is cheaper to compute than to store at each step (<see cref="Recomputation"/>).
    /// </param>
    /// <param name="recompute">
    /// Whether the unknown part computes anew what depends on invariant inputs alone. A loop that may run zero times must: hoisted out of
    /// it, such a value could be NaN where it is never used, and poison a higher derivative.
    /// </param>
    internal static Split Split(Jaxpr jaxpr, bool[] unknown, bool[]? force = null, InputRole[]? roles = null, bool recompute = false) =>
        jaxpr.Remember(
            ("split", Key(unknown), Key(force), new ValueList<InputRole>(roles ?? []), recompute),
            () => SplitNow(jaxpr, unknown, force, roles, recompute)
        );

    static ValueList<bool> Key(bool[]? mask) => ProgramTransforms.Key(mask ?? []);

    static Split SplitNow(Jaxpr jaxpr, bool[] unknown, bool[]? force, InputRole[]? roles, bool recompute)
    {
        var known = new StagingTrace(null);
        var rest = new StagingTrace(known);
        var inputs = jaxpr.InputTypes.Select((a, i) => unknown[i] ? rest.NewInput(a) : known.NewInput(a)).ToArray();
        NDArray[] outputs;
        using (rest.Enter())
            outputs = jaxpr.Evaluate([.. inputs]);
        bool[] unknownOutputs = [.. outputs.Select((y, i) => rest.Owns(y) || force is not null && force[i])];

        HashSet<Var> Inputs(InputRole role) => [.. inputs.Where((_, i) => !unknown[i] && roles?[i] == role).Select(t => t.Var)];
        var invariants = Inputs(InputRole.Constant);
        if (roles is not null)
            foreach (var e in known.Equations)
                if (e.Inputs.All(a => a is Literal || invariants.Contains((Var)a)))
                    invariants.UnionWith(e.Outputs);
        var counted = Inputs(InputRole.Index);
        foreach (var e in known.Equations)
            if (counted.Count > 0 && e.Outputs.All(v => v.Aval.IsScalar) && e.Inputs.All(a => a is Literal || counted.Contains((Var)a)))
                counted.UnionWith(e.Outputs);
        var again = recompute ? invariants.Union(counted).ToHashSet() : counted;
        if (roles is not null)
        {
            // The ys of a loop are stored in any case.
            var carries = roles.Count(r => r == InputRole.Carry);
            var stored = outputs.Where((y, i) => i >= carries && !unknownOutputs[i]).OfType<StagedTracer>().Select(t => t.Var);
            HashSet<Var> free = [.. invariants, .. counted, .. Inputs(InputRole.Row), .. stored];
            var read = Close([]).Constants.OfType<StagedTracer>().Select(t => t.Var);
            again = [.. again, .. Recomputation.Choose(known.Equations, read, free)];
        }
        var prefix = known.Equations.Where(e => e.Outputs.All(again.Contains)).ToArray();
        if (prefix.Length > 0)
            foreach (var input in Mask.Drop(inputs, unknown))
                rest.AtomOf(input);
        foreach (var v in prefix.SelectMany(e => e.Inputs).OfType<Var>())
            rest.Capture(known, v);

        var closed = Close(prefix);
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
        ClosedJaxpr Close(Equation[] prefix) => rest.Close(Mask.Pick(inputs, unknown), Mask.Pick(outputs, unknownOutputs), prefix);
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
