using System.Runtime.CompilerServices;

namespace Autodiff;

/// <summary>
/// An operation, as data: its parameters are the fields of the record and are compared by value. It answers five questions: what type
/// (<see cref="Infer"/>), what value (<see cref="Lower"/>), what tangent (<see cref="Jvp"/>), what cotangent (<see cref="Transpose"/>, if it is
/// linear) and what batch (<see cref="Batch"/>). Nothing else in the system knows it by name.
/// </summary>
public abstract record Primitive
{
    /// <summary>The name in the IR.</summary>
    public virtual string Name => PrimitiveNames.Of(GetType());

    /// <summary>Applies this in the current trace.</summary>
    public NDArray[] BindAll(params NDArray[] xs) => Trace.Current.Bind(this, xs);

    /// <summary>Applies this in the current trace, for its only result.</summary>
    public NDArray Bind(params NDArray[] xs) => Trace.Current.Bind(this, xs)[0];

    /// <summary>Applies this to its only operand.</summary>
    internal NDArray Bind(NDArray x, [CallerArgumentExpression(nameof(x))] string name = "") =>
        Trace.Current.Bind(this, [x.NotNull(name)])[0];

    /// <summary>The types of the results for operands of these types.</summary>
    /// <exception cref="AutodiffException">The operands do not fit.</exception>
    public abstract Aval[] Infer(Aval[] xs);

    /// <summary>The kernel or routine that computes this for operands of these types.</summary>
    public abstract Lowered Lower(Aval[] xs);

    /// <summary>
    /// The tangents of the results, given operands, results and the tangents of the operands; null stands for zero. Called in the trace of the tangents.
    /// </summary>
    public abstract NDArray?[] Jvp(NDArray[] xs, NDArray[] ys, NDArray?[] dxs);

    /// <summary>
    /// Adds the cotangents of the linear operands to <paramref name="into"/>, given those of the results (null stands for zero, but not all are). An
    /// operand with a value is not linear.
    /// </summary>
    public virtual void Transpose(NDArray?[] cts, Operand[] xs, Cotangents into) =>
        throw new NotLinearException($"'{Name}' is not linear in its traced operands, so it has no transpose.");

    /// <summary>This applied to <paramref name="size"/> examples at once; the batch axis, where there is one, is the first.</summary>
    public abstract Batched[] Batch(int size, Batched[] xs);

    /// <summary>Whether operands may be tapes, on whose rows this then acts one by one.</summary>
    public virtual bool Rowwise => false;

    /// <summary>
    /// Primal and tangent together. By default the primal is bound in <paramref name="primals"/> and the rule runs in <paramref name="tangents"/>, which
    /// gives forward mode if both are one trace and linearization if the tangents are staged. A primitive that carries a Jaxpr binds one widened
    /// primitive instead.
    /// </summary>
    public virtual (NDArray[] Ys, NDArray?[] Dys) Differentiate(Trace primals, Trace tangents, NDArray[] xs, NDArray?[] dxs)
    {
        NDArray[] ys;
        using (primals.Enter())
            ys = BindAll(xs);
        if (Array.TrueForAll(dxs, d => d is null))
            return (ys, new NDArray?[ys.Length]);
        using (tangents.Enter())
            return (ys, Jvp(xs, ys, dxs));
    }

    /// <summary>
    /// A narrower primitive that computes the used results only, with masks of the operands and results it still has; null if this is as narrow as it gets.
    /// </summary>
    public virtual Narrowed? Narrow(bool[] used, int operands) => null;

    /// <summary>The primitive whose value is this one's, without what only other questions need: the key under which eager results are computed.</summary>
    public virtual Primitive Evaluated => this;

    /// <summary>Writes the steps that compute this.</summary>
    public virtual Value[] Emit(ProgramBuilder builder, Value[] inputs)
    {
        var types = Array.ConvertAll(inputs, v => v.Type);
        return Array.Exists(types, t => t.Tape > 0) ? EmitRows(builder, inputs) : builder.Add(Lower(types), inputs, Infer(types));
    }

    /// <summary><see cref="Infer"/>, lifted to the rows of tapes.</summary>
    public Aval[] InferTypes(Aval[] xs)
    {
        var depth = 0;
        foreach (var x in xs)
            depth = Math.Max(depth, x.Tape);
        if (depth == 0 || !Rowwise)
            return Infer(xs);
        var rows = Infer(Array.ConvertAll(xs, x => x with { Tape = 0 }));
        return Array.ConvertAll(rows, r => r with { Tape = depth, Weak = false });
    }

    // One loop over the rows of the longest tape, whose shorter companions read as zero past their ends.
    Value[] EmitRows(ProgramBuilder builder, Value[] inputs)
    {
        var tapes = Array.FindAll(inputs, v => v.Type.Tape > 0);
        var lengths = Array.ConvertAll(tapes, builder.TapeLength);
        var i64 = lengths[0].Type;
        var longest = Kernel.Map(i64, Kernel.ElementAt(0, i64).Binary(ScalarOp.Max, Kernel.ElementAt(1, i64)));
        var count = lengths.Aggregate((a, b) => builder.Add(longest, [a, b], [i64])[0]);
        var rows = InferTypes(Array.ConvertAll(inputs, v => v.Type.Tape > 0 ? v.Type.Row : v.Type));
        var outputs = builder.Loop(
            [],
            tapes,
            rows,
            (_, _, row) =>
            {
                var next = 0;
                return Emit(builder, Array.ConvertAll(inputs, v => v.Type.Tape > 0 ? row[next++] : v));
            },
            count: count
        );
        return outputs[1..];
    }
}

/// <summary>An operand of a transposition: linear if it has no value.</summary>
public readonly record struct Operand(Aval Aval, NDArray? Value)
{
    public bool IsLinear => Value is null;

    /// <summary>The value of an operand that is not linear.</summary>
    public NDArray Known =>
        Value
        ?? throw new NotLinearException(
            "The function is not linear in its argument: it multiplies, or otherwise combines, two values that both depend on it."
        );
}

/// <summary>A value, and whether its first axis is the batch.</summary>
public readonly record struct Batched(NDArray Value, bool IsBatched)
{
    public Aval Aval => Value.Aval;

    /// <summary>The type of one example.</summary>
    public Aval Example => IsBatched ? Value.Aval.Unbatched : Value.Aval;
}

/// <summary>See <see cref="Primitive.Narrow"/>.</summary>
public sealed record Narrowed(Primitive Primitive, bool[] Operands, bool[] Results);

/// <summary>Collects the cotangents of the operands of one equation.</summary>
public sealed class Cotangents
{
    readonly NDArray?[] sums;
    readonly Func<NDArray, NDArray, NDArray> plus;

    internal Cotangents(int operands, Func<NDArray, NDArray, NDArray> plus) => (sums, this.plus) = (new NDArray?[operands], plus);

    internal NDArray?[] Sums => sums;

    /// <summary>Adds a cotangent of operand <paramref name="operand"/>.</summary>
    public void Add(int operand, NDArray? cotangent)
    {
        if (cotangent is not null)
            sums[operand] = sums[operand] is { } old ? plus(old, cotangent) : cotangent;
    }
}

static class PrimitiveNames
{
    static readonly System.Collections.Concurrent.ConcurrentDictionary<Type, string> Names = new();

    internal static string Of(Type type) =>
        Names.GetOrAdd(
            type,
            static t =>
            {
                var name = t.Name.EndsWith("Primitive", StringComparison.Ordinal) ? t.Name[..^"Primitive".Length] : t.Name;
                var words = name.SelectMany(
                    (c, i) => char.IsUpper(c) && i > 0 ? $"_{char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"
                );
                return string.Concat(words);
            }
        );
}
