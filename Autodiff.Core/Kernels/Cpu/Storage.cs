using System.Reflection.Emit;

namespace Autodiff;

/// <summary>Where a scalar comes from.</summary>
abstract class ScalarPlace
{
    internal abstract void Push(MethodEmitter m);
}

/// <summary>A scalar known when the program is compiled.</summary>
sealed class Immediate(DType type, long bits) : ScalarPlace
{
    internal override void Push(MethodEmitter m) => ScalarEmitter.Constant(m.IL, type, bits);
}

/// <summary>A variable of the compiled code: a local of the method that defines it, spilled to the arena where other methods read it.</summary>
sealed class Variable(MethodEmitter home, DType? type, long? spill) : ScalarPlace
{
    readonly LocalBuilder local = home.IL.DeclareLocal(type is { } t ? ScalarEmitter.ClrType(t) : typeof(nint));

    internal override void Push(MethodEmitter m)
    {
        if (m == home)
        {
            m.IL.Emit(OpCodes.Ldloc, local);
            return;
        }
        m.PushArena(spill!.Value);
        if (type is { } t)
            ScalarEmitter.Load(m.IL, t);
        else
            m.IL.Emit(OpCodes.Ldind_I);
    }

    /// <summary>Takes the value on the stack.</summary>
    internal void Pop()
    {
        home.IL.Emit(OpCodes.Stloc, local);
        if (spill is not { } at)
            return;
        home.PushArena(at);
        home.IL.Emit(OpCodes.Ldloc, local);
        if (type is { } t)
            ScalarEmitter.Store(home.IL, t);
        else
            home.IL.Emit(OpCodes.Stind_I);
    }
}

/// <summary>Where an array lies at run time. Several values may share one storage; it is released with the last of them.</summary>
abstract class Storage
{
    /// <summary>The live values that lie here.</summary>
    internal int Users { get; set; }

    /// <summary>Pushes the address of the first byte.</summary>
    internal abstract void Push(MethodEmitter m);
}

/// <summary>A place in the scratch memory of the call.</summary>
sealed class ArenaStorage(long offset, long bytes) : Storage
{
    internal long Offset => offset;
    internal long Bytes => bytes;

    internal override void Push(MethodEmitter m) => m.PushArena(offset);
}

/// <summary>An input or a result, by its number in the table of the call.</summary>
sealed class TableStorage(int index) : Storage
{
    internal override void Push(MethodEmitter m) => m.PushTable(index);
}

/// <summary>A constant, which the executable keeps in place.</summary>
sealed class FixedStorage(nint address) : Storage
{
    internal override void Push(MethodEmitter m)
    {
        m.Long(address);
        m.IL.Emit(OpCodes.Conv_I);
    }
}

/// <summary>A place that changes: the row of an iteration, or a carry that swaps its buffers, which are <paramref name="keeps"/>.</summary>
sealed class PointerStorage(Variable pointer, params Storage[] keeps) : Storage
{
    internal Storage[] Keeps => keeps;

    internal override void Push(MethodEmitter m) => pointer.Push(m);
}

/// <summary>Gives out places in the arena: first fit among what has been released, aligned to cache lines.</summary>
sealed class BufferPlan
{
    const long Alignment = 64;

    // Free ranges by offset; the last one is without end.
    readonly SortedList<long, long> free = new() { [0] = long.MaxValue / 2 };

    /// <summary>The bytes the arena needs.</summary>
    internal long Size { get; private set; }

    internal ArenaStorage Rent(long bytes)
    {
        var size = Math.Max(1, (bytes + Alignment - 1) / Alignment) * Alignment;
        var (offset, length) = free.First(f => f.Value >= size);
        free.Remove(offset);
        if (length > size)
            free[offset + size] = length - size;
        Size = Math.Max(Size, offset + size);
        return new ArenaStorage(offset, size);
    }

    internal void Return(ArenaStorage storage)
    {
        var (offset, size) = (storage.Offset, storage.Bytes);
        free[offset] = size;
        var at = free.IndexOfKey(offset);
        Join(at);
        if (at > 0)
            Join(at - 1);
    }

    // Joins a range with the next one where they touch.
    void Join(int at)
    {
        if (at + 1 >= free.Count || free.GetKeyAtIndex(at) + free.GetValueAtIndex(at) != free.GetKeyAtIndex(at + 1))
            return;
        free[free.GetKeyAtIndex(at)] += free.GetValueAtIndex(at + 1);
        free.RemoveAt(at + 1);
    }
}
