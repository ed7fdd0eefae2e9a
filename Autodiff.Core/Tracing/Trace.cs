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
    public Scope Enter()
    {
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

    public override string ToString() => $"Traced<{Aval}> with {Trace.GetType().Name}";
}
