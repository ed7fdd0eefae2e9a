using System.Diagnostics.CodeAnalysis;

namespace Autodiff;

/// <summary>A tree that a loop hands from one iteration to the next: what enters must be what leaves.</summary>
sealed class Carry<T>
{
    readonly string loop;
    readonly TreeStructure structure;

    internal Carry(string loop, T init)
    {
        this.loop = loop;
        (Init, structure) = Tree.Flatten(init);
    }

    /// <summary>The initial leaves, in types that the body keeps once <see cref="Settle"/> has returned true.</summary>
    internal NDArray[] Init { get; private set; }

    internal Aval[] Types => Array.ConvertAll(Init, x => x.Aval);

    internal T Unflatten(NDArray[] leaves) => Tree.Unflatten<T>(structure, leaves);

    /// <summary>The leaves of what the body returned.</summary>
    internal NDArray[] Flatten(T value)
    {
        var (leaves, left) = Tree.Flatten(value);
        return structure.Equals(left)
            ? leaves
            : throw new CarryMismatchException(
                $"{loop} carry entered as {structure} and left as {left}. Make the body return a tree of the structure of its input."
            );
    }

    /// <summary>
    /// Whether the types that left the body are those that entered. A weakly typed initial value adapts, and the body must be traced again.
    /// </summary>
    /// <exception cref="CarryMismatchException">A leaf left with another type or shape.</exception>
    internal bool Settle(ReadOnlySpan<Aval> left)
    {
        int? misfit = null;
        var settled = true;
        var adapted = (NDArray[])Init.Clone();
        for (var i = 0; i < adapted.Length; i++)
        {
            var (x, y) = (Init[i].Aval, left[i]);
            if (x.Matches(y) && (y.Weak || !x.Weak))
                continue;
            var (joined, weak) = DTypes.Promote((x.DType, x.Weak), (y.DType, y.Weak));
            if (x.Shape != y.Shape || !x.Weak || joined == x.DType && weak)
            {
                misfit ??= i;
                continue;
            }
            adapted[i] = Ops.ConvertTo(Init[i], joined, weak);
            settled = false;
        }
        // What another leaf becomes may mend this one: carries swap places.
        if (settled && misfit is { } leaf)
            throw Mismatch(leaf, Init[leaf].Aval, left[leaf]);
        Init = adapted;
        return settled;
    }

    CarryMismatchException Mismatch(int leaf, Aval entered, Aval left)
    {
        var path = Tree.LeavesWithPath(Unflatten(Init))[leaf].Path;
        var what =
            entered.Shape == left.Shape
                ? $"convert it to {entered.DType.ShortName}, or start from {left.DType.ShortName}"
                : $"make the body return {entered}";
        return new($"{loop} carry{(path.Length > 0 ? $" `{path}`" : "")} entered as {entered} and left as {left}; {what}.");
    }
}

/// <summary>Programs for the bodies of loops and branches.</summary>
static class Bodies
{
    /// <summary>Programs that take the same leading constants: all that any of them captured.</summary>
    [SuppressMessage("Performance", "CA1859", Justification = "Callers need arrays.")]
    internal static (Jaxpr[] Programs, NDArray[] Constants) Union(params ClosedJaxpr[] programs)
    {
        var constants = programs.SelectMany(p => p.Constants).Distinct<NDArray>(ReferenceEqualityComparer.Instance).ToArray();
        return (Array.ConvertAll(programs, p => WithConstants(p, constants)), constants);
    }

    static Jaxpr WithConstants(ClosedJaxpr program, NDArray[] constants)
    {
        var n = program.Constants.Length;
        var leading = Array.ConvertAll(
            constants,
            c =>
                Array.FindIndex(program.Constants, own => ReferenceEquals(own, c)) is >= 0 and var i
                    ? program.Jaxpr.Inputs[i]
                    : new Var(c.Aval)
        );
        return new([.. leading, .. program.Jaxpr.Inputs[n..]], program.Jaxpr.Equations, program.Jaxpr.Outputs);
    }

    /// <summary>The program with its captured constants behind its first input, the index.</summary>
    internal static Jaxpr IndexFirst(ClosedJaxpr program)
    {
        var n = program.Constants.Length;
        var inputs = program.Jaxpr.Inputs;
        return new([inputs[n], .. inputs[..n], .. inputs[(n + 1)..]], program.Jaxpr.Equations, program.Jaxpr.Outputs);
    }

    /// <summary>The boolean scalar that a condition must be.</summary>
    internal static NDArray Predicate(string what, NDArray condition)
    {
        if (condition.Aval.Tape > 0 || condition.Rank != 0)
            throw new PredicateException(
                $"{what} must be a boolean scalar, but it is {condition.Aval}. Reduce it with All or Any, or use Where for an elementwise choice."
            );
        return condition.DType == DType.Bool ? condition : Ops.NotEqual(condition, 0);
    }
}
