using System.Reflection.Emit;
using System.Runtime.Intrinsics.X86;

namespace Autodiff;

// The rows that loops read and write, of arrays and of tapes.
sealed partial class BlockEmitter
{
    // An iteration that waits for the one before it also waits for its rows, where they are not near: the hardware foresees long rows, but
    // learns little from short ones, least of all backwards.
    const long LineBytes = 64;
    const long MostFetchedBytes = 4096;
    const long NearBytes = 1 << 19;

    /// <summary>The rows a loop writes: to an array from <paramref name="Base"/>, or to a tape.</summary>
    sealed record RowWriter(Value Row, Value Output, Storage? Base, int Tape, Variable? Pointer, Storage? Target);

    RowWriter OpenRows(LoopStep step, Value row, Value output)
    {
        var points = row.Type is { Tape: 0, IsScalar: false };
        var pointer = points ? DeclarePointer() : null;
        var target = points ? new PointerStorage(pointer!) { Users = 1 } : null;
        if (target is not null)
            AssignHome(step.Body, row, target);
        if (output.Type.Tape == 0)
            return new(row, output, StorageFor(output), -1, pointer, target);
        var slot = tapes++;
        ClearTape(slot, output.Type);
        return new(row, output, null, slot, pointer, target);
    }

    void ClearTape(int slot, Aval type)
    {
        method.PushFrame();
        IL.Emit(OpCodes.Ldc_I4, slot);
        IL.Emit(OpCodes.Ldc_I4, type.Tape);
        method.Long(type.ByteSize);
        EmitCall(renewTapes ? nameof(CallFrame.Renew) : nameof(CallFrame.Clear));
    }

    // A tape carried by a loop outlives the loop that wrote it, so that its memory cannot be used again.
    static bool CarriesTape(Block block) =>
        block.Steps.Any(s => s is LoopStep loop && loop.Carry.Any(c => c.Type.Tape > 0) || Liveness.Blocks(s).Any(CarriesTape));

    void PushRow(RowWriter y, Variable index)
    {
        if (y.Base is null)
        {
            method.PushFrame();
            IL.Emit(OpCodes.Ldc_I4, y.Tape);
            index.Push(method);
            EmitCall(nameof(CallFrame.WriteRow));
            return;
        }
        y.Base.Push(method);
        PushOffset(index, y.Row.Type.ByteSize);
    }

    // Adds a multiple of the index to the pointer on the stack.
    void PushOffset(Variable index, long rowBytes)
    {
        index.Push(method);
        method.Long(rowBytes);
        IL.Emit(OpCodes.Mul);
        IL.Emit(OpCodes.Conv_I);
        IL.Emit(OpCodes.Add);
    }

    void PointAtRow(RowWriter y, Variable index)
    {
        PushRow(y, index);
        y.Pointer!.Pop();
    }

    void WriteRow(RowWriter y, Variable index)
    {
        if (y.Target is not null)
            WriteTo(y.Target, y.Row);
        else if (y.Row.Type.Tape > 0)
        {
            method.PushFrame();
            IL.Emit(OpCodes.Ldc_I4, y.Tape);
            index.Push(method);
            IL.Emit(OpCodes.Ldc_I4, TapeSlot(y.Row));
            EmitCall(nameof(CallFrame.WriteChild));
        }
        else
        {
            PushRow(y, index);
            ((ScalarPlace)places[y.Row]).Push(method);
            ScalarEmitter.Store(IL, y.Row.Type.DType);
        }
    }

    /// <summary>Gets ready to read rows: an array's first address is taken, a tape of tapes gets a view.</summary>
    void OpenXs(Value x, Value row, Variable? pointer)
    {
        if (pointer is not null)
        {
            ((Storage)places[x]).Push(method);
            pointer.Pop();
        }
        else if (row.Type.Tape > 0)
        {
            var view = new TapePlace(tapes++);
            places[row] = view;
            EmitCall(nameof(CallFrame.OpenView), TapeSlot(x), view.Slot);
        }
    }

    /// <summary>Points a row at that of this iteration, and has that which lies <paramref name="ahead"/> rows on, if not 0, brought near.</summary>
    void ReadRow(Value x, Value row, Variable? pointer, Variable index, int ahead)
    {
        if (row.Type.Tape > 0)
        {
            method.PushFrame();
            IL.Emit(OpCodes.Ldc_I4, TapeSlot(x));
            index.Push(method);
            IL.Emit(OpCodes.Ldc_I4, TapeSlot(row));
            EmitCall(nameof(CallFrame.PointView));
            return;
        }
        if (!live.IsRead(row))
            return;
        if (pointer is not null)
        {
            pointer.Push(method);
            PushOffset(index, row.Type.ByteSize);
        }
        else
        {
            method.PushFrame();
            IL.Emit(OpCodes.Ldc_I4, TapeSlot(x));
            index.Push(method);
            EmitCall(nameof(CallFrame.ReadRow));
        }
        if (row.Type.IsScalar)
        {
            ScalarEmitter.Load(IL, row.Type.DType);
            Declare(row).Pop();
            return;
        }
        var at = DeclarePointer();
        at.Pop();
        if (ahead != 0 && (x.Type.Tape > 0 || x.Type.ByteSize > NearBytes))
            Fetch(at, ahead * row.Type.ByteSize, row.Type.ByteSize);
        Bind(row, new PointerStorage(at) { Users = 1 });
    }

    /// <summary>Has bytes at a distance from a row brought to the cache meanwhile; there need be no memory.</summary>
    void Fetch(Variable row, long distance, long bytes)
    {
        if (!Sse.IsSupported || bytes is < LineBytes or > MostFetchedBytes)
            return;
        for (var line = 0L; line < bytes; line += LineBytes)
        {
            row.Push(method);
            method.Displace(distance + line);
            IL.Emit(OpCodes.Call, typeof(Sse).GetMethod(nameof(Sse.Prefetch0))!);
        }
    }

    void EmitTape(TapeStep step)
    {
        if (step.Inputs.Length == 0)
        {
            var slot = tapes++;
            ClearTape(slot, step.Outputs[0].Type);
            places[step.Outputs[0]] = new TapePlace(slot);
            return;
        }
        for (var i = 0; i < step.Inputs.Length; i++)
        {
            EmitCall(nameof(CallFrame.CountRows), TapeSlot(step.Inputs[i]));
            if (i > 0)
                IL.Emit(OpCodes.Call, typeof(Math).GetMethod(nameof(Math.Max), [typeof(long), typeof(long)])!);
        }
        Declare(step.Outputs[0]).Pop();
    }
}
