namespace Autodiff;

/// <summary>
/// A primitive that carries programs. It differentiates by binding one widened primitive, of values and tangents together, in the trace of the
/// tangents; where that trace linearizes, the widened primitive splits itself into a known and an unknown part.
/// </summary>
abstract record HigherOrder : Primitive, ICarriesPrograms
{
    public abstract IEnumerable<Jaxpr> Programs { get; }

    public abstract NDArray[] PartialEvaluate(StagingTrace trace, NDArray[] xs);

    /// <summary>Binds the widened primitive in the current trace. Some operand has a tangent.</summary>
    protected abstract (NDArray[] Ys, NDArray?[] Dys) BindWidened(NDArray[] xs, NDArray?[] dxs);

    public override (NDArray[] Ys, NDArray?[] Dys) Differentiate(Trace primals, Trace tangents, NDArray[] xs, NDArray?[] dxs)
    {
        if (Array.TrueForAll(dxs, d => d is null))
            using (primals.Enter())
            {
                var ys = BindAll(xs);
                return (ys, new NDArray?[ys.Length]);
            }
        using (tangents.Enter())
            return BindWidened(xs, dxs);
    }

    public sealed override NDArray?[] Jvp(NDArray[] xs, NDArray[] ys, NDArray?[] dxs) =>
        throw new NotSupportedException($"'{Name}' differentiates as a whole.");

    public sealed override Lowered Lower(Aval[] xs) => throw new NotSupportedException($"'{Name}' is not one kernel; see Emit.");

    /// <summary>Checks the types of the operands against those that a program takes.</summary>
    protected void CheckOperands(ReadOnlySpan<Aval> given, ReadOnlySpan<Aval> taken)
    {
        var fits = given.Length == taken.Length;
        for (var i = 0; fits && i < given.Length; i++)
            fits = given[i].Matches(taken[i]);
        if (!fits)
            throw new InvalidOperationException(
                $"'{Name}' takes {string.Join(" ", taken.ToArray().AsEnumerable())} but got {string.Join(" ", given.ToArray().AsEnumerable())}."
            );
    }

    protected static Aval[] TypesOf(IEnumerable<NDArray> xs) => [.. xs.Select(x => x.Aval)];

    /// <summary>Tangents or cotangents with the zeros written out.</summary>
    protected static NDArray[] Instantiate(IEnumerable<NDArray?> xs, Aval[] types) => [.. xs.Select((x, i) => x ?? Ops.ZerosOf(types[i]))];

    protected static Batched[] Zip(NDArray[] xs, bool[] batched) => [.. xs.Select((x, i) => new Batched(x, batched[i]))];

    /// <summary>Calls a program on the current trace with a permuted view of operands.</summary>
    protected static Jaxpr Stage(IEnumerable<Aval> inputs, Func<NDArray[], NDArray[]> f) =>
        StagingTrace.Stage([.. inputs], f).WithoutConstants;
}
