using System.Reflection.Emit;

namespace Autodiff;

// Loops that fold a value of each iteration: threads share parts of them, and what the parts give is folded then. How a loop is cut depends on its
// size alone, and so does every bit of its results.
sealed partial class BlockEmitter
{
    // What the parts give is little beside what the loop reads and writes.
    const int LeastShare = 32;

    static int PartsOf(LoopStep loop)
    {
        var rows = loop.Xs.Concat(loop.Outputs.Skip(loop.Carry.Length + 1)).Sum(v => v.Type.ByteSize);
        return (int)
            Math.Min(
                Math.Min(ReductionSplitting.MostParts, loop.Length!.Value),
                rows / (LeastShare * loop.Carry.Sum(c => c.Type.ByteSize))
            );
    }

    /// <summary>Whether a loop with carries can run in parts: each folds in place, so that it can fold elsewhere as well.</summary>
    bool MayPart(LoopStep loop) =>
        loop.Folds is not null
        && PartsOf(loop) > 1
        && Enumerable.Range(0, loop.Carry.Length).All(k => loop.Carry[k].Type.IsScalar || inPlace.Carry(loop, k) is { Length: 2 });

    /// <summary>Memory for what each part of a loop gives.</summary>
    PlannedStorage[] RentPartials(LoopStep loop)
    {
        var parts = PartsOf(loop);
        return Array.ConvertAll(loop.Carry, c => RentScratch(parts * c.Type.ByteSize));
    }

    /// <summary>Emits the parts that a stretch of a region runs, each of which folds its iterations from the identity on.</summary>
    void EmitParts(LoopStep loop, PlannedStorage[] partials)
    {
        var parts = PartsOf(loop);
        Variable NewNumber() => new(method, DType.Int64, null);
        var (part, from, to) = (NewNumber(), NewNumber(), NewNumber());
        var (top, end) = (IL.DefineLabel(), IL.DefineLabel());
        method.PushFrom();
        part.Pop();
        IL.MarkLabel(top);
        part.Push(method);
        method.PushTo();
        IL.Emit(OpCodes.Bge, end);
        PushBorder(0);
        from.Pop();
        PushBorder(1);
        to.Pop();

        var carries = new Carry[partials.Length];
        for (var k = 0; k < carries.Length; k++)
            carries[k] = OpenPartial(loop, k, partials[k], part);
        EmitIterations(loop, carries, (from, to));
        for (var k = 0; k < carries.Length; k++)
            if (carries[k] is ScalarCarry { Variable: var sum })
            {
                PushPartial(loop.Carry[k].Type, partials[k], part);
                sum.Push(method);
                ScalarEmitter.Store(IL, loop.Carry[k].Type.DType);
            }
        part.Push(method);
        method.Long(1);
        IL.Emit(OpCodes.Add);
        part.Pop();
        IL.Emit(OpCodes.Br, top);
        IL.MarkLabel(end);

        // The iteration with which a part begins, or the one after it.
        void PushBorder(long further)
        {
            part.Push(method);
            method.Long(further);
            IL.Emit(OpCodes.Add);
            method.Long(loop.Length!.Value);
            IL.Emit(OpCodes.Mul);
            method.Long(parts);
            IL.Emit(OpCodes.Div);
        }
    }

    void PushPartial(Aval type, PlannedStorage partials, Variable part)
    {
        partials.Push(method);
        PushOffset(part, type.ByteSize);
    }

    Carry OpenPartial(LoopStep loop, int k, PlannedStorage partials, Variable part)
    {
        var (parameter, result, output) = (loop.Body.Parameters[1 + k], loop.Body.Results[k], loop.Outputs[k]);
        var type = parameter.Type;
        var identity = loop.Folds![k].Identity(type.DType);
        if (type.IsScalar)
        {
            var variable = Declare(parameter);
            ScalarEmitter.Constant(IL, type.DType, identity);
            variable.Pop();
            return new ScalarCarry(parameter, result, output, variable);
        }
        var pointer = DeclarePointer();
        PushPartial(type, partials, part);
        pointer.Pop();
        var storage = new PointerStorage(pointer) { Users = 1 };
        EmitNest(Kernel.Map(type, new Constant(type.DType, identity)), [], [], storage);
        Bind(parameter, storage);
        homes[live.Root(result)] = storage;
        return new PlacedCarry(parameter, result, output, storage);
    }

    /// <summary>Folds what the parts gave.</summary>
    void FoldPartials(LoopStep loop, PlannedStorage[] partials)
    {
        for (var k = 0; k < partials.Length; k++)
        {
            var output = loop.Outputs[k];
            var (type, parts) = (output.Type.Strong, PartsOf(loop));
            var value = new Element(0, type.DType, [Scalar.Axis(type.Rank), .. Kernel.Indices(type.Rank)]);
            var kernel = new Kernel(type.Shape.Insert(type.Rank, parts), 1, new KernelOutput(type, value, loop.Folds![k]));
            object result = type.IsScalar ? Declare(output) : StorageFor(output);
            EmitNest(kernel, [type.Batched(parts)], [partials[k]], result);
            if (result is Storage storage)
                Bind(output, storage);
            Disown(partials[k]);
        }
    }

    void EmitNest(Kernel kernel, Aval[] types, object[] operands, object result) =>
        new NestEmitter(method, NestPlan.Improve(kernel, types), operands, [result], vectorBits).Emit();
}
