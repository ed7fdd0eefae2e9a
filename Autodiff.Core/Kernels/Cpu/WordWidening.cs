namespace Autodiff;

/// <summary>
/// Computes UInt32 words in 64 bits, where they meet numbers of 64 bits, as the words of random numbers do: lanes of one width can be vectorised.
/// </summary>
static class WordWidening
{
    static readonly Scalar Mask = Scalar.Constant(uint.MaxValue);

    internal static Kernel Rewrite(Kernel kernel)
    {
        var widened = new Dictionary<Scalar, Scalar?>();
        var rewrite = Scalar.Rewriting((node, visit) => Replace(node, visit, widened));
        return kernel.WithValues(rewrite);
    }

    static Scalar? Replace(Scalar node, Func<Scalar, Scalar> visit, Dictionary<Scalar, Scalar?> widened)
    {
        if (node is Element)
            return node;
        if (node is not Apply { Arguments: [{ Type: DType.UInt32 } first, ..] arguments, Type: not DType.UInt32 } apply)
            return null;
        Scalar? Wide(Scalar word) => Widen(word, visit, widened) is { } wide ? wide & Mask : null;
        return apply.Op switch
        {
            ScalarOp.Convert when apply.Type.Size == 8 => Wide(first)?.Convert(apply.Type),
            ScalarOp.Less or ScalarOp.LessEqual or ScalarOp.Equal or ScalarOp.NotEqual => Wide(first) is { } a
            && Wide(arguments[1]) is { } b
                ? a.Compare(apply.Op, b)
                : null,
            _ => null,
        };
    }

    /// <summary>An Int64 whose low half is the word, or null if an operation has no such form. The high half is anything.</summary>
    static Scalar? Widen(Scalar word, Func<Scalar, Scalar> visit, Dictionary<Scalar, Scalar?> widened)
    {
        if (widened.TryGetValue(word, out var known))
            return known;
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        Scalar? found = word switch
        {
            Constant c => Scalar.Constant((uint)c.Bits),
            Element => word.Convert(DType.Int64),
            Apply { Op: ScalarOp.Convert, Arguments: [{ Type: DType.Int64 } x] } => visit(x),
            Apply apply => Compute(apply),
            _ => null,
        };
        return widened[word] = found;

        Scalar? Compute(Apply apply)
        {
            var arguments = apply.Op == ScalarOp.Select ? apply.Arguments[1..] : apply.Arguments;
            var wide = Array.ConvertAll(arguments, a => a.Type == DType.UInt32 ? Widen(a, visit, widened) : null);
            if (Array.Exists(wide, w => w is null))
                return null;
            return apply.Op switch
            {
                ScalarOp.Add or ScalarOp.Sub or ScalarOp.Mul or ScalarOp.And or ScalarOp.Or or ScalarOp.Xor => wide[0]!.Binary(
                    apply.Op,
                    wide[1]!
                ),
                ScalarOp.ShiftLeft when apply.Arguments[1] is Constant { Bits: < 32 } => wide[0]!.Binary(apply.Op, wide[1]!),
                ScalarOp.ShiftRightLogical when apply.Arguments[1] is Constant { Bits: < 32 } => (wide[0]! & Mask).Binary(
                    apply.Op,
                    wide[1]!
                ),
                ScalarOp.Min or ScalarOp.Max => (wide[0]! & Mask).Binary(apply.Op, wide[1]! & Mask),
                ScalarOp.Not => wide[0]! ^ Mask,
                ScalarOp.Select => visit(apply.Arguments[0]).Select(wide[0]!, wide[1]!),
                _ => null,
            };
        }
    }
}
