namespace Autodiff;

/// <summary>Which instructions carry out an operation on a type.</summary>
static class InstructionSelection
{
    internal static OpCode Of(ScalarOp op, DType type) =>
        type switch
        {
            DType.Float64 => OfDouble(op),
            DType.Float32 => OfSingle(op),
            DType.Bool when op == ScalarOp.Not => OpCode.NotBool,
            _ => OfInteger(op, type),
        };

    static OpCode OfInteger(ScalarOp op, DType type) =>
        op switch
        {
            ScalarOp.Add => OpCode.AddInt,
            ScalarOp.Sub => OpCode.SubInt,
            ScalarOp.Mul => OpCode.MulInt,
            ScalarOp.Div => OpCode.DivInt,
            ScalarOp.Rem => OpCode.RemInt,
            ScalarOp.Min => OpCode.MinInt,
            ScalarOp.Max => OpCode.MaxInt,
            ScalarOp.Pow => OpCode.PowInt,
            ScalarOp.Neg => OpCode.NegInt,
            ScalarOp.Abs => OpCode.AbsInt,
            ScalarOp.Floor or ScalarOp.Ceil or ScalarOp.Round => OpCode.Copy,
            ScalarOp.And => OpCode.AndInt,
            ScalarOp.Or => OpCode.OrInt,
            ScalarOp.Xor => OpCode.XorInt,
            ScalarOp.Not => OpCode.NotInt,
            ScalarOp.ShiftLeft => OpCode.ShiftLeft,
            ScalarOp.ShiftRightLogical => OpCode.ShiftRightLogical,
            ScalarOp.ShiftRightArithmetic => type.IsUnsigned ? OpCode.ShiftRightLogical : OpCode.ShiftRightArithmetic,
            ScalarOp.Equal => OpCode.EqualInt,
            ScalarOp.NotEqual => OpCode.NotEqualInt,
            ScalarOp.Less => OpCode.LessInt,
            ScalarOp.LessEqual => OpCode.LessEqualInt,
            _ => throw new NotSupportedException($"{op} is not an operation on {type}."),
        };

    static OpCode OfSingle(ScalarOp op) =>
        op switch
        {
            ScalarOp.Add => OpCode.AddSingle,
            ScalarOp.Sub => OpCode.SubSingle,
            ScalarOp.Mul => OpCode.MulSingle,
            ScalarOp.Div => OpCode.DivSingle,
            ScalarOp.Min => OpCode.MinSingle,
            ScalarOp.Max => OpCode.MaxSingle,
            ScalarOp.Neg => OpCode.NegSingle,
            ScalarOp.Abs => OpCode.AbsSingle,
            ScalarOp.Sqrt => OpCode.SqrtSingle,
            ScalarOp.Equal => OpCode.EqualSingle,
            ScalarOp.NotEqual => OpCode.NotEqualSingle,
            ScalarOp.Less => OpCode.LessSingle,
            ScalarOp.LessEqual => OpCode.LessEqualSingle,
            ScalarOp.Rem or ScalarOp.Pow or ScalarOp.ScaleB or ScalarOp.Atan2 => OpCode.BinarySingle,
            _ => OpCode.UnarySingle,
        };

    static OpCode OfDouble(ScalarOp op) =>
        op switch
        {
            ScalarOp.Add => OpCode.AddDouble,
            ScalarOp.Sub => OpCode.SubDouble,
            ScalarOp.Mul => OpCode.MulDouble,
            ScalarOp.Div => OpCode.DivDouble,
            ScalarOp.Min => OpCode.MinDouble,
            ScalarOp.Max => OpCode.MaxDouble,
            ScalarOp.Neg => OpCode.NegDouble,
            ScalarOp.Abs => OpCode.AbsDouble,
            ScalarOp.Sqrt => OpCode.SqrtDouble,
            ScalarOp.Equal => OpCode.EqualDouble,
            ScalarOp.NotEqual => OpCode.NotEqualDouble,
            ScalarOp.Less => OpCode.LessDouble,
            ScalarOp.LessEqual => OpCode.LessEqualDouble,
            ScalarOp.Rem or ScalarOp.Pow or ScalarOp.ScaleB or ScalarOp.Atan2 => OpCode.BinaryDouble,
            _ => OpCode.UnaryDouble,
        };

    internal static bool Shifts(ScalarOp op) => op is ScalarOp.ShiftLeft or ScalarOp.ShiftRightLogical or ScalarOp.ShiftRightArithmetic;

    /// <summary>Whether the result of an operation on narrow integers may lie outside of their range.</summary>
    internal static bool Overflows(ScalarOp op) =>
        op
            is ScalarOp.Add
                or ScalarOp.Sub
                or ScalarOp.Mul
                or ScalarOp.Div
                or ScalarOp.Pow
                or ScalarOp.Neg
                or ScalarOp.Abs
                or ScalarOp.Not
                or ScalarOp.ShiftLeft
                or ScalarOp.ShiftRightLogical;

    /// <summary>What brings an integer into a type's range; a bit cast likewise.</summary>
    internal static OpCode[] Wrapping(DType type) =>
        type switch
        {
            DType.Bool => [OpCode.WrapBool],
            DType.UInt8 => [OpCode.WrapByte],
            DType.Int32 => [OpCode.WrapInt32],
            DType.UInt32 => [OpCode.WrapUInt32],
            _ => [],
        };

    internal static OpCode[] Converting(DType from, DType to) =>
        (from, to) switch
        {
            (DType.Float32, DType.Float32) or (DType.Float64, DType.Float64) => [],
            (DType.Float32, DType.Float64) => [OpCode.SingleToDouble],
            (DType.Float64, DType.Float32) => [OpCode.DoubleToSingle],
            (DType.Float32, _) => [OpCode.SingleToDouble, Truncating(to)],
            (DType.Float64, _) => [Truncating(to)],
            (_, DType.Float32) => [OpCode.IntToSingle],
            (_, DType.Float64) => [OpCode.IntToDouble],
            _ => Wrapping(to),
        };

    static OpCode Truncating(DType to) =>
        to switch
        {
            DType.Bool => OpCode.DoubleToBool,
            DType.UInt8 => OpCode.DoubleToByte,
            DType.Int32 => OpCode.DoubleToInt32,
            DType.UInt32 => OpCode.DoubleToUInt32,
            _ => OpCode.DoubleToInt64,
        };
}
