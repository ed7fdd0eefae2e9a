using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Autodiff;

/// <summary>Where a result comes from: computed, an input, a constant, or a result before it.</summary>
abstract record ResultSource(Aval Type);

/// <summary>A tape by its slot of the frame; an array in memory of its own, or in that of input <paramref name="Donor"/>, if not −1.</summary>
sealed record ComputedResult(Aval Type, int TapeSlot = -1, int Donor = -1) : ResultSource(Type);

sealed record InputResult(Aval Type, int Input) : ResultSource(Type);

sealed record ConstantResult(Aval Type, ConcreteArray Data) : ResultSource(Type);

sealed record RepeatedResult(Aval Type, int Result) : ResultSource(Type);

/// <summary>A compiled program. Each call takes a frame of its own, so that calls may overlap.</summary>
sealed unsafe class CpuExecutable : Executable
{
    readonly Entry entry;
    readonly ResultSource[] results;
    readonly ConstantPool constants;
    readonly Func<CallFrame> newFrame;
    readonly bool hasTapes;
    readonly ConcurrentBag<CallFrame> frames = [];
    readonly int[] tapeInputs;
    readonly long frameBytes;
    readonly ParallelRegion[] regions;
    CallFrame? idle;

    internal CpuExecutable(Entry entry, ResultSource[] results, int[] tapeInputs, ConstantPool constants, Func<CallFrame> newFrame)
    {
        (this.entry, this.results, this.tapeInputs, this.constants, this.newFrame) = (entry, results, tapeInputs, constants, newFrame);
        idle = newFrame();
        hasTapes = idle.Tapes.Length > 0;
        (frameBytes, regions) = (idle.Bytes, idle.Regions);
    }

    public override long ScratchBytes => frameBytes + regions.Select(r => r.OwnBytes).DefaultIfEmpty().Max();

    internal override long DonatedBytes => results.Sum(r => r is ComputedResult { Donor: >= 0 } ? r.Type.ByteSize : 0);

    public override NDArray[] Run(NDArray[] inputs)
    {
        var outputs = new NDArray[results.Length];
        Run(inputs, outputs);
        return outputs;
    }

    internal override void Run(NDArray[] inputs, NDArray[] outputs)
    {
        for (var r = 0; r < outputs.Length; r++)
            if (results[r] is ComputedResult { Type: { Tape: 0 } type, Donor: var donor })
                outputs[r] = donor < 0 ? ConcreteArray.Allocate(type) : Retype(inputs[donor], type);
        // One frame is at hand without the bag's cost; the others are for calls that overlap.
        var frame = Interlocked.Exchange(ref idle, null) ?? (frames.TryTake(out var pooled) ? pooled : newFrame());
        for (var t = 0; t < tapeInputs.Length; t++)
            frame.Tapes[t] = ((ConcreteTape)inputs[tapeInputs[t]]).Rows;
        try
        {
            Pin(inputs, outputs, 0, frame);
        }
        finally
        {
            frame.Release();
        }
        for (var r = 0; r < outputs.Length; r++)
            outputs[r] ??= Take(results[r], inputs, outputs, frame);
        if (hasTapes)
            Detach(inputs, outputs, frame);
        if (Interlocked.CompareExchange(ref idle, frame, null) is not null)
            frames.Add(frame);
        GC.KeepAlive(outputs);
        GC.KeepAlive(this);
    }

    // Native arrays are in place, and retained; managed ones are pinned, one by each call.
    void Pin(NDArray[] inputs, NDArray[] outputs, int from, CallFrame frame)
    {
        var table = frame.Table;
        for (var i = from; i < inputs.Length + outputs.Length; i++)
        {
            if ((i < inputs.Length ? inputs[i] : outputs[i - inputs.Length]) is not ConcreteArray array)
                continue;
            if (array.Buffer is not ManagedBuffer managed)
            {
                table[i] = i < inputs.Length ? frame.Retain(array) : ((NativeBuffer)array.Buffer).Pointer;
                continue;
            }
            RuntimeHelpers.EnsureSufficientExecutionStack();
            fixed (byte* first = &managed.First)
            {
                table[i] = first;
                Pin(inputs, outputs, i + 1, frame);
            }
            return;
        }
        AlignedStack.Call(entry, frame, table, frame.Arena, null, 0, 0);
    }

    static NDArray Take(ResultSource source, NDArray[] inputs, NDArray[] outputs, CallFrame frame) =>
        source switch
        {
            InputResult { Input: var i } => Retype(inputs[i], source.Type),
            ConstantResult { Data: var data } => Retype(data, source.Type),
            RepeatedResult { Result: var r } => Retype(outputs[r], source.Type),
            ComputedResult { TapeSlot: var slot } => new ConcreteTape(source.Type, frame.Tapes[slot]),
            _ => throw new NotSupportedException(),
        };

    // An array of its own, so that each can be disposed of.
    static NDArray Retype(NDArray array, Aval type) =>
        array is ConcreteTape tape ? new ConcreteTape(type, tape.Rows) : ((ConcreteArray)array).As(type);

    // Tapes that belong to the caller must not be cleared by the next call.
    static void Detach(NDArray[] inputs, NDArray[] outputs, CallFrame frame)
    {
        foreach (var array in (ReadOnlySpan<NDArray[]>)[inputs, outputs])
        foreach (var value in array)
            if (value is ConcreteTape tape)
                for (var t = 0; t < frame.Tapes.Length; t++)
                    if (frame.Tapes[t] == tape.Rows)
                        frame.Tapes[t] = null!;
    }
}
