namespace Autodiff;

/// <summary>
/// A loop about to be bound whose number of iterations is a traced value. The body takes (index, constants, carry) and gives the carry.
/// </summary>
sealed record CountedLoop(Jaxpr Body, NDArray[] Constants, NDArray Count)
{
    internal NDArray[] Run(NDArray[] init, Checkpointing? checkpoint) =>
        checkpoint is null
            ? new ScanPrimitive(Body, Constants.Length, init.Length, null, Reverse: false).BindAll([Count, .. Constants, .. init])
            : Checkpointed(init, checkpoint);

    /// <summary>Chunks of traced size, each run again in the backward pass: only the carries that enter a chunk are stored.</summary>
    NDArray[] Checkpointed(NDArray[] init, Checkpointing checkpoint)
    {
        var size = checkpoint.ChunkFor(Count);
        var chunks = Ops.FloorDivide(Count + size - 1, size);
        NDArray[] shared = [Count, size, .. Constants];
        Aval[] types = [Body.InputTypes[0], .. Array.ConvertAll(shared, x => x.Aval), .. Array.ConvertAll(init, x => x.Aval)];
        var chunk = StagingTrace.Stage(
            types,
            a =>
            {
                var (count, step, constants) = (a[1], a[2], a[3..(1 + shared.Length)]);
                var start = a[0] * step;
                var inner = From(start, constants) with { Count = Ops.Minimum(step, count - start) };
                return inner.Run(a[(1 + shared.Length)..], checkpoint.InnerOfCounted);
            }
        );
        var (index, rest) = (new Var(types[0]), Array.ConvertAll(types[1..], t => new Var(t)));
        var outputs = Array.ConvertAll(chunk.Jaxpr.OutputTypes, t => new Var(t));
        var call = new Equation(new CheckpointPrimitive(chunk.WithoutConstants), [index, .. rest], outputs);
        var body = new Jaxpr([index, .. rest], [call], outputs);
        return new ScanPrimitive(body, shared.Length, init.Length, null, Reverse: false).BindAll([chunks, .. shared, .. init]);
    }

    /// <summary>The same loop whose index starts at <paramref name="offset"/>.</summary>
    CountedLoop From(NDArray offset, NDArray[] constants)
    {
        Aval[] types = [Body.InputTypes[0], offset.Aval, .. Body.InputTypes[1..]];
        var body = StagingTrace.Stage(types, a => Body.Evaluate([a[0] + a[1], .. a[2..]]));
        return new(body.WithoutConstants, [offset, .. constants], Count);
    }
}
