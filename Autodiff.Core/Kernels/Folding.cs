namespace Autodiff;

/// <summary>What folds are made of.</summary>
static class Folding
{
    extension(Fold fold)
    {
        /// <summary>The operation that combines two values; of a fold that gives a position, the one that finds the value there.</summary>
        internal ScalarOp Operation =>
            fold switch
            {
                Fold.Add => ScalarOp.Add,
                Fold.Mul => ScalarOp.Mul,
                Fold.Max or Fold.ArgMax => ScalarOp.Max,
                Fold.Min or Fold.ArgMin => ScalarOp.Min,
                Fold.And => ScalarOp.And,
                Fold.Or => ScalarOp.Or,
                _ => throw new NotSupportedException($"The fold {fold} does not combine values."),
            };

        /// <summary>What a fold starts from, as the bits of its type.</summary>
        internal long Identity(DType type) =>
            fold switch
            {
                Fold.Mul => Constant.Encode(type, 1),
                Fold.Max or Fold.ArgMax => Lowest(type),
                Fold.Min or Fold.ArgMin => Highest(type),
                Fold.And => type.IsFloat || type is DType.Int32 or DType.Int64 ? -1 : Highest(type),
                _ => 0,
            };

        /// <summary>Whether two values combine to one of their type, so that parts can be folded, and then their results.</summary>
        internal bool Combines => fold is Fold.Add or Fold.Mul or Fold.Max or Fold.Min or Fold.And or Fold.Or;
    }

    static long Lowest(DType type) =>
        type switch
        {
            DType.Float32 or DType.Float64 => Constant.Encode(type, double.NegativeInfinity),
            DType.Int64 => long.MinValue,
            DType.Int32 => int.MinValue,
            _ => 0,
        };

    static long Highest(DType type) =>
        type switch
        {
            DType.Float32 or DType.Float64 => Constant.Encode(type, double.PositiveInfinity),
            DType.Int64 => long.MaxValue,
            DType.Int32 => int.MaxValue,
            DType.UInt32 => uint.MaxValue,
            DType.UInt8 => byte.MaxValue,
            _ => 1,
        };
}
