using System.Reflection.Emit;

namespace Autodiff;

// What becomes of the values: stores, accumulators and scatters.
sealed partial class NestEmitter
{
    /// <summary>The accumulator of an output: one for each copy of each piece of a vectorised reduction, else one.</summary>
    sealed record Accumulator(Piece? Piece, LocalBuilder[] Values, LocalBuilder? Position);

    readonly Dictionary<int, List<Accumulator>> accumulators = [];

    bool IsFolded(int output) => nest.Accumulates(nest.Kernel.Outputs[output]) || nest.Kernel.Outputs[output].Prefix;

    void OpenFolds(Scope scope)
    {
        // Where a reduced loop is vectorised, every piece of it accumulates on its own.
        Piece?[] pieces =
            vectors is not null && vectors.Depth > nest.MapLoops
                ? [.. (positions?.Pieces ?? vectors.Pieces).Select(p => (Piece?)p)]
                : [piece];
        for (var o = 0; o < results.Length; o++)
            if (IsFolded(o))
                accumulators[o] = [.. (RunsOn(o) ? [null] : pieces).Select(p => OpenFold(nest.Kernel.Outputs[o], p, scope))];
    }

    /// <summary>Whether an output is a cumulation along the vectorised loop, whose sum so far is one scalar.</summary>
    bool RunsOn(int output) => nest.Kernel.Outputs[output].Prefix && vectors?.Depth > nest.MapLoops;

    Accumulator OpenFold(KernelOutput output, Piece? of, Scope scope)
    {
        var type = output.Value.Type;
        var emitter = of is { Bits: > 0 } p ? new VectorEmitter(il, p.Bits, vectors!.Size) : null;
        var values = new LocalBuilder[of?.Unroll ?? 1];
        for (var copy = 0; copy < values.Length; copy++)
        {
            values[copy] = method.Rent(emitter?.TypeOf(type) ?? ScalarEmitter.ClrType(type));
            scope.Add(values[copy]);
        }
        var accumulator = new Accumulator(of, values, IsPosition(output) ? method.Rent(typeof(long)) : null);
        Clear(output, accumulator);
        if (accumulator.Position is { } position)
        {
            method.Long(0);
            il.Emit(OpCodes.Stloc, position);
            scope.Add(position);
        }
        return accumulator;
    }

    void Clear(KernelOutput output, Accumulator accumulator)
    {
        var type = output.Value.Type;
        var emitter = accumulator.Piece is { Bits: > 0 } p ? new VectorEmitter(il, p.Bits, vectors!.Size) : null;
        foreach (var value in accumulator.Values)
        {
            ScalarEmitter.Constant(il, type, output.Fold.Identity(type));
            emitter?.Broadcast(type);
            il.Emit(OpCodes.Stloc, value);
        }
    }

    void EmitBody()
    {
        if (search is var (wanted, best, position, found))
        {
            Find(wanted, best, position, found);
            return;
        }
        var outputs = nest.Kernel.Outputs;
        for (var copy = 0; copy < Copies; copy++)
        {
            // All values before any store: a store may overwrite what another value reads.
            var values = new LocalBuilder?[outputs.Length];
            if (outputs.Length > 1)
                for (var o = 0; o < outputs.Length; o++)
                {
                    Push(outputs[o].Value, copy);
                    values[o] = method.Rent(vector?.TypeOf(outputs[o].Value.Type) ?? ScalarEmitter.ClrType(outputs[o].Value.Type));
                    il.Emit(OpCodes.Stloc, values[o]!);
                }
            for (var o = 0; o < outputs.Length; o++)
            {
                Settle(o, copy, values[o]);
                if (values[o] is { } local)
                    method.Return(local);
            }
        }
    }

    void Settle(int index, int copy, LocalBuilder? value)
    {
        var output = nest.Kernel.Outputs[index];
        var skip = il.DefineLabel();
        if (output.Guard is { } guard)
        {
            PushScalar(guard);
            il.Emit(OpCodes.Brfalse, skip);
        }
        if (vector is not null && RunsOn(index))
            RunOn(vector, index, copy, PushValue, skip);
        else if (IsFolded(index))
        {
            Accumulate(index, copy, PushValue, value is null ? ProductOf(output) : null);
            if (output.Prefix)
                Store(index, copy, () => PushFolded(output, Current(index), copy), skip);
        }
        else if (output.Into is not null && output.Fold != Fold.Set)
            Combine(index, copy, PushValue, skip);
        else
            Store(index, copy, PushValue, skip);
        il.MarkLabel(skip);

        void PushValue()
        {
            if (value is null)
                Push(output.Value, copy);
            else
                il.Emit(OpCodes.Ldloc, value);
        }
    }

    Accumulator Current(int output) => accumulators[output].Find(a => a.Piece == piece) ?? accumulators[output][0];

    static void PushFolded(ILGenerator il, KernelOutput output, Accumulator accumulator, int copy) =>
        il.Emit(OpCodes.Ldloc, accumulator.Position ?? accumulator.Values[copy]);

    void PushFolded(KernelOutput output, Accumulator accumulator, int copy) => PushFolded(il, output, accumulator, copy);

    // A sum of products takes each product in with one rounding, and one instruction.
    Apply? ProductOf(KernelOutput output) =>
        KernelCompiler.Fuses
        && output is { Fold: Fold.Add, Prefix: false, Value: Apply { Op: ScalarOp.Mul, Type.IsFloat: true } product }
        && !nodes[product].Kept
            ? product
            : null;

    void Accumulate(int index, int copy, Action pushValue, Apply? product)
    {
        var output = nest.Kernel.Outputs[index];
        var accumulator = Current(index);
        var total = accumulator.Values[copy];
        switch (output.Fold)
        {
            case Fold.Set:
                pushValue();
                break;
            case Fold.ArgMax or Fold.ArgMin when positions is null:
                Challenge(output, accumulator, pushValue);
                return;
            default:
                if (product is null)
                {
                    il.Emit(OpCodes.Ldloc, total);
                    pushValue();
                    FoldStack(vector, output.Fold, output.Value.Type);
                    break;
                }
                Push(product.Arguments[0], copy);
                Push(product.Arguments[1], copy);
                il.Emit(OpCodes.Ldloc, total);
                if (vector is null)
                    ScalarEmitter.Apply(il, ScalarOp.Fma, product.Type, product.Type);
                else
                    vector.MultiplyAdd(product.Type);
                break;
        }
        il.Emit(OpCodes.Stloc, total);
    }

    void FoldStack(VectorEmitter? emitter, Fold fold, DType type)
    {
        if (emitter is not null)
            emitter.Fold(fold, type);
        else
            ScalarEmitter.Apply(il, fold.Operation, type, type);
    }

    // Sums a vector up, adds the sum so far, and moves that on: the only chain from vector to vector is one scalar addition.
    void RunOn(VectorEmitter vector, int index, int copy, Action pushValue, Label outside)
    {
        var type = nest.Kernel.Outputs[index].Value.Type;
        var total = Current(index).Values[0];
        var sums = method.Rent(vector.TypeOf(type));
        pushValue();
        vector.RunningSum(type, sums);
        Store(
            index,
            copy,
            () =>
            {
                il.Emit(OpCodes.Ldloc, sums);
                il.Emit(OpCodes.Ldloc, total);
                vector.Broadcast(type);
                vector.Fold(Fold.Add, type);
            },
            outside
        );
        il.Emit(OpCodes.Ldloc, total);
        il.Emit(OpCodes.Ldloc, sums);
        vector.Lane(type, vector.Lanes - 1);
        FoldStack(null, Fold.Add, type);
        il.Emit(OpCodes.Stloc, total);
        method.Return(sums);
    }

    void CloseFolds()
    {
        for (var o = 0; o < results.Length; o++)
        {
            if (!nest.Accumulates(nest.Kernel.Outputs[o]))
                continue;
            var output = nest.Kernel.Outputs[o];
            var skip = il.DefineLabel();
            if (vectors is not null && vectors.Depth > nest.MapLoops && !IsPosition(output))
            {
                var total = method.Rent(ScalarEmitter.ClrType(output.Value.Type));
                Gather(output, accumulators[o]);
                il.Emit(OpCodes.Stloc, total);
                Store(o, 0, () => il.Emit(OpCodes.Ldloc, total), skip);
                method.Return(total);
            }
            else
                for (var copy = 0; copy < Copies; copy++)
                    Store(o, copy, () => PushFolded(output, accumulators[o][0], copy), skip);
            il.MarkLabel(skip);
        }
    }

    /// <summary>Pushes the fold of all accumulators: wide vectors are halved until they meet the narrower ones.</summary>
    void Gather(KernelOutput output, List<Accumulator> parts)
    {
        var type = output.Value.Type;
        var size = vectors!.Size;
        var bits = parts[0].Piece!.Value.Bits;
        il.Emit(OpCodes.Ldloc, parts[0].Values[0]);
        for (; ; bits /= 2)
        {
            var emitter = new VectorEmitter(il, bits, size);
            foreach (
                var local in parts.Where(p => p.Piece!.Value.Bits == bits).SelectMany(p => p.Values).Where(v => v != parts[0].Values[0])
            )
            {
                il.Emit(OpCodes.Ldloc, local);
                emitter.Fold(output.Fold, type);
            }
            if (bits == 128)
                break;
            Halve(emitter, new VectorEmitter(il, bits / 2, size), output.Fold, type);
        }
        var last = new VectorEmitter(il, 128, size);
        var whole = method.Rent(last.TypeOf(type));
        il.Emit(OpCodes.Stloc, whole);
        for (var lane = 0; lane < last.Lanes; lane++)
        {
            il.Emit(OpCodes.Ldloc, whole);
            last.Lane(type, lane);
            if (lane > 0)
                FoldStack(null, output.Fold, type);
        }
        method.Return(whole);
        foreach (var part in parts.Where(p => p.Piece!.Value.Bits == 0))
        {
            il.Emit(OpCodes.Ldloc, part.Values[0]);
            FoldStack(null, output.Fold, type);
        }
    }

    void Halve(VectorEmitter wide, VectorEmitter narrow, Fold fold, DType type)
    {
        var whole = method.Rent(wide.TypeOf(type));
        il.Emit(OpCodes.Stloc, whole);
        il.Emit(OpCodes.Ldloc, whole);
        wide.Lower(type);
        il.Emit(OpCodes.Ldloc, whole);
        wide.Upper(type);
        narrow.Fold(fold, type);
        method.Return(whole);
    }

    void Combine(int index, int copy, Action pushValue, Label outside)
    {
        var output = nest.Kernel.Outputs[index];
        var type = output.Type.DType;
        if (results[index] is Variable variable)
        {
            variable.Push(method);
            pushValue();
            FoldStack(null, output.Fold, type);
            variable.Pop();
            return;
        }
        var address = method.Rent(typeof(nint));
        PushStoreAddress(index, copy, outside);
        il.Emit(OpCodes.Stloc, address);
        il.Emit(OpCodes.Ldloc, address);
        il.Emit(OpCodes.Ldloc, address);
        Load(type);
        pushValue();
        FoldStack(vector, output.Fold, type);
        StoreStack(type);
        method.Return(address);
    }

    void Store(int index, int copy, Action pushValue, Label outside)
    {
        if (results[index] is Variable variable)
        {
            pushValue();
            variable.Pop();
            return;
        }
        PushStoreAddress(index, copy, outside);
        pushValue();
        if (nest.Streams && vector is not null && results[index] is TableStorage or PlannedStorage)
            vector.StoreAround(nest.Kernel.Outputs[index].Type.DType);
        else
            StoreStack(nest.Kernel.Outputs[index].Type.DType);
    }

    void PushStoreAddress(int index, int copy, Label outside)
    {
        var (place, type, storage) = (nest.Stores[index]!, nest.Kernel.Outputs[index].Type, (Storage)results[index]);
        if (nest.InRange(place, type))
            PushAddress(FindAccess(storage, place, type.DType.Size, StoreDepth(index)), place.Constant + copy * Lanes);
        else
            PushChecked(place, type, storage, outside);
    }

    void Load(DType type)
    {
        if (vector is null)
            ScalarEmitter.Load(il, type);
        else
            vector.Load(type);
    }

    void StoreStack(DType type)
    {
        if (vector is null)
            ScalarEmitter.Store(il, type);
        else
            vector.Store(type);
    }
}
