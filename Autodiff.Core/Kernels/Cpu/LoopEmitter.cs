using System.Reflection.Emit;

namespace Autodiff;

// Loops and their carries.
sealed partial class BlockEmitter
{
    /// <summary>How a carry lives through a loop.</summary>
    abstract record Carry(Value Parameter, Value Result, Value Output);

    sealed record ScalarCarry(Value Parameter, Value Result, Value Output, Variable Variable) : Carry(Parameter, Result, Output);

    /// <summary>An array whose every iteration overwrites the one before, or which never changes.</summary>
    sealed record PlacedCarry(Value Parameter, Value Result, Value Output, Storage Storage) : Carry(Parameter, Result, Output);

    /// <summary>An array read from one buffer and written to the next.</summary>
    sealed record SwappedCarry(
        Value Parameter,
        Value Result,
        Value Output,
        Variable Current,
        Variable Next,
        Variable Other,
        Storage Written
    ) : Carry(Parameter, Result, Output)
    {
        internal required Storage First { get; init; }
        internal required Storage Second { get; init; }
        internal required Storage Start { get; init; }
    }

    sealed record TapeCarry(Value Parameter, Value Result, Value Output, int Slot) : Carry(Parameter, Result, Output);

    void EmitLoop(Block block, LoopStep step)
    {
        var carries = new Carry[step.Carry.Length];
        for (var k = 0; k < carries.Length; k++)
            if (
                step.Carry[k].Type is { Tape: 0, IsScalar: false }
                && inPlace.Carry(step, k) is { } chain
                && OpenPlaced(block, step, k, chain) is { } placed
            )
                carries[k] = placed;
        for (var k = 0; k < carries.Length; k++)
            carries[k] ??= OpenCarry(block, step, k);
        EmitIterations(step, carries, null);
        foreach (var carry in carries)
            Close(carry, step);
    }

    /// <summary>Emits the iterations of a loop, or of a <paramref name="stretch"/> of it, whose carries are open.</summary>
    void EmitIterations(LoopStep step, Carry[] carries, (ScalarPlace From, ScalarPlace To)? stretch)
    {
        var body = step.Body;
        var count = Count(step);
        // The iterations for which a tape has memory are a loop of their own: no register outlives the calls around it that may hold a float.
        var limit = count is null && step.Outputs.Any(o => o.Type.Tape == 1) ? NewCount() : null;
        var waiting = limit is null ? null : RentWaiting(carries);
        waiting?.Store(method);
        var ys = new RowWriter[step.Outputs.Length - carries.Length - 1];
        for (var y = 0; y < ys.Length; y++)
            ys[y] = OpenRows(step, body.Results[carries.Length + y], step.Outputs[carries.Length + 1 + y]);
        TapeWriter[] tapes = [.. ys.Select(y => y.Tape).OfType<TapeWriter>()];
        var xs = new RowReader[step.Xs.Length];
        for (var x = 0; x < xs.Length; x++)
            xs[x] = OpenXs(step, step.Xs[x], body.Parameters[1 + carries.Length + x]);

        var direction = step.Reverse && stretch is null ? -1 : 1;
        var index = Declare(body.Parameters[0], methods.Crosses(step.Outputs[carries.Length]));
        if (stretch is { From: var from })
            from.Push(method);
        else if (step.Reverse)
        {
            count!.Push(method);
            method.Long(1);
            IL.Emit(OpCodes.Sub);
        }
        else
            method.Long(0);
        index.Pop();
        var (more, top, end) = (IL.DefineLabel(), IL.DefineLabel(), IL.DefineLabel());
        IL.MarkLabel(more);
        if (limit is not null)
            ReserveMore(tapes, index, limit);
        else
            foreach (var tape in tapes)
                Reserve(tape, count!);
        waiting?.Load(method);
        IL.MarkLabel(top);
        Test(step, carries, index, stretch?.To ?? count, direction < 0, end);
        for (var x = 0; x < xs.Length; x++)
            ReadRow(
                step.Xs[x],
                body.Parameters[1 + carries.Length + x],
                xs[x],
                index,
                step is { Carry.Length: > 0, Folds: null } ? direction : 0
            );
        foreach (var y in ys)
            if (y.Pointer is not null)
                PointAtRow(y, index);
        EmitSteps(body);
        foreach (var y in ys)
            WriteRow(y, index);
        Advance(carries);
        index.Push(method);
        method.Long(direction);
        IL.Emit(OpCodes.Add);
        index.Pop();
        if (limit is not null)
        {
            index.Push(method);
            limit.Push(method);
            IL.Emit(OpCodes.Blt, top);
            waiting!.Store(method);
        }
        IL.Emit(OpCodes.Br, limit is null ? top : more);
        IL.MarkLabel(end);
        if (waiting is not null)
            Disown(waiting.Memory);
        Leave(body);

        places[step.Outputs[carries.Length]] = count ?? index;
        foreach (var tape in tapes)
            FinishTape(tape, count ?? index);
        foreach (var y in ys)
            if (y.Base is { } storage)
                Bind(y.Output, storage);
            else
                places[y.Output] = new TapePlace(y.Slot);
    }

    /// <summary>The number of iterations, where it is known before the first.</summary>
    ScalarPlace? Count(LoopStep step)
    {
        if (step.Length is { } length)
            return new Immediate(DType.Int64, length);
        if (step.Count is not { } count)
            return null;
        var output = step.Outputs[step.Carry.Length];
        var clamped = Declare(output);
        ((ScalarPlace)places[count]).Push(method);
        method.Long(0);
        IL.Emit(OpCodes.Call, typeof(Math).GetMethod(nameof(Math.Max), [typeof(long), typeof(long)])!);
        clamped.Pop();
        return clamped;
    }

    void Test(LoopStep step, Carry[] carries, Variable index, ScalarPlace? count, bool downwards, Label end)
    {
        if (step.Condition is not { } condition)
        {
            index.Push(method);
            if (downwards)
                method.Long(0);
            else
                count!.Push(method);
            IL.Emit(downwards ? OpCodes.Blt : OpCodes.Bge, end);
            return;
        }
        for (var k = 0; k < carries.Length; k++)
        {
            var place = places[carries[k].Parameter];
            places[condition.Parameters[k]] = place;
            if (place is Storage storage)
                storage.Users++;
        }
        EmitSteps(condition);
        ((ScalarPlace)places[condition.Results[0]]).Push(method);
        IL.Emit(OpCodes.Brfalse, end);
        Leave(condition);
    }

    // An array that is overwritten in place starts as a copy, unless nothing else reads what it starts with.
    PlacedCarry? OpenPlaced(Block block, LoopStep step, int k, Value[] chain)
    {
        var (start, output) = (step.Carry[k], step.Outputs[k]);
        if (places[start] is not Storage from || chain.Skip(1).Any(homes.ContainsKey))
            return null;
        Storage storage;
        if (chain.Length == 1 && IsFreeFor(from, output) || homes.GetValueOrDefault(output) == from)
            storage = from;
        else if (!homes.ContainsKey(output) && GivesUp(block, step, k))
            storage = from;
        else
        {
            storage = StorageFor(output);
            storage.Push(method);
            from.Push(method);
            method.Copy(start.Type.ByteSize);
            storage.Users--;
        }
        // One user is the output, the other the parameter.
        storage.Users++;
        Share(step.Body.Parameters[1 + k], storage);
        foreach (var value in chain.Skip(1))
            homes[value] = storage;
        return new(step.Body.Parameters[1 + k], step.Body.Results[k], output, storage);
    }

    // Whether the memory of what a carry starts with is the loop's own after the first iteration, and may hold what it ends with.
    bool GivesUp(Block block, LoopStep step, int k) =>
        places[step.Carry[k]] is PlannedStorage { Users: 1 } storage
        && IsFreeFor(storage, step.Outputs[k])
        && inPlace.IsOnlyCarried(step, live.Root(step.Carry[k]))
        && live.DyingAt(block, Array.IndexOf(block.Steps, step)).Contains(step.Carry[k]);

    Carry OpenCarry(Block block, LoopStep step, int k)
    {
        var (start, parameter, result, output) = (step.Carry[k], step.Body.Parameters[1 + k], step.Body.Results[k], step.Outputs[k]);
        if (start.Type.Tape > 0)
        {
            var slot = tapes++;
            EmitCall(nameof(CallFrame.Share), TapeSlot(start), slot);
            places[parameter] = new TapePlace(slot);
            return new TapeCarry(parameter, result, output, slot);
        }
        if (start.Type.IsScalar)
        {
            var crosses = step.Condition is { } condition && methods.Crosses(condition.Parameters[k]);
            ((ScalarPlace)places[start]).Push(method);
            var variable = Declare(parameter, crosses || methods.Crosses(output));
            variable.Pop();
            return new ScalarCarry(parameter, result, output, variable);
        }
        var from = (Storage)places[start];
        // Where the number of iterations is known, the last one can write to the carry's home.
        var home = homes.GetValueOrDefault(output);
        var isOdd = step.Length % 2 == 1;
        var usesHome = home is not null && home != from && step.Length > 0;
        var first = usesHome && isOdd ? StorageFor(output) : RentFor(output);
        var second =
            usesHome && !isOdd ? StorageFor(output)
            : GivesUp(block, step, k) ? Own((PlannedStorage)from)
            : RentFor(output);
        var (current, next, other) = (DeclarePointer(), DeclarePointer(), DeclarePointer());
        // The output may be what the loop started with, if it does not run.
        if (step.Length > 0 || IsFreeFor(from, output))
            from.Users++;
        else
        {
            second.Push(method);
            from.Push(method);
            method.Copy(start.Type.ByteSize);
            from = second;
            second.Users++;
        }
        from.Push(method);
        current.Pop();
        first.Push(method);
        next.Pop();
        second.Push(method);
        other.Pop();
        var written = new PointerStorage(next) { Users = 1 };
        Bind(parameter, new PointerStorage(current) { Users = 1 });
        AssignHome(step.Body, result, written);
        return new SwappedCarry(parameter, result, output, current, next, other, written)
        {
            First = first,
            Second = second,
            Start = from,
        };
    }

    void Advance(Carry[] carries)
    {
        foreach (var carry in carries)
            if (carry is SwappedCarry swapped)
                WriteTo(swapped.Written, swapped.Result);
        foreach (var carry in carries)
            if (carry is PlacedCarry placed)
                WriteTo(placed.Storage, placed.Result);
        // All new scalars are read before the first is written.
        foreach (var carry in carries)
            if (carry is ScalarCarry scalar && places[scalar.Result] != scalar.Variable)
                ((ScalarPlace)places[scalar.Result]).Push(method);
        foreach (var carry in carries.Reverse())
            if (carry is ScalarCarry scalar && places[scalar.Result] != scalar.Variable)
                scalar.Variable.Pop();
        foreach (var carry in carries)
            switch (carry)
            {
                case SwappedCarry { Current: var current, Next: var next, Other: var other }:
                    next.Push(method);
                    current.Pop();
                    other.Push(method);
                    next.Pop();
                    current.Push(method);
                    other.Pop();
                    break;
                case TapeCarry tape:
                    EmitCall(nameof(CallFrame.Share), TapeSlot(tape.Result), tape.Slot);
                    break;
            }
    }

    void Close(Carry carry, LoopStep step)
    {
        switch (carry)
        {
            case ScalarCarry scalar:
                places[carry.Output] = scalar.Variable;
                break;
            case TapeCarry tape:
                places[carry.Output] = new TapePlace(tape.Slot);
                break;
            case PlacedCarry placed:
                Bind(carry.Output, placed.Storage);
                break;
            case SwappedCarry swapped:
                Bind(carry.Output, Final(swapped, step));
                break;
        }
    }

    Storage Final(SwappedCarry carry, LoopStep step)
    {
        if (step.Length > 0)
        {
            var (last, unused) = step.Length % 2 == 1 ? (carry.First, carry.Second) : (carry.Second, carry.First);
            Disown(unused);
            Disown(carry.Start);
            return last;
        }
        var final = new PointerStorage(carry.Current, carry.First, carry.Second, carry.Start) { Users = 1 };
        if (!homes.TryGetValue(carry.Output, out var home) || home == carry.Start)
            return final;
        home.Users++;
        home.Push(method);
        final.Push(method);
        method.Copy(carry.Output.Type.ByteSize);
        Disown(final);
        return home;
    }
}
