namespace Autodiff;

/// <summary>A scan about to be bound: a body with its constants, and the ways of running it that change memory and speed but no value.</summary>
sealed record ScanCall(Jaxpr Body, NDArray[] Constants, int Carry, int Length, bool Reverse)
{
    // Eight chunks a level: 8·log₈ n rows stored for log₈ n extra sweeps.
    const int RecursiveBranching = 8;

    internal NDArray[] Run(NDArray[] init, NDArray[] xs, int unroll, Checkpointing? checkpoint)
    {
        if (unroll < 0)
            throw new InvalidArgumentException(
                $"`unroll` must not be negative, but it is {unroll}. 0 unrolls the whole loop, 1 none of it."
            );
        if (Length > 0 && (unroll == 0 || unroll >= Length))
            return Unrolled(init, xs);
        if (checkpoint?.ChunkFor(Length) is { } size && size < Length)
            return Chunked(init, xs, size, (chunk, k, x) => chunk.Checkpointed(k, x, unroll, checkpoint));
        return unroll > 1 ? Chunked(init, xs, unroll, (chunk, k, x) => chunk.Unrolled(k, x)) : Plain(init, xs);
    }

    NDArray[] Plain(NDArray[] init, NDArray[] xs) =>
        new ScanPrimitive(Body, Constants.Length, Carry, Length, Reverse).BindAll([.. Constants, .. init, .. xs]);

    NDArray[] Checkpointed(NDArray[] init, NDArray[] xs, int unroll, Checkpointing checkpoint)
    {
        NDArray[] inputs = [.. Constants, .. init, .. xs];
        var (c, k) = (Constants.Length, Constants.Length + Carry);
        var body = StagingTrace.Stage(
            Array.ConvertAll(inputs, x => x.Aval),
            a => (this with { Constants = a[..c] }).Run(a[c..k], a[k..], unroll, checkpoint.Inner)
        );
        return new CheckpointPrimitive(body.WithoutConstants).BindAll(inputs);
    }

    NDArray[] Unrolled(NDArray[] init, NDArray[] xs)
    {
        var ys = new NDArray[Length][];
        for (var step = 0; step < Length; step++)
        {
            var i = Reverse ? Length - 1 - step : step;
            var r = Body.Evaluate([
                Ops.Strong(i),
                .. Constants,
                .. init,
                .. xs.Select(x => Ops.ReshapeTo(Ops.SliceAxis(x, 0, i, i + 1), x.Shape.Tail)),
            ]);
            (init, ys[i]) = (r[..Carry], r[Carry..]);
        }
        return [.. init, .. Enumerable.Range(0, ys[0].Length).Select(y => Ops.Stack([.. ys.Select(row => row[y])]))];
    }

    /// <summary>A scan over chunks of <paramref name="size"/> steps, each run by <paramref name="run"/>; what remains is scanned plainly at the high end.</summary>
    NDArray[] Chunked(NDArray[] init, NDArray[] xs, int size, Func<ScanCall, NDArray[], NDArray[], NDArray[]> run)
    {
        var (chunks, rest) = (Length / size, Length % size);
        var whole = chunks * size;
        NDArray[] tail = [];
        NDArray[] Rows(int from, int to) => Array.ConvertAll(xs, x => Ops.SliceAxis(x, 0, from, to));
        ScanCall Remainder() => From(Ops.Strong(whole)) with { Length = rest };

        if (rest > 0 && Reverse)
        {
            var r = Remainder().Plain(init, Rows(whole, Length));
            (init, tail) = (r[..Carry], r[Carry..]);
        }
        var chunkXs = Array.ConvertAll(Rows(0, whole), x => Ops.ReshapeTo(x, [chunks, size, .. x.Shape.Tail]));
        var body = StagingTrace.Stage(
            [
                Body.InputTypes[0],
                .. Array.ConvertAll(Constants, c => c.Aval),
                .. Array.ConvertAll(init, k => k.Aval),
                .. Array.ConvertAll(chunkXs, x => x.Aval.Row),
            ],
            a =>
            {
                var (c, k) = (1 + Constants.Length, 1 + Constants.Length + Carry);
                var chunk = (this with { Constants = a[1..c], Length = size }).From(a[0] * Ops.Strong(size));
                return run(chunk, a[c..k], a[k..]);
            }
        );
        var main = new ScanPrimitive(body.WithoutConstants, Constants.Length, Carry, chunks, Reverse).BindAll([
            .. Constants,
            .. init,
            .. chunkXs,
        ]);
        var ys = Array.ConvertAll(main[Carry..], y => Ops.ReshapeTo(y, [whole, .. y.Shape.Tail.Tail]));
        init = main[..Carry];
        if (rest > 0 && !Reverse)
        {
            var r = Remainder().Plain(init, Rows(whole, Length));
            (init, tail) = (r[..Carry], r[Carry..]);
        }
        return [.. init, .. ys.Select((y, i) => rest > 0 ? Ops.Concatenate([y, tail[i]]) : y)];
    }

    /// <summary>The same scan whose index starts at <paramref name="offset"/>, one more constant.</summary>
    ScanCall From(NDArray offset)
    {
        Aval[] types = [Body.InputTypes[0], offset.Aval, .. Body.InputTypes[1..]];
        var body = StagingTrace.Stage(types, a => Body.Evaluate([a[0] + a[1], .. a[2..]]));
        return this with { Body = body.WithoutConstants, Constants = [offset, .. Constants] };
    }

    internal static int RecursiveChunk(int length) => (length + RecursiveBranching - 1) / RecursiveBranching;
}
