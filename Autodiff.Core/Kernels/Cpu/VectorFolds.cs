using System.Reflection.Emit;

namespace Autodiff;

// What folds need: vectors combined with each other, and lanes with lanes.
sealed partial class VectorEmitter
{
    /// <summary>a·b + c of the vectors on the stack, rounded once.</summary>
    internal void MultiplyAdd(DType type) => Call("FusedMultiplyAdd", TypeOf(type), TypeOf(type), TypeOf(type));

    /// <summary>Combines two vectors by a fold.</summary>
    internal void Fold(Fold fold, DType type)
    {
        switch (fold)
        {
            case Autodiff.Fold.Add:
                Operator("op_Addition", type);
                break;
            case Autodiff.Fold.Mul:
                Operator("op_Multiply", type);
                break;
            case Autodiff.Fold.And:
                Operator("op_BitwiseAnd", type);
                break;
            case Autodiff.Fold.Or:
                Operator("op_BitwiseOr", type);
                break;
            case Autodiff.Fold.Max or Autodiff.Fold.ArgMax:
                Generic("Max", 2, type);
                break;
            default:
                Generic("Min", 2, type);
                break;
        }
    }

    /// <summary>The lower half of the vector on the stack.</summary>
    internal void Lower(DType type) => Generic("GetLower", 1, type);

    internal void Upper(DType type) => Generic("GetUpper", 1, type);

    /// <summary>Lane <paramref name="lane"/> of the vector on the stack, a scalar of the type.</summary>
    internal void Lane(DType type, int lane)
    {
        il.Emit(OpCodes.Ldc_I4, lane);
        Generic("GetElement", 2, type);
        if (type == DType.Bool)
            ScalarEmitter.Convert(il, Mask, DType.Bool);
    }

    /// <summary>Where the mask holds, the second value, else the third.</summary>
    internal void Select(DType type, Action pushMask, Action pushTrue, Action pushFalse)
    {
        pushMask();
        Reinterpret(DType.Bool, type);
        pushTrue();
        pushFalse();
        Generic("ConditionalSelect", 3, type);
    }

    /// <summary>Pushes the lanes, as bits, in which a vector is equal to a scalar, or is NaN.</summary>
    internal void FindLanes(DType type, LocalBuilder value, LocalBuilder wanted)
    {
        il.Emit(OpCodes.Ldloc, value);
        il.Emit(OpCodes.Ldloc, wanted);
        Broadcast(type);
        Compare("Equals", type);
        if (type.IsFloat)
        {
            il.Emit(OpCodes.Ldloc, value);
            il.Emit(OpCodes.Ldloc, value);
            Compare("Equals", type);
            Operator("op_OnesComplement", DType.Bool);
            Operator("op_BitwiseOr", DType.Bool);
        }
        Generic("ExtractMostSignificantBits", 1, DType.Bool);
        il.Emit(OpCodes.Conv_U8);
    }

    /// <summary>Adds to each lane of the vector on the stack, which is kept in <paramref name="sums"/>, all lanes before it.</summary>
    internal void RunningSum(DType type, LocalBuilder sums)
    {
        il.Emit(OpCodes.Stloc, sums);
        for (var distance = 1; distance < Lanes; distance *= 2)
        {
            il.Emit(OpCodes.Ldloc, sums);
            il.Emit(OpCodes.Ldloc, sums);
            // A lane from outside of the vector is 0.
            for (var lane = 0; lane < Lanes; lane++)
                ScalarEmitter.Constant(il, Mask, lane < distance ? -1 : lane - distance);
            Call("Create", [.. Enumerable.Repeat(ScalarEmitter.ClrType(Mask), Lanes)]);
            var vector = TypeOf(type);
            if (type == DType.UInt32)
                Reinterpret(DType.Int32, type);
            Call("Shuffle", vector, TypeOf(type == DType.UInt32 ? type : Mask));
            Operator("op_Addition", type);
            il.Emit(OpCodes.Stloc, sums);
        }
    }
}
