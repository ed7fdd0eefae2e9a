namespace Autodiff;

/// <summary>From functions on trees to the primitives of control flow.</summary>
static class Loops
{
    internal static (C Carry, Y Ys) Scan<C, X, Y>(
        Func<C, X, (C, Y)> body,
        C init,
        X xs,
        int? length,
        bool reverse,
        int unroll,
        Checkpointing? checkpoint
    )
    {
        ArgumentNullException.ThrowIfNull(body);
        var carry = new Carry<C>("Scan", init);
        var (rows, rowStructure) = Tree.Flatten(xs);
        var steps = LengthOf("Scan", xs, rows, length);
        TreeStructure? yStructure = null;
        NDArray[] Step(NDArray[] k, NDArray[] x)
        {
            var (next, y) = body(carry.Unflatten(k), Tree.Unflatten<X>(rowStructure, x));
            var (leaves, structure) = Tree.Flatten(y);
            yStructure = structure;
            return [.. carry.Flatten(next), .. leaves];
        }

        var (closed, n) = (StageStep(carry, rows, (_, k, x) => Step(k, x)), carry.Init.Length);
        var r = new ScanCall(Bodies.IndexFirst(closed), closed.Constants, n, steps, reverse).Run(carry.Init, rows, unroll, checkpoint);
        return (carry.Unflatten(r[..n]), Tree.Unflatten<Y>(yStructure!, r[n..]));
    }

    internal static C ForiLoop<C>(NDArray lower, NDArray upper, Func<NDArray, C, C> body, C init, Checkpointing? checkpoint)
    {
        ArgumentNullException.ThrowIfNull(body);
        upper.NotNull();
        CheckBound(lower.NotNull(), "lower");
        CheckBound(upper, "upper");
        var bounds = Broadcasting.Promote(lower, upper);
        if (lower.DType != upper.DType && !lower.Aval.Weak && !upper.Aval.Weak)
            throw new DTypeException($"ForiLoop needs bounds of one type, but got {lower.Aval} and {upper.Aval}. Convert one of them.");
        var type = bounds[0].Aval;
        var carry = new Carry<C>("ForiLoop", init);
        var first = Ops.ConvertTo(bounds[0], DType.Int64, bounds[0].Aval.Weak);
        var fromZero = first is ConcreteArray c && c.LoadInteger(0) == 0;
        NDArray Counter(NDArray index)
        {
            var i = fromZero ? index : index + first;
            return type.DType == DType.Int64 ? i : Ops.ConvertTo(i, type.DType, type.Weak);
        }
        var closed = StageStep(carry, [], (i, k, _) => carry.Flatten(body(Counter(i), carry.Unflatten(k))));
        var program = Bodies.IndexFirst(closed);
        if (bounds is [ConcreteArray lo, ConcreteArray hi])
        {
            var trips = Math.Max(0, hi.LoadInteger(0) - lo.LoadInteger(0));
            if (trips <= int.MaxValue)
                return carry.Unflatten(
                    new ScanCall(program, closed.Constants, carry.Init.Length, (int)trips, false).Run(carry.Init, [], 1, checkpoint)
                );
        }
        var count = Ops.Maximum(Ops.AsType(bounds[1], DType.Int64) - first, 0);
        return carry.Unflatten(new CountedLoop(program, closed.Constants, count).Run(carry.Init, checkpoint));
    }

    internal static C WhileLoop<C>(Func<C, NDArray> condition, Func<C, C> body, C init, Checkpointing? checkpoint)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentNullException.ThrowIfNull(body);
        var carry = new Carry<C>("WhileLoop", init);
        ClosedJaxpr step;
        do step = StagingTrace.Stage(carry.Types, k => carry.Flatten(body(carry.Unflatten(k))));
        while (!carry.Settle(step.Jaxpr.OutputTypes));
        var test = StagingTrace.Stage(carry.Types, k => [Bodies.Predicate("The condition of WhileLoop", condition(carry.Unflatten(k)))]);
        var (programs, constants) = Bodies.Union(test, step);
        var loop = new WhilePrimitive(programs[0], programs[1], constants.Length);
        NDArray[] operands = [.. constants, .. carry.Init];
        if (checkpoint is null)
            return carry.Unflatten(loop.BindAll(operands)[..carry.Init.Length]);

        // Counted first, without derivatives, or the counting pass would be taped itself; then run again in chunks.
        var count = loop.BindAll(Array.ConvertAll(operands, Ops.StopGradient))[carry.Init.Length];
        Jaxpr counted = new([new Var(ScanPrimitive.IndexType), .. programs[1].Inputs], programs[1].Equations, programs[1].Outputs);
        return carry.Unflatten(new CountedLoop(counted, constants, count).Run(carry.Init, checkpoint));
    }

    internal static R Switch<A, R>(
        string name,
        Func<int, string> branchName,
        NDArray chooser,
        IReadOnlyList<Func<A, R>> branches,
        A operand
    )
    {
        var (leaves, structure) = Tree.Flatten(operand);
        var types = Array.ConvertAll(leaves, x => x.Aval);
        TreeStructure? result = null;
        var outputs = new Aval[branches.Count][];
        ClosedJaxpr StageBranch(int b, DType[]? target) =>
            StagingTrace.Stage(
                types,
                a =>
                {
                    var (ys, left) = Tree.Flatten(branches[b](Tree.Unflatten<A>(structure, a)));
                    if (result is not null && !result.Equals(left))
                        throw new CarryMismatchException(
                            $"{name} branches must return one structure, but {branchName(0)} returns {result} and {branchName(b)} returns {left}."
                        );
                    result ??= left;
                    outputs[b] = Array.ConvertAll(ys, y => y.Aval);
                    return target is null ? ys : [.. ys.Select((y, i) => Ops.ConvertTo(y, target[i], false))];
                }
            );

        ClosedJaxpr[] closed = [.. branches.Select((_, b) => StageBranch(b, null))];
        if (!outputs.All(o => o.Zip(outputs[0], (x, y) => x.Matches(y)).All(same => same)))
        {
            var target = CommonTypes<R>(name, branchName, outputs, result!);
            closed = [.. branches.Select((_, b) => StageBranch(b, target))];
        }
        var (programs, constants) = Bodies.Union(closed);
        var r = new CondPrimitive([.. programs]).BindAll([chooser, .. constants, .. leaves]);
        return Tree.Unflatten<R>(result!, r);
    }

    // Weakly typed results adapt to the others; nothing else does.
    static DType[] CommonTypes<R>(string name, Func<int, string> branchName, Aval[][] outputs, TreeStructure structure)
    {
        var common = new DType[outputs[0].Length];
        for (var i = 0; i < common.Length; i++)
        {
            var column = outputs.Select(o => o[i]).ToArray();
            var joined = column.Select(a => (a.DType, a.Weak)).Aggregate(DTypes.Promote).Item1;
            for (var b = 0; b < column.Length; b++)
                if (column[b].Shape != column[0].Shape || column[b].DType != joined && !column[b].Weak)
                {
                    var other = column[b].Shape != column[0].Shape || b > 0 ? 0 : Array.FindIndex(column, a => a.DType == joined);
                    var path = Tree.LeavesWithPath(Tree.Unflatten<R>(structure, Array.ConvertAll(outputs[0], a => new AbstractArray(a))))[
                        i
                    ].Path;
                    throw new CarryMismatchException(
                        $"{name} branches must return equal types, but they differ{(path.Length > 0 ? $" at `{path}`" : "")}: "
                            + $"{branchName(other)} returns {column[other]} and {branchName(b)} returns {column[b]}. Make them return one type and shape."
                    );
                }
            common[i] = joined;
        }
        return common;
    }

    /// <summary>Stages the body of a loop: (index, carry, rows) gives (carry, ys). Weak initial values settle.</summary>
    static ClosedJaxpr StageStep<C>(Carry<C> carry, NDArray[] rows, Func<NDArray, NDArray[], NDArray[], NDArray[]> step)
    {
        Aval[] rowTypes = Array.ConvertAll(rows, x => x.Aval.Row);
        while (true)
        {
            var n = carry.Init.Length;
            var closed = StagingTrace.Stage(
                [ScanPrimitive.IndexType, .. carry.Types, .. rowTypes],
                a => step(a[0], a[1..(1 + n)], a[(1 + n)..])
            );
            if (carry.Settle(closed.Jaxpr.OutputTypes.AsSpan(0, n)))
                return closed;
        }
    }

    internal static int LengthOf<X>(string loop, X xs, NDArray[] rows, int? length)
    {
        if (rows.Length == 0)
            return length switch
            {
                null => throw new LoopLengthException($"{loop} got no values to scan over and no length. Pass `length`."),
                < 0 => throw new LoopLengthException($"{loop} got length {length}; it must not be negative."),
                _ => length.Value,
            };
        string Described() => string.Join(", ", Tree.LeavesWithPath(xs).Select(p => $"xs{p.Path}: {p.Leaf.Aval}"));
        if (Array.Exists(rows, r => r.Rank == 0))
            throw new LoopLengthException($"{loop} got a value with no leading axis to scan over: {Described()}.");
        var sizes = rows.Select(r => r.Shape[0]).Distinct().ToArray();
        if (sizes.Length > 1)
            throw new LoopLengthException($"{loop} got values whose leading axes differ: {Described()}.");
        return length is null || length == sizes[0]
            ? sizes[0]
            : throw new LoopLengthException(
                $"{loop} got length {length}, which disagrees with the leading axis of its values: {Described()}."
            );
    }

    static void CheckBound(NDArray bound, string which)
    {
        if (!bound.DType.IsInteger || bound.Rank != 0)
            throw new DTypeException($"The {which} bound of ForiLoop must be an integer scalar, but it is {bound.Aval}.");
    }
}
