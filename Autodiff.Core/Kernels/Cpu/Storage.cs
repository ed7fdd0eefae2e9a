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
sealed class Variable(MethodEmitter home, DType? type, PlannedStorage? spill) : ScalarPlace
{
    readonly LocalBuilder local = home.IL.DeclareLocal(type is { } t ? ScalarEmitter.ClrType(t) : typeof(nint));

    internal override void Push(MethodEmitter m)
    {
        if (m == home)
        {
            m.IL.Emit(OpCodes.Ldloc, local);
            return;
        }
        spill!.Push(m);
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
        at.Push(home);
        home.IL.Emit(OpCodes.Ldloc, local);
        if (type is { } t)
            ScalarEmitter.Store(home.IL, t);
        else
            home.IL.Emit(OpCodes.Stind_I);
    }
}

/// <summary>The first iteration that a part of a parallel region runs, or the one before which it ends.</summary>
sealed class RegionBound(bool isEnd) : ScalarPlace
{
    internal override void Push(MethodEmitter m)
    {
        if (isEnd)
            m.PushTo();
        else
            m.PushFrom();
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

/// <summary>A place that a plan has given out.</summary>
sealed class PlannedStorage(BufferPlan plan, long offset, long bytes) : Storage
{
    internal BufferPlan Plan => plan;
    internal long Offset => offset;
    internal long Bytes => bytes;

    /// <summary>A part of this place.</summary>
    internal PlannedStorage At(long displacement) => new(plan, offset + displacement, bytes - displacement);

    internal override void Push(MethodEmitter m)
    {
        if (plan.IsOwn)
            m.PushOwn(offset);
        else if (plan.Index is { } index)
        {
            m.PushTable(index);
            m.Displace(offset);
        }
        else
            m.PushArena(offset);
    }
}

/// <summary>An input or a result, by its number in the table of the call.</summary>
sealed class TableStorage(int index) : Storage
{
    internal int Index => index;

    internal override void Push(MethodEmitter m) => m.PushTable(index);
}

/// <summary>A stretch of another storage, which is in use for as long as anything lies in it.</summary>
sealed class PartStorage(Storage whole, long displacement) : Storage
{
    internal Storage Whole => whole is PartStorage part ? part.Whole : whole;
    internal long Displacement => whole is PartStorage part ? part.Displacement + displacement : displacement;

    internal override void Push(MethodEmitter m)
    {
        Whole.Push(m);
        m.Displace(Displacement);
    }
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
