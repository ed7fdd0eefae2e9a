namespace Autodiff;

// The memory of values.
sealed partial class BlockEmitter
{
    const long SpillBlock = 512;

    /// <summary>A new variable for a scalar.</summary>
    Variable Declare(Value value, bool crosses = false)
    {
        var variable = new Variable(method, value.Type.DType, crosses || methods.Crosses(value) ? Spill() : null);
        places[value] = variable;
        return variable;
    }

    /// <summary>A new variable for an address, to which values of other methods may come to be bound.</summary>
    Variable DeclarePointer() => new(method, null, methods.Count > 1 ? Spill() : null);

    long Spill()
    {
        if (spills.Next == spills.End)
        {
            var block = buffers.Rent(SpillBlock);
            spills = (block.Offset, block.Offset + block.Bytes);
        }
        var at = spills.Next;
        spills.Next += sizeof(long);
        return at;
    }

    /// <summary>The memory for a result of a step: its home, or a new place. The caller is its first user.</summary>
    Storage StorageFor(Value value)
    {
        if (!homes.TryGetValue(value, out var home))
            return Own(buffers.Rent(value.Type.ByteSize));
        home.Users++;
        return home;
    }

    static ArenaStorage Own(ArenaStorage storage)
    {
        storage.Users++;
        return storage;
    }

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
        if (storage is ArenaStorage arena)
            buffers.Return(arena);
        if (storage is PointerStorage pointer)
            foreach (var kept in pointer.Keeps)
                Disown(kept);
    }

    /// <summary>Has a result of a block written directly to where it is wanted, if a step of the block computes it.</summary>
    void AssignHome(Block block, Value result, Storage target)
    {
        var root = live.Root(result);
        if (live.BlockOf(root) != block || root.Type.IsScalar || homes.ContainsKey(root))
            return;
        var step = live.StepOf(root);
        if (step is null or ConstantStep or AliasStep)
            return;
        homes[root] = target;
        // What it is written over comes to lie there as well.
        var before = step switch
        {
            KernelStep kernel when kernel.Kernel.Outputs[Array.IndexOf(kernel.Outputs, root)].Into is { } into => kernel.Inputs[into],
            LoopStep loop when Array.IndexOf(loop.Outputs, root) is var k && k < loop.Carry.Length => loop.Carry[k],
            _ => null,
        };
        if (before is null)
            return;
        var start = live.Root(before);
        if (live.BlockOf(start) != block || live.LastReadOfGroup(start) != Array.IndexOf(block.Steps, step))
            return;
        var isOver = step switch
        {
            KernelStep kernel => inPlace.OutputOver(kernel, start) == Array.IndexOf(kernel.Outputs, root),
            LoopStep loop => inPlace.CarryOver(loop, start) == Array.IndexOf(loop.Outputs, root),
            _ => false,
        };
        if (isOver)
            AssignHome(block, before, target);
    }
}
