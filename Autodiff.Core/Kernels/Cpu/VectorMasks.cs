using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Autodiff;

// Booleans in memory are bytes, in registers masks as wide as the numbers beside them.
sealed partial class VectorEmitter
{
    /// <summary>Whether bytes can be loaded as wider integers.</summary>
    internal static bool LoadsBytes => Avx2.IsSupported;

    // The bytes at the address on the stack, one for each lane, as integers of the width of a mask.
    void LoadBytes()
    {
        il.Emit(OpCodes.Unaligned, (byte)1);
        if (Lanes == 16)
            il.Emit(OpCodes.Ldobj, typeof(Vector128<sbyte>));
        else
        {
            il.Emit(
                Lanes switch
                {
                    8 => OpCodes.Ldind_I8,
                    4 => OpCodes.Ldind_U4,
                    _ => OpCodes.Ldind_U2,
                }
            );
            il.Emit(OpCodes.Conv_U8);
            il.Emit(OpCodes.Call, typeof(Vector128).GetMethod(nameof(Vector128.CreateScalar), [typeof(ulong)])!);
            il.Emit(OpCodes.Call, typeof(Vector128).GetMethod(nameof(Vector128.AsSByte))!.MakeGenericMethod(typeof(ulong)));
        }
        var holder = bits switch
        {
            512 => typeof(Avx512F),
            256 => typeof(Avx2),
            _ => typeof(Sse41),
        };
        il.Emit(OpCodes.Call, holder.GetMethod($"ConvertToVector{bits}{Mask}", [typeof(Vector128<sbyte>)])!);
    }

    // The mask on the stack as one byte for each lane, in 128 bits; wider vectors meet their lower and upper half on the way.
    void Narrow()
    {
        var (width, vector) = (bits, Vector(bits, ScalarEmitter.ClrType(Mask)));
        foreach (var to in new[] { typeof(int), typeof(short), typeof(sbyte) })
        {
            var from =
                to == typeof(int) ? typeof(long)
                : to == typeof(short) ? typeof(int)
                : typeof(short);
            if (vector.GenericTypeArguments[0] != from)
                continue;
            var local = il.DeclareLocal(vector);
            il.Emit(OpCodes.Stloc, local);
            foreach (var half in new[] { "GetLower", "GetUpper" })
            {
                il.Emit(OpCodes.Ldloc, local);
                if (width > 128)
                    il.Emit(OpCodes.Call, HolderOf(width).GetMethod(half)!.MakeGenericMethod(from));
            }
            width = Math.Max(128, width / 2);
            vector = Vector(width, from);
            il.Emit(OpCodes.Call, HolderOf(width).GetMethod("Narrow", [vector, vector])!);
            vector = Vector(width, to);
        }
        // In vectors of bytes the mask was of bytes all along.
        il.Emit(
            OpCodes.Call,
            HolderOf(width)
                .GetMethod("As", 2, [vector.GetGenericTypeDefinition().MakeGenericType(Type.MakeGenericMethodParameter(0))])!
                .MakeGenericMethod(vector.GenericTypeArguments[0], typeof(byte))
        );
        vector = Vector(width, typeof(byte));
        il.Emit(OpCodes.Ldc_I4_1);
        il.Emit(OpCodes.Call, HolderOf(width).GetMethod("Create", [typeof(byte)])!);
        il.Emit(OpCodes.Call, vector.GetMethod("op_BitwiseAnd", [vector, vector])!);
    }

    void StoreBytes()
    {
        if (Lanes >= 16)
        {
            il.Emit(OpCodes.Unaligned, (byte)1);
            il.Emit(OpCodes.Stobj, Vector(Math.Max(128, 8 * Lanes), typeof(byte)));
            return;
        }
        il.Emit(OpCodes.Call, typeof(Vector128).GetMethod(nameof(Vector128.AsUInt64))!.MakeGenericMethod(typeof(byte)));
        il.Emit(OpCodes.Call, typeof(Vector128).GetMethod(nameof(Vector128.ToScalar))!.MakeGenericMethod(typeof(ulong)));
        il.Emit(OpCodes.Unaligned, (byte)1);
        il.Emit(
            Lanes switch
            {
                8 => OpCodes.Stind_I8,
                4 => OpCodes.Stind_I4,
                _ => OpCodes.Stind_I2,
            }
        );
    }
}
