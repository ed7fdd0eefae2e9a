namespace Autodiff;

/// <summary>One example of a batch. The value's first axis is the batch.</summary>
sealed class BatchTracer(BatchTrace trace, NDArray value) : Tracer(trace)
{
    internal NDArray Value => value;
    public override Aval Aval { get; } = value.Aval.Unbatched;
}

/// <summary>Applies every operation to all examples of a batch at once.</summary>
sealed class BatchTrace(Trace parent, int size) : Trace
{
    public override NDArray[] Bind(Primitive primitive, NDArray[] xs)
    {
        var batched = Array.ConvertAll(xs, Split);
        using (parent.Enter())
            return Array.Exists(batched, b => b.IsBatched) ? Array.ConvertAll(primitive.Batch(size, batched), Join) : primitive.BindAll(xs);
    }

    internal NDArray Join(Batched x) => x.IsBatched ? new BatchTracer(this, x.Value) : x.Value;

    internal Batched Split(NDArray x) => x is BatchTracer t && t.Trace == this ? new(t.Value, true) : new(x, false);
}

/// <summary>Vectorisation.</summary>
static class Batching
{
    /// <summary>What <paramref name="f"/> gives for <paramref name="size"/> examples at once.</summary>
    internal static Batched[] Batch(Func<NDArray[], NDArray[]> f, int size, Batched[] xs)
    {
        var trace = new BatchTrace(Trace.Current, size);
        NDArray[] ys;
        using (trace.Enter())
            ys = f(Array.ConvertAll(xs, trace.Join));
        return Array.ConvertAll(ys, trace.Split);
    }
}
