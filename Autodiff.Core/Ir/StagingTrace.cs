namespace Autodiff;

/// <summary>A variable of a program that is being written.</summary>
sealed class StagedTracer(StagingTrace trace, Var variable) : Tracer(trace)
{
    internal new Var Var => variable;
    public override Aval Aval => Var.Aval;
}

/// <summary>
/// Writes operations down instead of doing them. Without a parent it writes all of them. With one, operations on values it does not own
/// are the parent's business, which is partial evaluation: what is known is computed, what is not is recorded.
/// </summary>
sealed class StagingTrace(Trace? parent) : Trace
{
    readonly List<Equation> equations = [];
    readonly Dictionary<NDArray, Var> captured = new(ReferenceEqualityComparer.Instance);

    internal Trace Parent => parent ?? throw new InvalidOperationException("This trace has no parent.");

    internal IReadOnlyList<Equation> Equations => equations;

    internal StagedTracer NewInput(Aval aval) => new(this, new Var(aval));

    internal bool Owns(NDArray x) => x is StagedTracer t && t.Trace == this;

    public override NDArray[] Bind(Primitive primitive, NDArray[] xs)
    {
        if (parent is not null)
        {
            var owned = xs.Count(Owns);
            if (owned == 0)
                using (parent.Enter())
                    return primitive.BindAll(xs);
            if (owned < xs.Length && primitive is ICarriesPrograms split)
                return split.PartialEvaluate(this, xs);
        }
        return Record(primitive, xs);
    }

    /// <summary>Writes an equation. Operands that are not this trace's are captured.</summary>
    internal NDArray[] Record(Primitive primitive, NDArray[] xs)
    {
        var types = primitive.InferTypes(Array.ConvertAll(xs, x => x.Aval));
        var outputs = Array.ConvertAll(types, t => NewInput(t));
        equations.Add(new(primitive, Array.ConvertAll(xs, AtomOf), Array.ConvertAll(outputs, o => o.Var)));
        return outputs;
    }

    /// <summary>How equations of this trace refer to a value.</summary>
    internal Atom AtomOf(NDArray x)
    {
        if (Owns(x))
            return ((StagedTracer)x).Var;
        if (x is ConcreteArray { IsLiteral: true } literal)
            return new Literal(literal);
        if (!captured.TryGetValue(x, out var variable))
            captured[x] = variable = x is StagedTracer outer ? outer.Var : new Var(x.Aval);
        return variable;
    }

    /// <summary>Captures a variable of another trace.</summary>
    internal void Capture(StagingTrace owner, Var variable)
    {
        if (!captured.ContainsValue(variable))
            captured[new StagedTracer(owner, variable)] = variable;
    }

    /// <summary>
    /// The program written so far, without dead code. Values it captured become leading inputs, in the order in which they were met (closure conversion).
    /// The equations of <paramref name="prefix"/>, another trace's, stand before it; what they read from outside must have been captured.
    /// </summary>
    internal ClosedJaxpr Close(StagedTracer[] inputs, NDArray[] outputs, IReadOnlyList<Equation>? prefix = null)
    {
        var results = Array.ConvertAll(outputs, AtomOf);
        var kept = Pruning.Prune([.. prefix ?? [], .. equations], results);
        var defined = new HashSet<Var>(prefix?.SelectMany(e => e.Outputs) ?? []);
        var read = kept.SelectMany(e => e.Inputs).Concat(results).OfType<Var>().Where(v => !defined.Contains(v)).ToHashSet();
        var constants = captured.Where(c => read.Contains(c.Value)).ToArray();
        var jaxpr = new Jaxpr([.. constants.Select(c => c.Value), .. inputs.Select(i => i.Var)], kept, results);
        if (Checking.Enabled)
            JaxprChecker.Check(jaxpr);
        return new(jaxpr, [.. constants.Select(c => c.Key)]);
    }

    /// <summary>
    /// The program of <paramref name="f"/> for inputs of the given types. Every operation is recorded, also on outer values: what a loop that runs zero times
    /// or a branch not taken would not do must not be done now.
    /// </summary>
    internal static ClosedJaxpr Stage(Aval[] inputs, Func<NDArray[], NDArray[]> f)
    {
        var trace = new StagingTrace(null);
        var tracers = Array.ConvertAll(inputs, a => trace.NewInput(a));
        NDArray[] outputs;
        using (trace.Enter())
            outputs = f([.. tracers]);
        return trace.Close(tracers, outputs);
    }
}

/// <summary>A program with the values of its leading inputs.</summary>
sealed record ClosedJaxpr(Jaxpr Jaxpr, NDArray[] Constants)
{
    /// <summary>The program of a function that captured no traced value; arrays that it captured become literals.</summary>
    internal Jaxpr WithoutConstants
    {
        get
        {
            if (Constants.Length == 0)
                return Jaxpr;
            var literals = new Dictionary<Var, Literal>();
            for (var i = 0; i < Constants.Length; i++)
                literals[Jaxpr.Inputs[i]] = Constants[i] is ConcreteArray array
                    ? new Literal(array.AsLiteral())
                    : throw new CustomRuleException(
                        $"A custom derivative rule captured {Constants[i]}, a value that is being traced. Pass it as an argument, or as a residual."
                    );
            Atom Read(Atom a) => a is Var v && literals.TryGetValue(v, out var literal) ? literal : a;
            return new(
                Jaxpr.Inputs[Constants.Length..],
                Array.ConvertAll(Jaxpr.Equations, e => e with { Inputs = Array.ConvertAll(e.Inputs, Read) }),
                Array.ConvertAll(Jaxpr.Outputs, Read)
            );
        }
    }
}

/// <summary>A primitive whose parameters hold programs.</summary>
interface ICarriesPrograms
{
    IEnumerable<Jaxpr> Programs { get; }

    /// <summary>Splits this where some operands are <paramref name="trace"/>'s and some are known: does the known part in its parent, records the rest.</summary>
    NDArray[] PartialEvaluate(StagingTrace trace, NDArray[] xs);
}
