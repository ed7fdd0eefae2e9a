namespace Autodiff;

sealed partial record ScanPrimitive
{
    public override Batched[] Batch(int size, Batched[] xs)
    {
        var (count, c, k, x) = Unpack(xs);
        x = Array.ConvertAll(x, Swapped);
        if (count is [{ IsBatched: true }])
            return BatchCounts(size, count[0].Value, c, k, x);
        var (bc, bk, bx) = (BatchedOf(c), BatchedOf(k), BatchedOf(x));
        while (true)
        {
            var (body, outputs) = ProgramTransforms.Batch(Body, size, [false, .. bc, .. bk, .. bx], [.. bk, .. Mask.None(Ys)]);
            if (!outputs.AsSpan(0, Carry).SequenceEqual(bk))
            {
                bk = outputs[..Carry];
                continue;
            }
            var r = new ScanPrimitive(body, Constants, Carry, Length, Reverse).BindAll([
                .. count.Select(n => n.Value),
                .. c.Select(v => v.Value),
                .. k.Select((v, i) => bk[i] ? v.Materialize(size) : v.Value),
                .. x.Select(v => v.Value),
            ]);
            return [.. r.Select((v, i) => i < Carry ? new Batched(v, outputs[i]) : Swapped(new(v, outputs[i])))];
        }
    }

    static bool[] BatchedOf(Batched[] xs) => Array.ConvertAll(xs, x => x.IsBatched);

    // The loop's axis comes first while it runs, the batch axis outside. A tape keeps its batch inside the row.
    static Batched Swapped(Batched x) => x.IsBatched && x.Aval.Tape == 0 ? x with { Value = Ops.MoveAxis(x.Value, 0, 1) } : x;

    /// <summary>
    /// Every lane has a count of its own. The loop runs to the largest; a lane beyond its count is fed the values of a running lane, and what it
    /// computes is discarded.
    /// </summary>
    Batched[] BatchCounts(int size, NDArray counts, Batched[] c, Batched[] k, Batched[] x)
    {
        var (bc, bx) = (BatchedOf(c), BatchedOf(x));
        var (body, _) = ProgramTransforms.Batch(Body, size, [false, .. bc, .. Mask.All(Carry), .. bx], Mask.All(Carry + Ys));
        NDArray[] init = [.. k.Select(v => v.Materialize(size))];
        Aval[] inputs = [IndexType, counts.Aval.Strong, .. c.Select(v => v.Aval), .. TypesOf(init), .. x.Select(v => v.Aval.Row)];
        var masked = Stage(
            inputs,
            a =>
            {
                var (active, constants) = (Ops.Less(a[0], a[1]), a[2..(2 + Constants)]);
                var (carry, rows) = (a[(2 + Constants)..(2 + Constants + Carry)], a[(2 + Constants + Carry)..]);
                NDArray Safe(NDArray v, bool batched) => batched ? LaneFill(active, v) : v;
                var next = body.Evaluate([
                    a[0],
                    .. constants.Select((v, i) => Safe(v, bc[i])),
                    .. carry.Select(v => Safe(v, true)),
                    .. rows.Select((v, i) => Safe(v, bx[i])),
                ]);
                return
                [
                    .. carry.Select((old, i) => Ops.SelectLanes(active, next[i], old)),
                    .. next[Carry..].Select(y => Ops.Masked(active, y)),
                ];
            }
        );
        var longest = new Ops.ReduceMaxPrimitive([0]).Bind(Ops.Concatenate([counts, Ops.Zeros([1], DType.Int64)]));
        var r = new ScanPrimitive(masked, 1 + Constants, Carry, null, Reverse).BindAll([
            longest,
            counts,
            .. c.Select(v => v.Value),
            .. init,
            .. x.Select(v => v.Value),
        ]);
        return Array.ConvertAll(r, v => new Batched(v, true));
    }

    internal static NDArray LaneFill(NDArray active, NDArray x) => new Ops.LaneFillPrimitive().Bind(active, x);
}
