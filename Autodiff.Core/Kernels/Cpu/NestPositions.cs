using System.Numerics;
using System.Reflection.Emit;

namespace Autodiff;

// The position of the largest or smallest element. One by one, the best so far is kept with its position. In vectors, blocks are folded like
// any maximum, and only the block that has the best is then searched for it.
sealed partial class NestEmitter
{
    /// <summary>What is known of an output while its blocks are folded: the best so far, and where the block that has it starts.</summary>
    sealed record Seeking(LocalBuilder Best, LocalBuilder Start);

    readonly PositionPlan? positions;

    // The output that is searched for, where the emitted code searches.
    (int Output, LocalBuilder Best, LocalBuilder Position, Label Found)? search;

    static bool IsPosition(KernelOutput output) => output.Fold is Fold.ArgMax or Fold.ArgMin;

    IEnumerable<int> PositionOutputs => Enumerable.Range(0, results.Length).Where(o => IsPosition(nest.Kernel.Outputs[o]));

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
        var (best, position) = (accumulator.Values[0], accumulator.Position!);
        var value = method.Rent(ScalarEmitter.ClrType(output.Value.Type));
        var keep = il.DefineLabel();
        pushValue();
        il.Emit(OpCodes.Stloc, value);
        KeepUnlessBetter(output, value, best, keep);
        il.Emit(OpCodes.Ldloc, value);
        il.Emit(OpCodes.Stloc, best);
        PushPosition();
        il.Emit(OpCodes.Stloc, position);
        il.MarkLabel(keep);
        method.Return(value);
    }

    void KeepUnlessBetter(KernelOutput output, LocalBuilder value, LocalBuilder best, Label keep)
    {
        var type = output.Value.Type;
        var (low, high) = output.Fold == Fold.ArgMax ? (value, best) : (best, value);
        il.Emit(OpCodes.Ldloc, low);
        il.Emit(OpCodes.Ldloc, high);
        ScalarEmitter.Apply(il, ScalarOp.LessEqual, DType.Bool, type);
        il.Emit(OpCodes.Brtrue, keep);
        if (!type.IsFloat)
            return;
        il.Emit(OpCodes.Ldloc, best);
        il.Emit(OpCodes.Ldloc, best);
        il.Emit(OpCodes.Ceq);
        il.Emit(OpCodes.Brfalse, keep);
    }

    /// <summary>Folds block by block, then finds the positions in the blocks that have them.</summary>
    void Seek(PositionPlan plan, int depth, Scope scope)
    {
        var seeking = new Dictionary<int, Seeking>();
        foreach (var o in PositionOutputs)
        {
            var type = nest.Kernel.Outputs[o].Value.Type;
            seeking[o] = new(method.Rent(ScalarEmitter.ClrType(type)), method.Rent(typeof(long)));
            ScalarEmitter.Constant(il, type, nest.Kernel.Outputs[o].Fold.Identity(type));
            il.Emit(OpCodes.Stloc, seeking[o].Best);
            method.Long(0);
            il.Emit(OpCodes.Stloc, seeking[o].Start);
            scope.Add(seeking[o].Best);
            scope.Add(seeking[o].Start);
        }
        if (plan.Repeated is { } repeated)
            FoldBlocks(plan, repeated, depth, seeking);
        foreach (var rest in plan.Rest)
            EmitPiece(rest, depth, null);
        // The last block before is among these again, which changes nothing.
        foreach (var (o, s) in seeking)
            TakeBlock(o, s, accumulators[o], () => method.Long(plan.RestStart));
        foreach (var (o, s) in seeking)
            Search(plan, o, s, depth);
    }

    void FoldBlocks(PositionPlan plan, Piece repeated, int depth, Dictionary<int, Seeking> seeking)
    {
        var origin = method.Rent(typeof(long));
        method.Long(0);
        il.Emit(OpCodes.Stloc, origin);
        var top = il.DefineLabel();
        il.MarkLabel(top);
        foreach (var o in seeking.Keys)
            Clear(nest.Kernel.Outputs[o], accumulators[o][0]);
        EmitPiece(repeated, depth, origin);
        foreach (var (o, s) in seeking)
            TakeBlock(o, s, accumulators[o][..1], () => il.Emit(OpCodes.Ldloc, origin));
        il.Emit(OpCodes.Ldloc, origin);
        method.Long(repeated.Count * repeated.Step);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Stloc, origin);
        il.Emit(OpCodes.Ldloc, origin);
        method.Long(plan.RestStart);
        il.Emit(OpCodes.Blt, top);
        method.Return(origin);
    }

    void TakeBlock(int index, Seeking seeking, List<Accumulator> parts, Action pushStart)
    {
        var output = nest.Kernel.Outputs[index];
        var value = method.Rent(ScalarEmitter.ClrType(output.Value.Type));
        var keep = il.DefineLabel();
        Gather(output, parts);
        il.Emit(OpCodes.Stloc, value);
        KeepUnlessBetter(output, value, seeking.Best, keep);
        il.Emit(OpCodes.Ldloc, value);
        il.Emit(OpCodes.Stloc, seeking.Best);
        pushStart();
        il.Emit(OpCodes.Stloc, seeking.Start);
        il.MarkLabel(keep);
        method.Return(value);
    }

    void Search(PositionPlan plan, int output, Seeking seeking, int depth)
    {
        var (found, inRest) = (il.DefineLabel(), il.DefineLabel());
        search = (output, seeking.Best, accumulators[output][0].Position!, found);
        if (plan.Repeated is { } repeated)
        {
            il.Emit(OpCodes.Ldloc, seeking.Start);
            method.Long(plan.RestStart);
            il.Emit(OpCodes.Bge, inRest);
            EmitPiece(OneByOne(repeated), depth, seeking.Start);
        }
        il.MarkLabel(inRest);
        foreach (var rest in plan.Rest)
            EmitPiece(OneByOne(rest), depth, null);
        il.MarkLabel(found);
        search = null;

        static Piece OneByOne(Piece piece) =>
            piece with
            {
                Unroll = 1,
                Count = piece.Count * piece.Unroll,
                Step = piece.Step / piece.Unroll,
            };
    }

    /// <summary>Leaves the loop if an element is the best: equal to it, or NaN, which is then the first one.</summary>
    void Find(int index, LocalBuilder best, LocalBuilder position, Label found)
    {
        var output = nest.Kernel.Outputs[index];
        var type = output.Value.Type;
        var (value, lanes, next) = (
            method.Rent(vector?.TypeOf(type) ?? ScalarEmitter.ClrType(type)),
            method.Rent(typeof(ulong)),
            il.DefineLabel()
        );
        Push(output.Value);
        il.Emit(OpCodes.Stloc, value);
        if (vector is not null)
        {
            vector.FindLanes(type, value, best);
            il.Emit(OpCodes.Stloc, lanes);
            il.Emit(OpCodes.Ldloc, lanes);
            il.Emit(OpCodes.Brfalse, next);
        }
        else
        {
            var here = il.DefineLabel();
            il.Emit(OpCodes.Ldloc, value);
            il.Emit(OpCodes.Ldloc, best);
            il.Emit(OpCodes.Beq, here);
            il.Emit(OpCodes.Ldloc, value);
            il.Emit(OpCodes.Ldloc, value);
            il.Emit(OpCodes.Beq, next);
            il.MarkLabel(here);
        }
        PushPosition();
        if (vector is not null)
        {
            il.Emit(OpCodes.Ldloc, lanes);
            il.Emit(OpCodes.Call, typeof(BitOperations).Method(nameof(BitOperations.TrailingZeroCount), typeof(ulong)));
            il.Emit(OpCodes.Conv_I8);
            il.Emit(OpCodes.Add);
        }
        il.Emit(OpCodes.Stloc, position);
        il.Emit(OpCodes.Br, found);
        il.MarkLabel(next);
        method.Return(value);
        method.Return(lanes);
    }
}
