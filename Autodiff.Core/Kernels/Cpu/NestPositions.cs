using System.Numerics;
using System.Reflection;
using System.Reflection.Emit;

namespace Autodiff;

// The position of the largest or smallest element: each lane finds its own, and the lanes are compared when their loop has ended.
sealed partial class NestEmitter
{
    /// <summary>Pushes the position of the current element, in the order of the reduced axes.</summary>
    void PushPosition()
    {
        method.Long(0);
        var step = 1L;
        var space = nest.Kernel.Space;
        for (var a = space.Rank - 1; a >= space.Rank - nest.Kernel.ReducedAxes; step *= space[a--])
            if (axes[a] is not null)
            {
                PushAxis(a);
                AddTimes(step);
            }
    }

    // Takes the value and its position if it is better than the best so far, or the first NaN.
    void Challenge(KernelOutput output, Accumulator accumulator, Action pushValue)
    {
        var type = output.Value.Type;
        var (best, position) = (accumulator.Values[0], accumulator.Positions[0]);
        var value = method.Rent(ScalarEmitter.ClrType(type));
        var keep = il.DefineLabel();
        pushValue();
        il.Emit(OpCodes.Stloc, value);
        var (low, high) = output.Fold == Fold.ArgMax ? (value, best) : (best, value);
        il.Emit(OpCodes.Ldloc, low);
        il.Emit(OpCodes.Ldloc, high);
        ScalarEmitter.Apply(il, ScalarOp.LessEqual, DType.Bool, type);
        il.Emit(OpCodes.Brtrue, keep);
        if (type.IsFloat)
        {
            il.Emit(OpCodes.Ldloc, best);
            il.Emit(OpCodes.Ldloc, best);
            il.Emit(OpCodes.Ceq);
            il.Emit(OpCodes.Brfalse, keep);
        }
        il.Emit(OpCodes.Ldloc, value);
        il.Emit(OpCodes.Stloc, best);
        PushPosition();
        il.Emit(OpCodes.Stloc, position);
        il.MarkLabel(keep);
        method.Return(value);
    }

    // As Challenge does, for every lane at once.
    void ChallengeLanes(VectorEmitter vector, KernelOutput output, Accumulator accumulator, int copy, Action pushValue)
    {
        var type = output.Value.Type;
        var (best, position) = (accumulator.Values[copy], accumulator.Positions[copy]);
        var (value, better) = (method.Rent(vector.TypeOf(type)), method.Rent(vector.TypeOf(DType.Bool)));
        Action push(LocalBuilder local) => () => il.Emit(OpCodes.Ldloc, local);
        pushValue();
        il.Emit(OpCodes.Stloc, value);
        var (high, low) = output.Fold == Fold.ArgMax ? (value, best) : (best, value);
        vector.Exceeds(type, push(high), push(low));
        if (type.IsFloat)
        {
            // A NaN stays the best.
            vector.Equal(type, push(best), push(best));
            vector.Both();
        }
        il.Emit(OpCodes.Stloc, better);
        vector.Select(type, push(better), push(value), push(best));
        il.Emit(OpCodes.Stloc, best);
        vector.Select(vector.Position, push(better), PushPositions, push(position));
        il.Emit(OpCodes.Stloc, position);
        method.Return(value);
        method.Return(better);

        void PushPositions()
        {
            PushPosition();
            method.Long((long)copy * vector.Lanes);
            il.Emit(OpCodes.Add);
            ScalarEmitter.Convert(il, DType.Int64, vector.Position);
            vector.Sequence(vector.Position);
        }
    }

    /// <summary>The best of all lanes of all accumulators, the first where several are equal: a local with its position.</summary>
    LocalBuilder GatherPosition(KernelOutput output, List<Accumulator> parts)
    {
        var type = output.Value.Type;
        var element = ScalarEmitter.ClrType(type);
        var (best, position) = (method.Rent(element), method.Rent(typeof(long)));
        ScalarEmitter.Constant(il, type, Identity(output.Fold, type));
        il.Emit(OpCodes.Stloc, best);
        method.Long(0);
        il.Emit(OpCodes.Stloc, position);
        var compare = typeof(NestEmitter)
            .GetMethod(output.Fold == Fold.ArgMax ? nameof(TakeLarger) : nameof(TakeSmaller), BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(element);
        foreach (var part in parts)
        {
            var emitter = part.Piece is { Bits: > 0 and var bits } ? new VectorEmitter(il, bits, vectors!.Size) : null;
            for (var copy = 0; copy < part.Values.Length; copy++)
            for (var lane = 0; lane < (emitter?.Lanes ?? 1); lane++)
            {
                il.Emit(OpCodes.Ldloca, best);
                il.Emit(OpCodes.Ldloca, position);
                il.Emit(OpCodes.Ldloc, part.Values[copy]);
                emitter?.Lane(type, lane);
                il.Emit(OpCodes.Ldloc, part.Positions[copy]);
                emitter?.Lane(emitter.Position, lane);
                il.Emit(OpCodes.Conv_I8);
                il.Emit(OpCodes.Call, compare);
            }
        }
        method.Return(best);
        return position;
    }

    static void TakeLarger<T>(ref T best, ref long position, T value, long at)
        where T : INumber<T> => Take(!(value <= best), ref best, ref position, value, at);

    static void TakeSmaller<T>(ref T best, ref long position, T value, long at)
        where T : INumber<T> => Take(!(best <= value), ref best, ref position, value, at);

    static void Take<T>(bool exceeds, ref T best, ref long position, T value, long at)
        where T : INumber<T>
    {
        var wins = exceeds && !T.IsNaN(best);
        var ties = value == best || (T.IsNaN(value) && T.IsNaN(best));
        if (wins || (ties && at < position))
            (best, position) = (value, at);
    }
}
