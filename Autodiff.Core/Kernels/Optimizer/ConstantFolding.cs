namespace Autodiff;

/// <summary>
/// Computes scalar operations on constants where every device gives the same bits: arithmetic, comparison, selection and conversion.
/// Elementary functions are left to the device.
/// </summary>
static class ConstantFolding
{
    internal static Constant? Fold(ScalarOp op, DType type, Constant[] arguments)
    {
        if (op is ScalarOp.Select)
            return arguments[0].Bits != 0 ? arguments[1] : arguments[2];
        if (op is ScalarOp.Convert)
            return Convert(arguments[0], type);
        if (op is ScalarOp.Bitcast)
            return Bitcast(arguments[0], type);
        var operand = arguments[0].Type;
        if (op is ScalarOp.Equal or ScalarOp.NotEqual or ScalarOp.Less or ScalarOp.LessEqual)
            return Of(DType.Bool, Compare(op, arguments[0], arguments[1]) ? 1 : 0);
        return operand switch
        {
            DType.Float64 => FoldFloat<double>(op, Array.ConvertAll(arguments, a => a.Value)) is { } x
                ? Of(type, BitConverter.DoubleToInt64Bits(x))
                : null,
            DType.Float32 => FoldFloat<float>(op, Array.ConvertAll(arguments, a => (float)a.Value)) is { } y
                ? Of(type, BitConverter.SingleToInt32Bits(y))
                : null,
            _ => FoldInteger(op, type, Array.ConvertAll(arguments, a => a.Bits)) is { } n ? Of(type, Wrap(n, type)) : null,
        };
    }

    static Constant Of(DType type, long bits) => new(type, bits);

    static bool Compare(ScalarOp op, Constant a, Constant b)
    {
        if (!a.Type.IsFloat)
            return op switch
            {
                ScalarOp.Equal => a.Bits == b.Bits,
                ScalarOp.NotEqual => a.Bits != b.Bits,
                ScalarOp.Less => a.Bits < b.Bits,
                _ => a.Bits <= b.Bits,
            };
        return op switch
        {
            ScalarOp.Equal => a.Value == b.Value,
            ScalarOp.NotEqual => a.Value != b.Value,
            ScalarOp.Less => a.Value < b.Value,
            _ => a.Value <= b.Value,
        };
    }

    static T? FoldFloat<T>(ScalarOp op, T[] x)
        where T : struct, System.Numerics.IFloatingPointIeee754<T> =>
        op switch
        {
            ScalarOp.Add => x[0] + x[1],
            ScalarOp.Sub => x[0] - x[1],
            ScalarOp.Mul => x[0] * x[1],
            ScalarOp.Div => x[0] / x[1],
            ScalarOp.Min => T.Min(x[0], x[1]),
            ScalarOp.Max => T.Max(x[0], x[1]),
            ScalarOp.Fma => T.FusedMultiplyAdd(x[0], x[1], x[2]),
            ScalarOp.Neg => -x[0],
            ScalarOp.Abs => T.Abs(x[0]),
            ScalarOp.Floor => T.Floor(x[0]),
            ScalarOp.Ceil => T.Ceiling(x[0]),
            ScalarOp.Round => T.Round(x[0], MidpointRounding.ToEven),
            ScalarOp.Sqrt => T.Sqrt(x[0]),
            _ => null,
        };

    static long? FoldInteger(ScalarOp op, DType type, long[] x) =>
        op switch
        {
            ScalarOp.And => x[0] & x[1],
            ScalarOp.Or => x[0] | x[1],
            ScalarOp.Xor => x[0] ^ x[1],
            ScalarOp.Not => type == DType.Bool ? 1 - x[0] : ~x[0],
            ScalarOp.Min => Math.Min(x[0], x[1]),
            ScalarOp.Max => Math.Max(x[0], x[1]),
            _ when type == DType.Bool => null,
            ScalarOp.Add => x[0] + x[1],
            ScalarOp.Sub => x[0] - x[1],
            ScalarOp.Mul => x[0] * x[1],
            ScalarOp.Div => x[1] switch
            {
                0 => 0,
                -1 => -x[0],
                _ => x[0] / x[1],
            },
            ScalarOp.Rem when x[1] is not (0 or -1) => x[0] % x[1],
            ScalarOp.Neg => -x[0],
            ScalarOp.Abs => x[0] < 0 ? -x[0] : x[0],
            _ => null,
        };

    static Constant? Convert(Constant x, DType type)
    {
        if (x.Type == type)
            return x;
        if (!x.Type.IsFloat)
            return type switch
            {
                DType.Float64 => Of(type, BitConverter.DoubleToInt64Bits(x.Bits)),
                DType.Float32 => Of(type, BitConverter.SingleToInt32Bits(x.Bits)),
                DType.Bool => Of(type, x.Bits != 0 ? 1 : 0),
                _ => Of(type, Wrap(x.Bits, type)),
            };
        return type switch
        {
            DType.Float64 => Of(type, BitConverter.DoubleToInt64Bits(x.Value)),
            DType.Float32 => Of(type, BitConverter.SingleToInt32Bits((float)x.Value)),
            // Whether a number strictly between 0 and 1 is true is the device's business.
            DType.Bool => null,
            DType.UInt8 => Of(type, byte.CreateSaturating(x.Value)),
            DType.UInt32 => Of(type, uint.CreateSaturating(x.Value)),
            DType.Int32 => Of(type, int.CreateSaturating(x.Value)),
            _ => Of(type, long.CreateSaturating(x.Value)),
        };
    }

    static Constant Bitcast(Constant x, DType type) => Of(type, Wrap(x.Bits, type));

    /// <summary>The low bits of a number, as a constant of the type holds them.</summary>
    static long Wrap(long bits, DType type) =>
        type switch
        {
            DType.Bool => bits & 1,
            DType.UInt8 => (byte)bits,
            DType.UInt32 => (uint)bits,
            DType.Int32 or DType.Float32 => (int)bits,
            _ => bits,
        };
}
