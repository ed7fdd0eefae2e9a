using System.Runtime.CompilerServices;

namespace Autodiff;

/// <summary>A program translated for interpretation: a slot for every value, and steps that know theirs.</summary>
sealed unsafe class ProgramPlan
{
    readonly Planner planner;
    readonly PlannedBlock body;
    readonly Result[] results;
    Frame? idle;

    internal ProgramPlan(Program program)
    {
        planner = new Planner(program);
        body = planner.PlanBody();
        results = Array.ConvertAll(program.Body.Results, r => PlanResult(program, r));
        planner.PlaceArrays();
    }

    internal IReadOnlyList<Slot> Slots => planner.Slots;
    internal IReadOnlyList<(Slot Slot, ConcreteArray Data)> Constants => planner.Constants;

    /// <summary>The bytes of all arrays that the frame holds.</summary>
    internal long ArrayBytes => planner.ArrayBytes;

    internal int MaxRegisters => planner.MaxRegisters;

    /// <summary>The most operands and results together that a step has.</summary>
    internal int MaxOperands => planner.MaxOperands;

    internal bool HasTapes => planner.HasTapes;

    /// <summary>Runs the program; null if it would take more than <paramref name="budget"/> scalar operations.</summary>
    internal NDArray[]? Run(NDArray[] inputs, long budget)
    {
        var frame = Interlocked.Exchange(ref idle, null) ?? new Frame(this);
        frame.Budget = budget;
        var given = new NDArray[results.Length];
        bool done;
        try
        {
            for (var i = 0; i < inputs.Length; i++)
                Bind(frame, body.Parameters[i], inputs[i]);
            for (var i = 0; i < results.Length; i++)
                if (results[i].Source == Source.Written)
                    given[i] = WriteTo(frame, results[i]);
            done = frame.Run(body.Steps);
            if (done)
                for (var i = 0; i < results.Length; i++)
                    given[i] ??= Take(frame, results[i], inputs);
        }
        finally
        {
            frame.Release();
        }
        // The frame has pointers to them, which the collector does not see.
        GC.KeepAlive(given);
        frame.Tapes.AsSpan().Clear();
        if (!frame.IsKept || Interlocked.CompareExchange(ref idle, frame, null) is not null)
            frame.Dispose();
        return done ? given : null;
    }

    static void Bind(Frame frame, Slot slot, NDArray input)
    {
        if (input is ConcreteTape tape)
        {
            frame.Tapes[slot.Number] = tape.Rows;
            return;
        }
        var array = (ConcreteArray)input;
        if (slot.Offset < 0)
            frame.Pointers[slot.Number] = frame.Retain(array);
        else
            // Small, so that it is the collector's, and need not be released.
            fixed (byte* from = &array.Retain().First)
                Buffer.MemoryCopy(from, frame.Home(slot), slot.Bytes, slot.Bytes);
    }

    enum Source
    {
        /// <summary>The memory of an input or a constant.</summary>
        Input,
        Constant,

        /// <summary>Large, and written by a step where the result lies.</summary>
        Written,

        /// <summary>Copied out of the frame.</summary>
        Copied,
        Tape,
    }

    sealed record Result(Aval Type, Slot Slot, Source Source, int Input = -1, ConcreteArray? Constant = null);

    Result PlanResult(Program program, Value value)
    {
        var slot = planner.RootOf(value);
        var type = value.Type;
        var input = Array.IndexOf(body.Parameters, slot);
        if (input >= 0 && !slot.IsTape)
            return new(type, slot, Source.Input, input);
        if (planner.ConstantOf(slot) is { } data)
            return new(type, slot, Source.Constant, Constant: data);
        if (slot.IsTape)
            return new(type, slot, Source.Tape);
        if (slot.Writer != program.Body || slot.Bytes <= ArrayBuffer.ManagedLimit || slot.IsResult)
            return new(type, slot, Source.Copied);
        slot.IsResult = true;
        return new(type, slot, Source.Written);
    }

    static ConcreteArray WriteTo(Frame frame, Result result)
    {
        var array = ConcreteArray.Allocate(result.Type);
        frame.Pointers[result.Slot.Number] = (byte*)Unsafe.AsPointer(ref array.Buffer.First);
        return array;
    }

    static NDArray Take(Frame frame, Result result, NDArray[] inputs)
    {
        switch (result.Source)
        {
            case Source.Input:
                return ((ConcreteArray)inputs[result.Input]).As(result.Type);
            case Source.Constant:
                return result.Constant!.As(result.Type);
            case Source.Tape:
                return new ConcreteTape(result.Type, frame.Tapes[result.Slot.Number]!);
        }
        var array = ConcreteArray.Allocate(result.Type);
        var bytes = array.Buffer.ByteLength;
        fixed (byte* to = &array.Buffer.First)
            Buffer.MemoryCopy(frame.Pointers[result.Slot.Number], to, bytes, bytes);
        return array;
    }
}
