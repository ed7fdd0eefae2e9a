namespace Autodiff;

/// <summary>
/// A product of matrices: along its batch, each item a product of its own; or, without a batch, along its rows, which are those of the left
/// operand. One row would be too little for a product, so a loop takes a block of them.
/// </summary>
sealed class ProductMember(RoutineStep step, MatMul product, int axis, int rows) : RowMember(step, rows)
{
    /// <summary>The bytes of an array beyond which what reads it finds little of it in the caches.</summary>
    internal static long LeastBytes { get; set; } = 8 << 20;

    // Every block multiplies the right operand again, which stays in the second-level cache.
    const long MostRightBytes = 1 << 19;

    internal Value Left => step.Inputs[0];
    internal Value Right => step.Inputs[1];
    internal Value Result => step.Outputs[0];

    /// <summary>Whether it multiplies blocks of rows, and not items of a batch.</summary>
    internal bool IsBlocked => axis == 1;

    /// <summary>The bytes that every block reads again.</summary>
    internal long SharedBytes => IsBlocked ? Right.Type.ByteSize : 0;

    /// <summary>The product of some of the rows.</summary>
    internal MatMul OfRows(int count) => product.Resized(axis, count);

    internal static ProductMember? Of(RoutineStep step)
    {
        if (step.Routine is not MatMul product || step.Inputs.Concat(step.Outputs).All(v => v.Type.ByteSize < LeastBytes))
            return null;
        var shape = step.Outputs[0].Type.Shape;
        var axis = shape[0] > 1 ? 0 : 1;
        return
            step.Outputs.Concat(step.Inputs).All(v => v.Type.Shape.Size > 0)
            && shape[axis] > 1
            && (axis == 0 || product.HasEqualRows && step.Inputs[1].Type.ByteSize <= MostRightBytes)
            ? new ProductMember(step, product, axis, shape[axis])
            : null;
    }

    internal override bool ReadsRowsOf(Value value) => value == Left || axis == 0 && value == Right;

    internal override bool ReadsBeyondRowOf(Value value) => axis == 1 && value == Right;
}
