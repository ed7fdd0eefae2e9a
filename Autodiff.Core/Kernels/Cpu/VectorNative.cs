using System.Reflection.Emit;
using System.Runtime.Intrinsics.X86;

namespace Autodiff;

// Instructions of x64 that the portable vectors have no name for.
sealed partial class VectorEmitter
{
    /// <summary>
    /// The instruction that chooses the lesser or the greater of two floats, and its operands in order: it gives the second where they are
    /// equal or one is NaN. Null if the node is no such choice.
    /// </summary>
    static (string Instruction, Scalar First, Scalar Second)? NativeExtreme(Apply node)
    {
        if (
            !Avx.IsSupported
            || node is not { Op: ScalarOp.Select, Type.IsFloat: true, Arguments: [Apply { Op: ScalarOp.Less } less, var chosen, var other] }
        )
            return null;
        if (chosen == less.Arguments[0] && other == less.Arguments[1])
            return ("Min", chosen, other);
        if (chosen == less.Arguments[1] && other == less.Arguments[0])
            return ("Max", chosen, other);
        return null;
    }

    void Native(string name, DType type)
    {
        var vector = TypeOf(type);
        var holder =
            bits == 512 ? typeof(Avx512F)
            : name == "Scale" ? typeof(Avx512F.VL)
            : bits == 256 ? typeof(Avx)
            : type == DType.Float32 ? typeof(Sse)
            : typeof(Sse2);
        il.Emit(OpCodes.Call, holder.Method(name, vector, vector));
    }
}
