using System.Runtime.CompilerServices;

namespace Autodiff;

/// <summary>
/// Decides what an operation does. The current one is a property of the thread, entered by <c>using (trace.Enter())</c>; a tracer belongs to
/// the trace that made it and means nothing to any other, so nested transforms of one kind cannot be confused.
/// </summary>
public abstract class Trace
{
    [ThreadStatic]
    static Trace? current;

    public static Trace Current => current ?? EvalTrace.Instance;

    /// <summary>Makes this the current trace until the scope is disposed of.</summary>
    /// <exception cref="RecursionException">There is hardly any stack left.</exception>
    public Scope Enter()
    {
        // Running out of stack would end the process.
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new RecursionException(
                "Transforms, loops and branches are nested more deeply than the stack allows. A function that calls itself in a branch of Cond never ends: "
                    + "both branches are traced, whatever the predicate is. Write a WhileLoop or a Scan instead."
            );
        var scope = new Scope(current);
        current = this;
        return scope;
    }

    /// <summary>Applies a primitive to operands that may or may not belong to this trace.</summary>
    public abstract NDArray[] Bind(Primitive primitive, NDArray[] xs);

    /// <summary>The scope of <see cref="Enter"/>.</summary>
    public readonly ref struct Scope
    {
        readonly Trace? previous;

        internal Scope(Trace? previous) => this.previous = previous;

        public void Dispose() => current = previous;
    }
}

/// <summary>A stand-in for an array while a function is traced.</summary>
public abstract class Tracer(Trace trace) : NDArray
{
    public Trace Trace => trace;

    /// <summary>The number behind this stand-in, if it has one: a differentiated value's primal.</summary>
    internal virtual NDArray? Known => null;

    public override string ToString() => $"a traced {Aval}";
}
