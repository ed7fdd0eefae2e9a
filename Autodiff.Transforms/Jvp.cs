namespace Autodiff;

/// <summary>A value with its tangent.</summary>
sealed class JvpTracer(JvpTrace trace, NDArray primal, NDArray tangent) : Tracer(trace)
{
    internal NDArray Primal => primal;
    internal NDArray Tangent => tangent;
    public override Aval Aval => Primal.Aval;
    internal override NDArray Known => Primal;
}

/// <summary>
/// Carries tangents. Primal operations run in <paramref name="primals"/> and tangent operations in <paramref name="tangents"/>: twice the same trace is
/// forward mode; a <see cref="StagingTrace"/> over the first for the second is linearization.
/// </summary>
sealed class JvpTrace(Trace primals, Trace tangents) : Trace
{
    public override NDArray[] Bind(Primitive primitive, NDArray[] xs)
    {
        var primal = new NDArray[xs.Length];
        var tangent = new NDArray?[xs.Length];
        for (var i = 0; i < xs.Length; i++)
            (primal[i], tangent[i]) = Split(xs[i]);
        var (ys, dys) = primitive.Differentiate(primals, tangents, primal, tangent);
        var results = new NDArray[ys.Length];
        for (var i = 0; i < ys.Length; i++)
            results[i] = Join(ys[i], dys[i]);
        return results;
    }

    internal NDArray Join(NDArray x, NDArray? dx) => dx is null ? x : new JvpTracer(this, x, dx);

    internal (NDArray Primal, NDArray? Tangent) Split(NDArray x) => x is JvpTracer t && t.Trace == this ? (t.Primal, t.Tangent) : (x, null);
}

/// <summary>Forward mode.</summary>
static class ForwardMode
{
    /// <summary>Values and tangents of <paramref name="f"/> at <paramref name="xs"/>; null stands for a zero tangent.</summary>
    internal static (NDArray[] Ys, NDArray?[] Dys) Jvp(Func<NDArray[], NDArray[]> f, NDArray[] xs, NDArray?[] dxs) =>
        Jvp(Trace.Current, Trace.Current, f, xs, dxs);

    internal static (NDArray[] Ys, NDArray?[] Dys) Jvp(
        Trace primals,
        Trace tangents,
        Func<NDArray[], NDArray[]> f,
        NDArray[] xs,
        NDArray?[] dxs
    )
    {
        var trace = new JvpTrace(primals, tangents);
        NDArray[] results;
        using (trace.Enter())
            results = f([.. xs.Select((x, i) => trace.Join(x, dxs[i]))]);
        var split = Array.ConvertAll(results, trace.Split);
        return (Array.ConvertAll(split, s => s.Primal), Array.ConvertAll(split, s => s.Tangent));
    }
}
