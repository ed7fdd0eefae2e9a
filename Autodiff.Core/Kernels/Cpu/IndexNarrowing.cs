namespace Autodiff;

/// <summary>
/// Computes with index variables in 32 bits where they meet numbers of 32 bits, as in a mask of a triangle or in the counters of random numbers: lanes
/// of one width can be vectorised.
/// </summary>
sealed class IndexNarrowing(AddressPlan ranges)
{
    readonly Dictionary<Scalar, Scalar?> narrow = [];

    internal static Kernel Rewrite(Kernel kernel, AddressPlan ranges)
    {
        var narrowing = new IndexNarrowing(ranges);
        var rewrite = Scalar.Rewriting((node, visit) => narrowing.Replace(node, visit));
        return kernel.WithValues(rewrite);
    }

    /// <summary>An index variable in 32 bits.</summary>
    internal static bool IsIndex(Scalar node) => node is Apply { Op: ScalarOp.Convert, Type: DType.Int32, Arguments: [AxisIndex] };

    Scalar? Replace(Scalar node, Func<Scalar, Scalar> visit)
    {
        if (node is Element)
            return node;
        if (node is not Apply { Arguments: [{ Type: DType.Int64 } first, ..] arguments } apply)
            return null;
        if (apply is { Op: ScalarOp.Convert, Type: DType.Float32 or DType.Int32 or DType.UInt32 } && !IsIndex(apply))
            return Narrow(first)?.Convert(apply.Type);
        if (apply.Op is ScalarOp.Less or ScalarOp.LessEqual or ScalarOp.Equal or ScalarOp.NotEqual)
            return Narrow(first) is { } a && Narrow(arguments[1]) is { } b ? a.Compare(apply.Op, b) : null;
        return null;
    }

    Scalar? Narrow(Scalar node)
    {
        if (!narrow.TryGetValue(node, out var found))
            narrow[node] = found = Fits(node) ? Rebuild(node) : null;
        return found;
    }

    bool Fits(Scalar node) => ranges.Range(ranges.Of(node)) is { Min: >= int.MinValue, Max: <= int.MaxValue };

    Scalar? Rebuild(Scalar node)
    {
        switch (node)
        {
            case Constant c:
                return new Constant(DType.Int32, c.Bits);
            case AxisIndex:
                return node.Convert(DType.Int32);
            case Apply { Op: ScalarOp.Add or ScalarOp.Sub or ScalarOp.Mul or ScalarOp.Neg or ScalarOp.Min or ScalarOp.Max } apply:
                var arguments = Array.ConvertAll(apply.Arguments, Narrow);
                return Array.TrueForAll(arguments, a => a is not null) ? Apply.Create(apply.Op, DType.Int32, arguments!) : null;
            default:
                return null;
        }
    }
}
