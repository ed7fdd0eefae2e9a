using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Autodiff;

/// <summary>A step of a program that knows the slots of its values.</summary>
abstract unsafe class PlannedStep
{
    /// <summary>Does the step; false if the budget does not allow for it.</summary>
    internal abstract bool Run(Frame frame);

    protected static void Point(Frame frame, Slot[] inputs, Slot[] outputs)
    {
        var at = frame.Operands;
        foreach (var slot in inputs)
            *at++ = frame.Pointers[slot.Number];
        foreach (var slot in outputs)
            *at++ = frame.Pointers[slot.Number];
    }
}

sealed unsafe class PlannedKernel(Kernel kernel, KernelCode code, Slot[] inputs, Slot[] outputs) : PlannedStep
{
    internal override bool Run(Frame frame)
    {
        if (!frame.Spend(code.Cost))
            return false;
        Point(frame, inputs, outputs);
        for (var i = 0; i < outputs.Length; i++)
        {
            var output = kernel.Outputs[i];
            var target = frame.Operands[inputs.Length + i];
            if (output.Into is { } into)
            {
                if (target != frame.Operands[into])
                    Buffer.MemoryCopy(frame.Operands[into], target, outputs[i].Bytes, outputs[i].Bytes);
            }
            else if (output.Index is not null || output.Guard is not null)
                NativeMemory.Clear(target, (nuint)outputs[i].Bytes);
        }
        code.Registers.CopyTo(new Span<long>(frame.Registers, code.Registers.Length));
        fixed (Instruction* first = code.Instructions)
            KernelMachine.Run(first, frame.Registers, frame.Operands);
        return true;
    }
}

sealed unsafe class PlannedRoutine(Routine routine, Slot[] inputs, Slot[] outputs) : PlannedStep
{
    internal override bool Run(Frame frame)
    {
        if (!frame.Spend(1))
            return false;
        Point(frame, inputs, outputs);
        routine.Run(frame.Operands, frame.Operands + inputs.Length);
        return true;
    }
}

sealed unsafe class PlannedAlias(Slot input, Slot output) : PlannedStep
{
    internal override bool Run(Frame frame)
    {
        if (output.IsTape)
            frame.Tapes[output.Number] = frame.Tapes[input.Number];
        else
            frame.Pointers[output.Number] = frame.Pointers[input.Number];
        return true;
    }
}

sealed class PlannedEmptyTape(Slot output) : PlannedStep
{
    internal override bool Run(Frame frame)
    {
        output.EmptyTape(frame);
        return true;
    }
}

sealed unsafe class PlannedTapeLength(Slot[] inputs, Slot output) : PlannedStep
{
    internal override bool Run(Frame frame)
    {
        var length = 0L;
        foreach (var input in inputs)
            length = Math.Max(length, frame.Tapes[input.Number]!.Count);
        *(long*)frame.Pointers[output.Number] = length;
        return true;
    }
}

/// <summary>The outputs are the results of the block that ran, where they lie.</summary>
sealed unsafe class PlannedBranch(Slot predicate, PlannedBlock ifTrue, PlannedBlock ifFalse, Slot[] outputs) : PlannedStep
{
    internal override bool Run(Frame frame)
    {
        var block = *frame.Pointers[predicate.Number] != 0 ? ifTrue : ifFalse;
        if (!frame.Spend(1) || !frame.Run(block.Steps))
            return false;
        for (var i = 0; i < outputs.Length; i++)
        {
            if (outputs[i].IsTape)
                frame.Tapes[outputs[i].Number] = frame.Tapes[block.Results[i].Number];
            else
                frame.Pointers[outputs[i].Number] = frame.Pointers[block.Results[i].Number];
        }
        return true;
    }
}

/// <summary>A block that knows the slots of its values.</summary>
sealed record PlannedBlock(Block Block, Slot[] Parameters, PlannedStep[] Steps, Slot[] Results);
