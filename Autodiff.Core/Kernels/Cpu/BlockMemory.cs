namespace Autodiff;

// The memory of values.
sealed partial class BlockEmitter
{
    const long SpillBlock = 512;

    /// <summary>
    /// The bytes up to which an array gets memory of its own. The last vector of a row may overlap the one before unless it is computed in place,
    /// which small arrays would feel; and small results are not aligned.
    /// </summary>
    internal static long SmallBytes { get; set; } = ArrayBuffer.ManagedLimit;

    /// <summary>A new variable for a scalar.</summary>
    Variable Declare(Value value, bool crosses = false)
    {
        var variable = new Variable(method, value.Type.DType, crosses || methods.Crosses(value) ? Spill() : null);
        places[value] = variable;
        return variable;
    }

    /// <summary>A new variable for an address, to which values of other methods may come to be bound.</summary>
    Variable DeclarePointer() => new(method, null, methods.Count > 1 ? Spill() : null);

    PlannedStorage Spill()
    {
        var block = spills is { Bytes: > 0 } ? spills : RentScratch(SpillBlock);
        spills = block.At(sizeof(long));
        return block;
    }

    /// <summary>The memory for a result of a step: its home, or a new place. The caller is its first user.</summary>
    Storage StorageFor(Value value)
    {
        if (!homes.TryGetValue(value, out var home))
            return RentFor(value);
        home.Users++;
        return home;
    }

    /// <summary>New memory for a value: in a result that is written after its last reading, if one has room, else in the arena.</summary>
    PlannedStorage RentFor(Value value)
    {
        // What threads have for themselves is in their own memory.
        if (arena.IsOwn)
            return RentScratch(value.Type.ByteSize);
        var end = EndOf(value);
        foreach (var result in lent)
            if (result.Written > end && result.TryRent(value.Type.ByteSize) is { } storage)
                return Own(storage);
        return RentScratch(value.Type.ByteSize);
    }

    PlannedStorage RentScratch(long bytes) => Own(arena.TryRent(bytes)!);

    static PlannedStorage Own(PlannedStorage storage)
    {
        storage.Users++;
        return storage;
    }

    /// <summary>The last step of the program at which a value, or an alias of it, is read.</summary>
    int EndOf(Value value)
    {
        var root = live.Root(value);
        return live.BlockOf(root) == program ? Math.Max(live.LastReadOfGroup(root), now) : now;
    }

    /// <summary>Whether a value may stay in a storage for as long as it lives.</summary>
    bool IsFreeFor(Storage storage, Value value) =>
        storage switch
        {
            PlannedStorage planned => planned.Plan.Written > EndOf(value),
            PointerStorage pointer => Array.TrueForAll(pointer.Keeps, k => IsFreeFor(k, value)),
            PartStorage part => IsFreeFor(part.Whole, value),
            _ => true,
        };

    /// <summary>A value lies in a storage of which it is already counted as a user.</summary>
    void Bind(Value value, Storage storage) => places[value] = storage;

    void Share(Value value, Storage storage)
    {
        storage.Users++;
        places[value] = storage;
    }

    void Release(Value value)
    {
        if (places.TryGetValue(value, out var place) && place is Storage storage)
            Disown(storage);
    }

    void Disown(Storage storage)
    {
        if (--storage.Users > 0)
            return;
        if (storage is PlannedStorage planned)
            planned.Plan.Return(planned);
        if (storage is PointerStorage pointer)
            foreach (var kept in pointer.Keeps)
                Disown(kept);
    }

    /// <summary>
    /// Has a result of a block written directly to where it is wanted, if a step of the block computes it; and what it is written over or put
    /// together from, and so on.
    /// </summary>
    void AssignHome(Block block, Value result, Storage target)
    {
        foreach (var root in ChainOf(block, result))
        {
            homes.Add(root, target);
            foreach (var (part, at) in placement.PartsOf(root))
                AssignHome(block, part, new PartStorage(target, at * root.Type.DType.Size) { Users = 1 });
        }
    }

    /// <summary>Whether all that a part of a kernel would store is in place.</summary>
    bool IsPlaced(KernelStep step, NestPlan part, object result) =>
        Placement.MoveOf(part) is var (operand, at)
        && places[step.Inputs[operand]] is PartStorage storage
        && (result is PartStorage outer ? (outer.Whole, outer.Displacement) : ((Storage)result, 0)) is var (whole, displacement)
        && storage.Whole == whole
        && storage.Displacement == displacement + at * step.Outputs[0].Type.DType.Size;

    /// <summary>
    /// The roots that may follow one another in the memory of a result of a block, each written over the next, which has no home yet. Where one is put
    /// together from parts, these lie in its memory before it, and nothing else.
    /// </summary>
    IEnumerable<Value> ChainOf(Block block, Value result)
    {
        bool IsInside(Value root) => live.BlockOf(root) == block && live.StepOf(root) is not null;
        for (var root = live.Root(result); root is not null; root = ReadLastFor(root).Find(IsInside))
        {
            if (!IsInside(root) || root.Type.IsScalar || live.StepOf(root) is ConstantStep || homes.ContainsKey(root))
                yield break;
            yield return root;
            if (placement.PartsOf(root).Any())
                yield break;
        }
    }

    // The roots that are read for the last time where another is computed, and over which it can be written.
    List<Value> ReadLastFor(Value root)
    {
        List<Value> under = live.StepOf(root) switch
        {
            KernelStep kernel => Overwritten(kernel, Array.IndexOf(kernel.Outputs, root)).ConvertAll(live.Root),
            LoopStep loop
                when Array.IndexOf(loop.Outputs, root) is var k && k < loop.Carry.Length && live.Root(loop.Carry[k]) is var start =>
                inPlace.CarryOver(loop, start) == k ? [start] : [],
            _ => [],
        };
        return under.FindAll(u => live.BlockOf(u) == live.BlockOf(root) && live.LastReadOfGroup(u) == live.PlaceOf(root));
    }

    /// <summary>The operands over which an output of a kernel can be written, if nothing reads them later.</summary>
    List<Value> Overwritten(KernelStep step, int output)
    {
        var result = step.Kernel.Outputs[output];
        IEnumerable<Value> operands =
            result.Into is { } into ? [step.Inputs[into]]
            : result.Type.ByteSize > SmallBytes ? step.Inputs
            : [];
        return [.. operands.Where(i => !i.Type.IsScalar && inPlace.IsOver(step, output, live.Root(i)))];
    }
}
