using System.Runtime.CompilerServices;

namespace Autodiff;

/// <summary>The memory of one run of a program: where each array lies, each tape, and what all its kernels share.</summary>
sealed unsafe class Frame : IDisposable
{
    // Frames up to this size are kept for the next run.
    const long KeptBytes = 256 * 1024;

    readonly long bytes;
    byte* memory;

    // What the run reads in place: nobody gives it back meanwhile.
    readonly List<ArrayBuffer> retained = [];

    internal Frame(ProgramPlan plan)
    {
        var slots = plan.Slots;
        bytes = plan.ArrayBytes + (slots.Count + plan.MaxOperands) * sizeof(nint) + Math.Max(plan.MaxRegisters, 1) * sizeof(long);
        memory = (byte*)NativePool.Rent(bytes);
        Pointers = (byte**)(memory + plan.ArrayBytes);
        Operands = Pointers + slots.Count;
        Registers = (long*)(Operands + plan.MaxOperands);
        Tapes = plan.HasTapes ? new Tape?[slots.Count] : [];
        foreach (var slot in slots)
            Pointers[slot.Number] = slot.Offset >= 0 ? Home(slot) : null;
        foreach (var (slot, data) in plan.Constants)
            if (slot.Offset >= 0)
                fixed (byte* from = &data.Buffer.First)
                    Buffer.MemoryCopy(from, Home(slot), slot.Bytes, slot.Bytes);
            else
                Pointers[slot.Number] = (byte*)Unsafe.AsPointer(ref data.Buffer.First);
    }

    ~Frame() => Free();

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>Where the array of each slot lies.</summary>
    internal byte** Pointers { get; }

    /// <summary>The tape of each slot.</summary>
    internal Tape?[] Tapes { get; }

    /// <summary>Where the operands and results of the current kernel or routine are written down.</summary>
    internal byte** Operands { get; }

    internal long* Registers { get; }

    /// <summary>How many scalar operations may still be executed.</summary>
    internal long Budget { get; set; }

    internal bool IsKept => bytes <= KeptBytes;

    /// <summary>The slot's own memory, to which its pointer need not point just now.</summary>
    internal byte* Home(Slot slot) => memory + slot.Offset;

    /// <summary>Takes from the budget; false if it is used up.</summary>
    internal bool Spend(long operations) => (Budget -= operations) >= 0;

    internal bool Run(PlannedStep[] steps)
    {
        foreach (var step in steps)
            if (!step.Run(this))
                return false;
        return true;
    }

    /// <summary>The address of an array in native memory, which stays there until <see cref="Release"/>.</summary>
    internal byte* Retain(ConcreteArray array)
    {
        var buffer = array.Retain();
        retained.Add(buffer);
        return ((NativeBuffer)buffer).Pointer;
    }

    internal void Release()
    {
        foreach (var buffer in retained)
            buffer.Release();
        retained.Clear();
    }

    void Free()
    {
        if (memory is null)
            return;
        NativePool.Return((nint)memory, bytes);
        memory = null;
    }
}
