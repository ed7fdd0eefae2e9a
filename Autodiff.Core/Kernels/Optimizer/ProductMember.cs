namespace Autodiff;

/// <summary>The axis of a product of matrices along which a loop runs.</summary>
enum ProductAxis
{
    /// <summary>Each item of a batch is a product of its own.</summary>
    Batch,

    /// <summary>Without a batch, the rows of the result are those of the left operand.</summary>
    Rows,

    /// <summary>The rows of both operands, whose products are added up.</summary>
    Sum,
}

/// <summary>
/// A product of matrices. But for items of a batch, a loop takes a block of rows at once: one would be too little for a product.
/// </summary>
sealed class ProductMember(RoutineStep step, MatMul product, ProductAxis axis, int rows) : RowMember(step, rows)
{
    /// <summary>The bytes of an array beyond which what reads it finds little of it in the caches.</summary>
    internal static long LeastBytes { get; set; } = 8 << 20;

    // Fewer items may be fewer than there are threads, which share each product by itself.
    const int LeastItems = 8;

    internal Value Left => step.Inputs[0];
    internal Value Right => step.Inputs[1];
    internal Value Result => step.Outputs[0];

    internal override bool Folds => axis == ProductAxis.Sum;

    /// <summary>How products of blocks are put together where they are not rows of the result.</summary>
    internal Fold Fold => Result.Type.DType == DType.Bool ? Fold.Or : Fold.Add;

    /// <summary>Whether what reads the result finds little of it in the caches.</summary>
    internal bool IsLarge => IsLargeArray(Result);

    internal static bool IsLargeArray(Value value) => value.Type.ByteSize >= LeastBytes;

    internal bool IsBlocked => axis != ProductAxis.Batch;

    /// <summary>What every block reads, or adds to.</summary>
    internal Value? Shared =>
        axis switch
        {
            ProductAxis.Rows => Right,
            ProductAxis.Sum => Result,
            _ => null,
        };

    /// <summary>The product of some of the rows.</summary>
    internal MatMul OfRows(int count) => product.Resized(axis, count);

    /// <summary>A product that gives rows.</summary>
    internal static ProductMember? Giving(RoutineStep step)
    {
        if (step.Routine is not MatMul product || !MayBe(step))
            return null;
        var shape = step.Outputs[0].Type.Shape;
        return shape[0] >= LeastItems ? new(step, product, ProductAxis.Batch, shape[0])
            : shape[1] > 1 && product.HasEqualRows ? new(step, product, ProductAxis.Rows, shape[1])
            : null;
    }

    /// <summary>A product that adds up those of rows.</summary>
    internal static ProductMember? Folding(RoutineStep step) =>
        step.Routine is MatMul { SumsRows: true } product && MayBe(step) && step.Inputs[0].Type.Shape[1] is > 1 and var rows
            ? new(step, product, ProductAxis.Sum, rows)
            : null;

    static bool MayBe(RoutineStep step)
    {
        var values = step.Inputs.Concat(step.Outputs);
        return values.Any(IsLargeArray) && values.All(v => v.Type.Shape.Size > 0);
    }

    internal override bool ReadsRowsOf(Value value) => value == Left || axis != ProductAxis.Rows && value == Right;

    internal override bool ReadsBeyondRowOf(Value value) => axis == ProductAxis.Rows && value == Right;
}
