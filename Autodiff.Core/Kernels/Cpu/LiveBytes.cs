namespace Autodiff;

/// <summary>The bytes of the arrays that are alive at the points of a program; see <see cref="ProgramMemory"/>.</summary>
sealed class LiveBytes
{
    readonly Block program;

    // The parameters that are alive throughout.
    readonly HashSet<Value> kept;
    readonly Liveness live;
    readonly InPlace inPlace;
    readonly Placement placement;
    readonly HashSet<Value> results;

    internal LiveBytes(Program whole)
    {
        program = whole.Body;
        kept = [.. program.Parameters.Where((_, i) => Array.IndexOf(whole.Donated, i) < 0)];
        live = new Liveness(program);
        var nests = new Dictionary<KernelStep, NestPlan>();
        NestPlan NestOf(KernelStep step) => nests.TryGetValue(step, out var nest) ? nest : nests[step] = NestPlan.Create(step);
        inPlace = new InPlace(live, NestOf);
        placement = new Placement(live, NestOf);
        Arguments = program.Parameters.Sum(p => SizeOf(p.Type));
        Constants = ConstantsOf(program);
        results = [.. program.Results.Select(live.Root).Where(r => live.StepOf(r) is not (null or ConstantStep))];
        Results = results.Sum(r => SizeOf(r.Type));
    }

    internal long Arguments { get; }
    internal long Results { get; }
    internal long Constants { get; }

    /// <summary>The most bytes that are alive at one point.</summary>
    internal long Peak() => Math.Max(Arguments + Constants, Peak(program, kept.Sum(p => SizeOf(p.Type)) + Constants, kept));

    static long SizeOf(Aval type) => type.Tape > 0 ? 0 : type.ByteSize;

    static long ConstantsOf(Block block) =>
        block.Steps.Sum(s =>
            s is ConstantStep { Data.Aval: { IsScalar: false } type } ? type.ByteSize : Liveness.Blocks(s).Sum(ConstantsOf)
        );

    // Scalars are in registers, unless the caller gets them.
    long BytesOf(Value root) => root.Type.IsScalar && !results.Contains(root) ? 0 : SizeOf(root.Type);

    /// <summary>
    /// The peak inside a block, around which <paramref name="around"/> bytes are alive all the time. What <paramref name="elsewhere"/> holds
    /// is among them; what is <paramref name="borrowed"/> from around the block is alive until the block reads it for the last time.
    /// </summary>
    long Peak(Block block, long around, HashSet<Value> elsewhere, IEnumerable<Value>? borrowed = null)
    {
        var dying = new List<Value>?[block.Steps.Length + 1];
        long Bear(IEnumerable<Value> values, int at)
        {
            var born = 0L;
            foreach (var value in values)
                if (live.Root(value) == value && !elsewhere.Contains(value) && live.LastReadOfGroup(value) is var last && last > at)
                {
                    (dying[last] ??= []).Add(value);
                    born += BytesOf(value);
                }
            return born;
        }

        var alive = around + Bear(block.Parameters, -1);
        foreach (var value in borrowed ?? [])
            if (LastReadIn(block, value) is >= 0 and var at)
            {
                (dying[at] ??= []).Add(value);
                alive += BytesOf(value);
            }
        var peak = alive;
        for (var i = 0; i < block.Steps.Length; i++)
        {
            var step = block.Steps[i];
            var last = dying[i] ?? [];
            var (freed, born) = (last.Sum(BytesOf), step is ConstantStep ? 0 : Bear(step.Outputs, i));
            var inside = step switch
            {
                RoutineStep => alive + step.Outputs.Where(o => !elsewhere.Contains(o)).Sum(BytesOf),
                KernelStep kernel => alive
                    + kernel.Outputs.Where((o, k) => !elsewhere.Contains(o) && !last.Exists(r => inPlace.IsOver(kernel, k, r))).Sum(BytesOf)
                    - kernel.Outputs.Where(results.Contains).SelectMany(placement.PartsOf).Distinct().Sum(p => BytesOf(p.Part)),
                LoopStep loop => PeakOf(loop, alive - freed, last),
                BranchStep { IfTrue: var yes, IfFalse: var no } => Math.Max(
                    Peak(yes, alive - freed, [], last),
                    Peak(no, alive - freed, [], last)
                ),
                _ => alive,
            };
            alive += born - freed;
            peak = Math.Max(peak, Math.Max(inside, alive));
        }
        return peak;
    }

    /// <summary>The peak inside a loop, at which <paramref name="dying"/> are read for the last time.</summary>
    long PeakOf(LoopStep loop, long around, List<Value> dying)
    {
        var carries = loop.Carry.Length;
        // Every iteration reads rows, and what the body takes from around it; what a carry starts with is gone after the first.
        HashSet<Value> read = [.. loop.Xs.Select(live.Root)];
        AddReads(loop, read);
        around += dying.Where(read.Contains).Sum(BytesOf);
        // Rows are in the arrays they come from and go to.
        for (var y = carries + 1; y < loop.Outputs.Length; y++)
            around += BytesOf(loop.Outputs[y]);
        HashSet<Value> elsewhere = [.. loop.Body.Parameters[(1 + carries)..], .. loop.Body.Results[carries..].Select(live.Root)];
        for (var k = 0; k < carries; k++)
            // A carry that never changes is what it starts with.
            if (live.Root(loop.Body.Results[k]) == loop.Body.Parameters[1 + k])
                elsewhere.Add(loop.Body.Parameters[1 + k]);
        var peak = Peak(loop.Body, around, elsewhere);
        if (loop.Condition is not { } condition)
            return peak;
        // The condition is tested while the carry waits for the body.
        for (var k = 0; k < carries; k++)
            if (!elsewhere.Contains(loop.Body.Parameters[1 + k]) && live.IsRead(loop.Body.Parameters[1 + k]))
                around += BytesOf(loop.Body.Parameters[1 + k]);
        return Math.Max(peak, Peak(condition, around, [.. condition.Parameters]));
    }

    int LastReadIn(Block block, Value root)
    {
        if (block.Results.Any(r => live.Root(r) == root))
            return block.Steps.Length;
        return Array.FindLastIndex(block.Steps, s => s.Inputs.Any(i => live.Root(i) == root) || live.IsReadInside(s, root));
    }

    void AddReads(Step step, HashSet<Value> read)
    {
        foreach (var block in Liveness.Blocks(step))
        {
            read.UnionWith(block.Results.Select(live.Root));
            foreach (var inner in block.Steps)
            {
                read.UnionWith(inner.Inputs.Select(live.Root));
                if (inner is LoopStep { Count: { } count })
                    read.Add(count);
                AddReads(inner, read);
            }
        }
    }
}
