using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Autodiff;

/// <summary>
/// The IL of operations on vectors of <paramref name="bits"/> bits. All elements have <paramref name="size"/> bytes; a boolean is a mask of
/// integers of that size.
/// </summary>
sealed partial class VectorEmitter(ILGenerator il, int bits, int size)
{
    internal int Bits => bits;
    internal int Lanes => bits / 8 / size;

    /// <summary>Whether an operation has a vector form on elements of <paramref name="size"/> bytes.</summary>
    internal static bool Supports(Apply node, int size)
    {
        var type = node.Type;
        var argument = node.Arguments[0].Type;
        if (!Fits(type, size) || !node.Arguments.All(a => Fits(a.Type, size)))
            return false;
        switch (node.Op)
        {
            case ScalarOp.Add or ScalarOp.Sub or ScalarOp.Mul or ScalarOp.Min or ScalarOp.Max or ScalarOp.Neg:
                return type != DType.Bool;
            case ScalarOp.Abs:
                return type != DType.Bool && !type.IsUnsigned;
            case ScalarOp.Div or ScalarOp.Fma or ScalarOp.Floor or ScalarOp.Ceil or ScalarOp.Round or ScalarOp.Sqrt:
                return type.IsFloat;
            case ScalarOp.ScaleB:
                return type.IsFloat && KernelCompiler.Scales;
            case ScalarOp.And or ScalarOp.Or or ScalarOp.Xor or ScalarOp.Not:
                return !type.IsFloat;
            case ScalarOp.ShiftLeft or ScalarOp.ShiftRightLogical:
                return size > 1 && node.Arguments[1] is Constant { Bits: >= 0 } c && c.Bits < 8 * size;
            case ScalarOp.ShiftRightArithmetic:
                return size > 1 && !type.IsUnsigned && node.Arguments[1] is Constant { Bits: >= 0 } n && n.Bits < 8 * size;
            case ScalarOp.Equal or ScalarOp.NotEqual or ScalarOp.Select:
                return true;
            case ScalarOp.Less or ScalarOp.LessEqual:
                return argument != DType.Bool;
            case ScalarOp.Bitcast:
                return argument != DType.Bool && type != DType.Bool;
            case ScalarOp.Convert:
                return type == DType.Bool
                    || argument == DType.Bool
                    || type.IsInteger && argument.IsInteger
                    || ConversionOf(argument, type) is not null;
            default:
                return false;
        }
    }

    static bool Fits(DType type, int size) => type == DType.Bool || type.Size == size;

    static string? ConversionOf(DType from, DType to) =>
        (from, to) switch
        {
            (DType.Float64, DType.Int64) => nameof(Vector512.ConvertToInt64),
            (DType.Int64, DType.Float64) => nameof(Vector512.ConvertToDouble),
            (DType.Float32, DType.Int32) => nameof(Vector512.ConvertToInt32),
            (DType.Float32, DType.UInt32) => nameof(Vector512.ConvertToUInt32),
            (DType.Int32 or DType.UInt32, DType.Float32) => nameof(Vector512.ConvertToSingle),
            _ => null,
        };

    DType Mask =>
        size switch
        {
            8 => DType.Int64,
            4 => DType.Int32,
            _ => DType.UInt8,
        };

    DType ElementOf(DType type) => type == DType.Bool ? Mask : type;

    internal Type TypeOf(DType type) => Vector(bits, ScalarEmitter.ClrType(ElementOf(type)));

    static Type Vector(int bits, Type element) =>
        (
            bits switch
            {
                512 => typeof(Vector512<>),
                256 => typeof(Vector256<>),
                _ => typeof(Vector128<>),
            }
        ).Of(element);

    /// <summary>All lanes the scalar on the stack.</summary>
    internal void Broadcast(DType type)
    {
        if (type == DType.Bool)
        {
            // 1 becomes all ones.
            il.Emit(OpCodes.Neg);
            ScalarEmitter.Convert(il, DType.Int32, Mask);
        }
        Call("Create", ScalarEmitter.ClrType(ElementOf(type)));
    }

    internal void Constant(DType type, long value)
    {
        ScalarEmitter.Constant(il, type, value);
        Broadcast(type);
    }

    /// <summary>The integer on the stack plus 0, 1, 2 …</summary>
    internal void Sequence(DType type)
    {
        Broadcast(type);
        for (var i = 0; i < Lanes; i++)
            ScalarEmitter.Constant(il, type, i);
        Call("Create", [.. Enumerable.Repeat(ScalarEmitter.ClrType(type), Lanes)]);
        Operator("op_Addition", type);
    }

    internal void Load(DType type)
    {
        if (type == DType.Bool && size > 1)
        {
            LoadBytes();
            Test(Mask);
            return;
        }
        il.Emit(OpCodes.Unaligned, (byte)1);
        il.Emit(OpCodes.Ldobj, TypeOf(type));
        if (type == DType.Bool)
            Test(DType.UInt8);
    }

    internal void Store(DType type)
    {
        if (type == DType.Bool)
        {
            Narrow();
            StoreBytes();
            return;
        }
        il.Emit(OpCodes.Unaligned, (byte)1);
        il.Emit(OpCodes.Stobj, TypeOf(type));
    }

    /// <summary>Stores around the caches, to an address that is a multiple of the vector's size.</summary>
    internal void StoreAround(DType type)
    {
        var vector = TypeOf(type);
        var holder =
            bits == 512 ? typeof(Avx512F)
            : bits == 256 ? typeof(Avx)
            : type == DType.Float32 ? typeof(Sse)
            : typeof(Sse2);
        il.Emit(OpCodes.Call, holder.GetMethod("StoreAlignedNonTemporal", [ScalarEmitter.ClrType(type).MakePointerType(), vector])!);
    }

    /// <summary>Whether all lanes of the mask on the stack hold.</summary>
    internal void All()
    {
        il.Emit(OpCodes.Call, TypeOf(DType.Bool).GetProperty("AllBitsSet")!.GetMethod!);
        Generic("EqualsAll", 2, DType.Bool);
    }

    /// <summary>The mask of the lanes that are not 0.</summary>
    void Test(DType type)
    {
        Constant(type, 0);
        Compare("Equals", type);
        Operator("op_OnesComplement", DType.Bool);
    }

    /// <summary>Pushes the value of <paramref name="node"/>, whose arguments <paramref name="push"/> pushes.</summary>
    internal void Apply(Apply node, Action<Scalar> push)
    {
        if (NativeExtreme(node) is var (extreme, first, second))
        {
            push(first);
            push(second);
            Native(extreme, node.Type);
            return;
        }
        var (type, argument) = (node.Type, node.Arguments[0].Type);
        push(node.Arguments[0]);
        if (node.Op == ScalarOp.Select)
            Reinterpret(DType.Bool, type);
        // The count of a shift is part of the instruction.
        if (node.Op is not (ScalarOp.ShiftLeft or ScalarOp.ShiftRightLogical or ScalarOp.ShiftRightArithmetic))
            foreach (var other in node.Arguments.AsSpan(1))
                push(other);
        switch (node.Op)
        {
            case ScalarOp.Add:
                Operator("op_Addition", type);
                break;
            case ScalarOp.Sub:
                Operator("op_Subtraction", type);
                break;
            case ScalarOp.Mul:
                Operator("op_Multiply", type);
                break;
            case ScalarOp.Div:
                Operator("op_Division", type);
                break;
            case ScalarOp.And:
                Operator("op_BitwiseAnd", type);
                break;
            case ScalarOp.Or:
                Operator("op_BitwiseOr", type);
                break;
            case ScalarOp.Xor:
                Operator("op_ExclusiveOr", type);
                break;
            case ScalarOp.Neg:
                Operator("op_UnaryNegation", type);
                break;
            case ScalarOp.Not:
                Operator("op_OnesComplement", type);
                break;
            case ScalarOp.ShiftLeft:
                Shift("op_LeftShift", type, node.Arguments[1]);
                break;
            case ScalarOp.ShiftRightLogical:
                Shift("op_UnsignedRightShift", type, node.Arguments[1]);
                break;
            case ScalarOp.ShiftRightArithmetic:
                Shift("op_RightShift", type, node.Arguments[1]);
                break;
            case ScalarOp.Fma:
                MultiplyAdd(type);
                break;
            case ScalarOp.ScaleB:
                Native("Scale", type);
                break;
            case ScalarOp.Ceil:
                Call("Ceiling", TypeOf(type));
                break;
            case ScalarOp.Floor or ScalarOp.Round:
                Call(node.Op.ToString(), TypeOf(type));
                break;
            case ScalarOp.Min or ScalarOp.Max:
                Generic(node.Op.ToString(), 2, type);
                break;
            case ScalarOp.Abs or ScalarOp.Sqrt:
                Generic(node.Op.ToString(), 1, type);
                break;
            case ScalarOp.Equal:
                Compare("Equals", argument);
                break;
            case ScalarOp.NotEqual:
                Compare("Equals", argument);
                Operator("op_OnesComplement", DType.Bool);
                break;
            case ScalarOp.Less:
                Compare("LessThan", argument);
                break;
            case ScalarOp.LessEqual:
                Compare("LessThanOrEqual", argument);
                break;
            case ScalarOp.Select:
                Generic("ConditionalSelect", 3, type);
                break;
            case ScalarOp.Bitcast:
                Reinterpret(argument, type);
                break;
            case ScalarOp.Convert when type == DType.Bool:
                Test(argument);
                break;
            case ScalarOp.Convert when argument == DType.Bool:
                // All bits of 1, or none.
                Constant(type, Autodiff.Constant.Encode(type, 1));
                Reinterpret(type, DType.Bool);
                Operator("op_BitwiseAnd", DType.Bool);
                Reinterpret(DType.Bool, type);
                break;
            case ScalarOp.Convert when type.IsInteger && argument.IsInteger:
                Reinterpret(argument, type);
                break;
            case ScalarOp.Convert:
                Call(ConversionOf(argument, type)!, TypeOf(argument));
                break;
            default:
                throw new NotSupportedException($"{node.Op} has no vector form.");
        }
    }

    void Compare(string name, DType type)
    {
        Generic(name, 2, type);
        if (type != DType.Bool)
            Reinterpret(type, DType.Bool);
    }

    void Shift(string name, DType type, Scalar count)
    {
        il.Emit(OpCodes.Ldc_I4, (int)((Constant)count).Bits);
        il.Emit(OpCodes.Call, TypeOf(type).Method(name, TypeOf(type), typeof(int)));
    }

    void Reinterpret(DType from, DType to)
    {
        var (a, b) = (ScalarEmitter.ClrType(ElementOf(from)), ScalarEmitter.ClrType(ElementOf(to)));
        if (a != b)
            il.Emit(OpCodes.Call, Holder.GenericMethod("As", 1, a, b));
    }

    void Operator(string name, DType type)
    {
        var vector = TypeOf(type);
        var unary = name is "op_UnaryNegation" or "op_OnesComplement";
        il.Emit(OpCodes.Call, vector.Method(name, unary ? [vector] : [vector, vector]));
    }

    void Generic(string name, int arity, DType type) =>
        il.Emit(OpCodes.Call, Holder.GenericMethod(name, arity, ScalarEmitter.ClrType(ElementOf(type))));

    void Call(string name, params Type[] arguments) => il.Emit(OpCodes.Call, Holder.Method(name, arguments));

    Type Holder => HolderOf(bits);

    static Type HolderOf(int bits) =>
        bits switch
        {
            512 => typeof(Vector512),
            256 => typeof(Vector256),
            _ => typeof(Vector128),
        };
}
