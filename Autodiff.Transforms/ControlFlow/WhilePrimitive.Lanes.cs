namespace Autodiff;

// A batch each of whose lanes stops on its own.
sealed partial record WhilePrimitive
{
    // A few vectors of any width: enough to outweigh what a step costs beside its arithmetic.
    const int LanesOfScalars = 64;
    const int VectorElements = 8;

    /// <summary>
    /// How many lanes run as one loop, apart from the others. Lanes that carry vectors run one by one, without masks. All run together where a
    /// product may read a matrix once for all of them, or where they write tapes, whose rows hold the whole batch.
    /// </summary>
    int LanesTogether(bool[] bc)
    {
        if (Ys > 0 || Programs.Any(Multiplies))
            return int.MaxValue;
        return CarryTypes.Any(k => k.Shape.Size >= VectorElements) ? 1 : LanesOfScalars;
    }

    static bool Multiplies(Jaxpr program) =>
        program.Equations.Any(e =>
            e.Primitive is Ops.DotGeneralPrimitive || e.Primitive is ICarriesPrograms inner && inner.Programs.Any(Multiplies)
        );

    /// <summary>A loop over blocks of lanes. The last block is filled up with copies of the last lane.</summary>
    Batched[] BatchBlocks(int size, int together, Batched[] xs, bool[] bc)
    {
        var blocks = (size + together - 1) / together;
        // Blocks of about one size, of whole vectors.
        var block = together == 1 ? 1 : ((size + blocks - 1) / blocks + VectorElements - 1) / VectorElements * VectorElements;
        var length = (size + block - 1) / block;
        bool[] batched = [.. bc, .. Mask.All(Carry)];
        NDArray Rows(Batched x)
        {
            var value = x.Materialize(size);
            if (block == 1)
                return value;
            var missing = length * block - size;
            if (missing > 0)
                value = Ops.Concatenate([value, Ops.BroadcastTo(Ops.SliceAxis(value, 0, size - 1, size), [missing, .. value.Shape.Tail])]);
            return Ops.ReshapeTo(value, [length, block, .. value.Shape.Tail]);
        }
        NDArray[] shared = [.. Mask.Drop(xs, batched).Select(x => x.Value)],
            rows = [.. Mask.Pick(xs, batched).Select(Rows)];
        var body = Stage(
            [ScanPrimitive.IndexType, .. TypesOf(shared), .. rows.Select(r => r.Aval.Row)],
            a =>
            {
                var (s, r) = (a[1..(1 + shared.Length)], a[(1 + shared.Length)..]);
                if (block == 1)
                    return BindAll(Mask.Merge(batched, r, s));
                Batched[] lanes = Mask.Merge(batched, [.. r.Select(v => new Batched(v, true))], [.. s.Select(v => new Batched(v, false))]);
                return [.. BatchLanes(block, lanes, bc).Select(y => y.Value)];
            }
        );
        var results = new ScanPrimitive(body, shared.Length, 0, length, Reverse: false).BindAll([.. shared, .. rows]);
        return Array.ConvertAll(
            results,
            y => new Batched(
                block == 1 ? y : Ops.SliceAxis(Ops.ReshapeTo(y, [length * block, .. y.Shape.Tail.Tail]), 0, 0, size),
                IsBatched: true
            )
        );
    }

    /// <summary>
    /// Every lane stops on its own. The loop runs until no lane is active; lanes that are done are fed the values of the first active one, so they
    /// can neither poison nor hang the others, and keep their state.
    /// </summary>
    Batched[] BatchLanes(int size, Batched[] xs, bool[] bc)
    {
        var (condition, _) = ProgramTransforms.Batch(Condition, size, [.. bc, .. Mask.All(Carry)], [true]);
        var (body, _) = ProgramTransforms.Batch(Body, size, [.. bc, .. Mask.All(Carry)], Mask.All(Carry + Ys));
        NDArray[] constants = [.. xs[..Constants].Select(x => x.Value)],
            carry = [.. xs[Constants..].Select(x => x.Materialize(size))];
        var active = condition.Evaluate([.. constants, .. carry])[0];
        var counts = Ops.Zeros([size], DType.Int64);
        Aval[] inputs = [.. TypesOf(constants), active.Aval, counts.Aval, .. TypesOf(carry)];
        var any = Stage(inputs, a => [new Ops.ReduceOrPrimitive([0]).Bind(a[Constants])]);
        var masked = Stage(
            inputs,
            a =>
            {
                var (c, running, count, k) = (a[..Constants], a[Constants], a[Constants + 1], a[(Constants + 2)..]);
                var next = body.Evaluate([
                    .. c.Select((v, i) => bc[i] ? ScanPrimitive.LaneFill(running, v) : v),
                    .. k.Select(v => ScanPrimitive.LaneFill(running, v)),
                ]);
                NDArray[] state = [.. k.Select((old, i) => Ops.SelectLanes(running, next[i], old))];
                // A lane that is done stays done: its condition is not asked again.
                var goesOn = Ops.LogicalAnd(running, condition.Evaluate([.. c, .. state])[0]);
                return [goesOn, count + Ops.AsType(running, DType.Int64), .. state, .. next[Carry..].Select(y => Ops.Masked(running, y))];
            }
        );
        var r = new WhilePrimitive(any, masked, Constants).BindAll([.. constants, active, counts, .. carry]);
        NDArray[] results = [.. r[2..(2 + Carry)], r[1], .. r[(3 + Carry)..]];
        return Array.ConvertAll(results, v => new Batched(v, true));
    }
}
