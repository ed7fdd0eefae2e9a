using System.Reflection;
using System.Reflection.Emit;

namespace Autodiff;

/// <summary>
/// The IL of a <see cref="ScalarOp"/> whose arguments lie on the evaluation stack. Booleans, bytes and 32-bit integers are an int32 there.
/// </summary>
static class ScalarEmitter
{
    internal static Type ClrType(DType type) =>
        type switch
        {
            DType.Bool or DType.UInt8 => typeof(byte),
            DType.UInt32 => typeof(uint),
            DType.Int32 => typeof(int),
            DType.Int64 => typeof(long),
            DType.Float32 => typeof(float),
            _ => typeof(double),
        };

    internal static void Constant(ILGenerator il, DType type, long bits)
    {
        switch (type)
        {
            case DType.Float64:
                il.Emit(OpCodes.Ldc_R8, BitConverter.Int64BitsToDouble(bits));
                break;
            case DType.Float32:
                il.Emit(OpCodes.Ldc_R4, BitConverter.Int32BitsToSingle((int)bits));
                break;
            case DType.Int64:
                il.Emit(OpCodes.Ldc_I8, bits);
                break;
            default:
                il.Emit(OpCodes.Ldc_I4, (int)bits);
                break;
        }
    }

    internal static void Load(ILGenerator il, DType type) =>
        il.Emit(
            type switch
            {
                DType.Bool or DType.UInt8 => OpCodes.Ldind_U1,
                DType.UInt32 => OpCodes.Ldind_U4,
                DType.Int32 => OpCodes.Ldind_I4,
                DType.Int64 => OpCodes.Ldind_I8,
                DType.Float32 => OpCodes.Ldind_R4,
                _ => OpCodes.Ldind_R8,
            }
        );

    internal static void Store(ILGenerator il, DType type) =>
        il.Emit(
            type switch
            {
                DType.Bool or DType.UInt8 => OpCodes.Stind_I1,
                DType.UInt32 or DType.Int32 => OpCodes.Stind_I4,
                DType.Int64 => OpCodes.Stind_I8,
                DType.Float32 => OpCodes.Stind_R4,
                _ => OpCodes.Stind_R8,
            }
        );

    internal static void Apply(ILGenerator il, ScalarOp op, DType result, DType argument, Scalar? second = null)
    {
        switch (op)
        {
            case ScalarOp.Convert:
                Convert(il, argument, result);
                break;
            case ScalarOp.Bitcast:
                Bitcast(il, argument, result);
                break;
            case ScalarOp.Equal:
                il.Emit(OpCodes.Ceq);
                break;
            case ScalarOp.NotEqual:
                il.Emit(OpCodes.Ceq);
                Negate(il);
                break;
            case ScalarOp.Less:
                il.Emit(IsUnsigned(argument) ? OpCodes.Clt_Un : OpCodes.Clt);
                break;
            case ScalarOp.LessEqual:
                // Not greater; where a comparison is unordered, cgt.un holds and so this does not.
                il.Emit(argument.IsFloat || IsUnsigned(argument) ? OpCodes.Cgt_Un : OpCodes.Cgt);
                Negate(il);
                break;
            default:
                if (result == DType.Bool)
                    Boolean(il, op);
                else if (result.IsFloat)
                    Float(il, op, result);
                else
                    Integer(il, op, result, second);
                break;
        }
    }

    static bool IsUnsigned(DType type) => type.IsUnsigned || type == DType.Bool;

    static void Negate(ILGenerator il)
    {
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Ceq);
    }

    static void Boolean(ILGenerator il, ScalarOp op)
    {
        switch (op)
        {
            case ScalarOp.And or ScalarOp.Mul or ScalarOp.Min:
                il.Emit(OpCodes.And);
                break;
            case ScalarOp.Or or ScalarOp.Add or ScalarOp.Max:
                il.Emit(OpCodes.Or);
                break;
            case ScalarOp.Xor:
                il.Emit(OpCodes.Xor);
                break;
            case ScalarOp.Not:
                Negate(il);
                break;
            default:
                throw Unsupported(op, DType.Bool);
        }
    }

    static void Float(ILGenerator il, ScalarOp op, DType type)
    {
        switch (op)
        {
            case ScalarOp.Add:
                il.Emit(OpCodes.Add);
                break;
            case ScalarOp.Sub:
                il.Emit(OpCodes.Sub);
                break;
            case ScalarOp.Mul:
                il.Emit(OpCodes.Mul);
                break;
            case ScalarOp.Div:
                il.Emit(OpCodes.Div);
                break;
            case ScalarOp.Rem:
                il.Emit(OpCodes.Rem);
                break;
            case ScalarOp.Neg:
                il.Emit(OpCodes.Neg);
                break;
            default:
                il.Emit(OpCodes.Call, FloatMethod(op, type));
                break;
        }
    }

    static MethodInfo FloatMethod(ScalarOp op, DType type)
    {
        var name = op switch
        {
            ScalarOp.Fma => nameof(Math.FusedMultiplyAdd),
            ScalarOp.Ceil => nameof(Math.Ceiling),
            _ => op.ToString(),
        };
        var clr = ClrType(type);
        var arity = op switch
        {
            ScalarOp.Fma => 3,
            ScalarOp.Min or ScalarOp.Max or ScalarOp.Pow or ScalarOp.ScaleB or ScalarOp.Atan2 => 2,
            _ => 1,
        };
        var arguments = Enumerable.Repeat(clr, arity).ToArray();
        // The JIT knows the arithmetic of Math by name; of functions a better one may be here.
        var runtime = (type == DType.Float64 ? typeof(Math) : typeof(MathF)).GetMethod(name, arguments);
        return (Elementary.IsElementary(op) ? Helper(name, arguments) ?? runtime : runtime ?? Helper(name, arguments))
            ?? throw Unsupported(op, type);
    }

    static MethodInfo? Helper(string name, params Type[] arguments) =>
        typeof(ScalarMath).GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.ExactBinding, arguments);

    static void Integer(ILGenerator il, ScalarOp op, DType type, Scalar? second)
    {
        // Bytes compute as int32 and wrap.
        var clr = type == DType.UInt8 ? typeof(int) : ClrType(type);
        switch (op)
        {
            case ScalarOp.Add:
                il.Emit(OpCodes.Add);
                break;
            case ScalarOp.Sub:
                il.Emit(OpCodes.Sub);
                break;
            case ScalarOp.Mul:
                il.Emit(OpCodes.Mul);
                break;
            case ScalarOp.And:
                il.Emit(OpCodes.And);
                break;
            case ScalarOp.Or:
                il.Emit(OpCodes.Or);
                break;
            case ScalarOp.Xor:
                il.Emit(OpCodes.Xor);
                break;
            case ScalarOp.Not:
                il.Emit(OpCodes.Not);
                break;
            case ScalarOp.Neg:
                il.Emit(OpCodes.Neg);
                break;
            case ScalarOp.Div or ScalarOp.Rem when second is Constant { Bits: not (0 or -1) }:
                il.Emit(
                    (op == ScalarOp.Div, type == DType.UInt32) switch
                    {
                        (true, false) => OpCodes.Div,
                        (true, true) => OpCodes.Div_Un,
                        (false, false) => OpCodes.Rem,
                        (false, true) => OpCodes.Rem_Un,
                    }
                );
                break;
            case ScalarOp.Min or ScalarOp.Max:
                il.Emit(OpCodes.Call, typeof(Math).Method(op.ToString(), clr, clr));
                break;
            case ScalarOp.Abs when type.IsUnsigned:
            case ScalarOp.Floor or ScalarOp.Ceil or ScalarOp.Round:
                break;
            case ScalarOp.Abs:
                il.Emit(OpCodes.Call, typeof(ScalarEmitter).GetMethod(nameof(Abs), BindingFlags.Static | BindingFlags.NonPublic, [clr])!);
                break;
            default:
                il.Emit(OpCodes.Call, Helper(op.ToString(), clr, clr) ?? throw Unsupported(op, type));
                break;
        }
        if (type == DType.UInt8)
            il.Emit(OpCodes.Conv_U1);
    }

    // Math.Abs throws on the least integer; here it wraps.
    static long Abs(long x) => x < 0 ? -x : x;

    static int Abs(int x) => x < 0 ? -x : x;

    internal static void Convert(ILGenerator il, DType from, DType to)
    {
        if (from == to)
            return;
        switch (to)
        {
            case DType.Bool:
                Constant(il, from, 0);
                Apply(il, ScalarOp.NotEqual, DType.Bool, from);
                break;
            case DType.UInt8 when from.IsFloat:
                if (from == DType.Float32)
                    il.Emit(OpCodes.Conv_R8);
                il.Emit(OpCodes.Call, Helper(nameof(ScalarMath.ToUInt8), typeof(double))!);
                break;
            case DType.UInt8:
                il.Emit(OpCodes.Conv_U1);
                break;
            case DType.UInt32:
                il.Emit(OpCodes.Conv_U4);
                break;
            case DType.Int32:
                il.Emit(OpCodes.Conv_I4);
                break;
            case DType.Int64:
                il.Emit(from is DType.UInt32 ? OpCodes.Conv_U8 : OpCodes.Conv_I8);
                break;
            default:
                if (from == DType.UInt32)
                    il.Emit(OpCodes.Conv_R_Un);
                il.Emit(to == DType.Float32 ? OpCodes.Conv_R4 : OpCodes.Conv_R8);
                break;
        }
    }

    static void Bitcast(ILGenerator il, DType from, DType to)
    {
        if (from.IsFloat == to.IsFloat)
            return;
        var method = (from, to) switch
        {
            (DType.Float64, _) => nameof(BitConverter.DoubleToInt64Bits),
            (_, DType.Float64) => nameof(BitConverter.Int64BitsToDouble),
            (DType.Float32, _) => nameof(BitConverter.SingleToInt32Bits),
            _ => nameof(BitConverter.Int32BitsToSingle),
        };
        il.Emit(OpCodes.Call, typeof(BitConverter).GetMethod(method)!);
    }

    static NotSupportedException Unsupported(ScalarOp op, DType type) => new($"The operation {op} is not defined on {type.ShortName}.");
}
