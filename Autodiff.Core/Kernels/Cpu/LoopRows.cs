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

    /// <summary>The rows a loop writes: to an array from <paramref name="Base"/>, to <paramref name="Tape"/>, or to a tape of tapes.</summary>
    sealed record RowWriter(Value Row, Value Output, Storage? Base, int Slot, TapeWriter? Tape, Variable? Pointer, Storage? Target);

    /// <summary>The rows a loop reads: of an array from an address, or of <paramref name="Tape"/>. Both are null where nothing reads them, or for a
    /// tape of tapes.</summary>
    sealed record RowReader(Variable? Base, TapeReader? Tape);

    RowWriter OpenRows(LoopStep step, Value row, Value output)
    {
        var points = row.Type is { Tape: 0, IsScalar: false };
        var pointer = points ? DeclarePointer() : null;
        var target = points ? new PointerStorage(pointer!) { Users = 1 } : null;
        if (target is not null)
            AssignHome(step.Body, row, target);
        if (output.Type.Tape == 0)
            return new(row, output, StorageFor(output), -1, null, pointer, target);
        var slot = tapes++;
        ClearTape(slot, output.Type);
        return new(row, output, null, slot, row.Type.Tape == 0 ? OpenTape(slot) : null, pointer, target);
    }

    void PushRow(RowWriter y, Variable index)
    {
        if (y.Tape is { } tape)
            tape.First.Push(method);
        else
            y.Base!.Push(method);
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
            IL.Emit(OpCodes.Ldc_I4, y.Slot);
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

    /// <summary>Gets ready to read rows: the first address of an array or tape is taken, a tape of tapes gets a view.</summary>
    RowReader OpenXs(LoopStep step, Value x, Value row)
    {
        if (row.Type.Tape > 0)
        {
            var view = new TapePlace(tapes++);
            places[row] = view;
            EmitCall(nameof(CallFrame.OpenView), TapeSlot(x), view.Slot);
            return new(null, null);
        }
        if (!live.IsRead(row))
            return new(null, null);
        if (x.Type.Tape > 0)
            return ReadTape(TapeSlot(x)) is var tape && HasRowForEach(x, step) ? new(tape.First, null) : new(null, tape);
        var first = DeclarePointer();
        ((Storage)places[x]).Push(method);
        first.Pop();
        return new(first, null);
    }

    /// <summary>Points a row at that of this iteration, and has that which lies <paramref name="ahead"/> rows on, if not 0, brought near.</summary>
    void ReadRow(Value x, Value row, RowReader reader, Variable index, int ahead)
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
        if (reader.Tape is { } tape)
            PushRow(tape, index, row.Type.ByteSize);
        else if (reader.Base is { } first)
        {
            first.Push(method);
            PushOffset(index, row.Type.ByteSize);
        }
        else
            return;
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
}
