using System.Reflection.Emit;

namespace Autodiff;

// Tapes: where their rows lie is kept in variables while a loop writes or reads them.
sealed partial class BlockEmitter
{
    /// <summary>A tape that a loop writes, from an address on.</summary>
    sealed record TapeWriter(int Slot, Variable First);

    /// <summary>A tape that a loop reads: <paramref name="Count"/> rows from an address on, and zeros behind.</summary>
    sealed record TapeReader(Variable First, Variable Count, Variable Zeros);

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

    TapeWriter OpenTape(int slot) => new(slot, NewAddress());

    Variable NewAddress() => new(method, null, null);

    Variable NewCount() => new(method, DType.Int64, null);

    /// <summary>Makes room for a number of rows.</summary>
    void Reserve(TapeWriter tape, ScalarPlace rows)
    {
        method.PushFrame();
        IL.Emit(OpCodes.Ldc_I4, tape.Slot);
        rows.Push(method);
        EmitCall(nameof(CallFrame.ReserveRows));
        tape.First.Pop();
    }

    /// <summary>Makes room for the row of this iteration and pops into <paramref name="limit"/> the first iteration for which there is none.</summary>
    void ReserveMore(TapeWriter[] tapes, Variable index, Variable limit)
    {
        for (var t = 0; t < tapes.Length; t++)
        {
            Reserve(tapes[t], new Successor(index));
            EmitCall(nameof(CallFrame.RoomForRows), tapes[t].Slot);
            if (t > 0)
                IL.Emit(OpCodes.Call, typeof(Math).GetMethod(nameof(Math.Min), [typeof(long), typeof(long)])!);
        }
        limit.Pop();
    }

    /// <summary>The floats that a loop carries, and memory in which they wait during a call.</summary>
    sealed record WaitingFloats(ScalarCarry[] Carries, PlannedStorage Memory)
    {
        internal void Store(MethodEmitter m)
        {
            for (var k = 0; k < Carries.Length; k++)
            {
                Memory.At(k * sizeof(double)).Push(m);
                Carries[k].Variable.Push(m);
                ScalarEmitter.Store(m.IL, Carries[k].Parameter.Type.DType);
            }
        }

        internal void Load(MethodEmitter m)
        {
            for (var k = 0; k < Carries.Length; k++)
            {
                Memory.At(k * sizeof(double)).Push(m);
                ScalarEmitter.Load(m.IL, Carries[k].Parameter.Type.DType);
                Carries[k].Variable.Pop();
            }
        }
    }

    WaitingFloats RentWaiting(Carry[] carries)
    {
        ScalarCarry[] floats = [.. carries.OfType<ScalarCarry>().Where(c => c.Parameter.Type.DType.IsFloat)];
        return new(floats, RentScratch(floats.Length * sizeof(double)));
    }

    /// <summary>The number after another.</summary>
    sealed class Successor(ScalarPlace number) : ScalarPlace
    {
        internal override void Push(MethodEmitter m)
        {
            number.Push(m);
            m.Long(1);
            m.IL.Emit(OpCodes.Add);
        }
    }

    void FinishTape(TapeWriter tape, ScalarPlace count)
    {
        method.PushFrame();
        IL.Emit(OpCodes.Ldc_I4, tape.Slot);
        count.Push(method);
        EmitCall(nameof(CallFrame.FinishRows));
    }

    TapeReader ReadTape(int slot)
    {
        var tape = new TapeReader(NewAddress(), NewCount(), NewAddress());
        EmitCall(nameof(CallFrame.FirstRow), slot);
        tape.First.Pop();
        EmitCall(nameof(CallFrame.CountRows), slot);
        tape.Count.Pop();
        EmitCall(nameof(CallFrame.ZeroRow), slot);
        tape.Zeros.Pop();
        return tape;
    }

    /// <summary>Whether a loop runs as often as that which wrote a tape, and did not merely carry it.</summary>
    bool HasRowForEach(Value tape, LoopStep loop) =>
        live.Root(tape) is var written
        && live.StepOf(written) is LoopStep writer
        && Array.IndexOf(writer.Outputs, written) > writer.Carry.Length
        && loop.Count is { } count
        && live.Root(count) == writer.Outputs[writer.Carry.Length];

    /// <summary>Pushes the address of a row, or of zeros.</summary>
    void PushRow(TapeReader tape, Variable index, long rowBytes)
    {
        var (inside, end) = (IL.DefineLabel(), IL.DefineLabel());
        index.Push(method);
        tape.Count.Push(method);
        IL.Emit(OpCodes.Blt_Un, inside);
        tape.Zeros.Push(method);
        IL.Emit(OpCodes.Br, end);
        IL.MarkLabel(inside);
        tape.First.Push(method);
        PushOffset(index, rowBytes);
        IL.MarkLabel(end);
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
