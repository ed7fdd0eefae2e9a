namespace Autodiff;

// What the bounds of integers decide: comparisons, clamps, and divisions of index expressions.
sealed partial class ScalarSimplifier
{
    Scalar? SimplifyByRange(ScalarOp op, DType type, Scalar[] x)
    {
        if (x.Length != 2 || !x[0].Type.IsInteger)
            return null;
        var (a, b) = (x[0], x[1]);
        if (op is ScalarOp.Div or ScalarOp.Rem)
            return type == DType.Int64 && b is Constant { Bits: > 1 and var divisor }
                ? (op == ScalarOp.Div ? Divide(a, divisor) : Remainder(a, divisor))
                : null;
        if (op is not (ScalarOp.Min or ScalarOp.Max or ScalarOp.Less or ScalarOp.LessEqual or ScalarOp.Equal or ScalarOp.NotEqual))
            return null;
        var (ra, rb) = (ranges.Of(a), ranges.Of(b));
        return op switch
        {
            ScalarOp.Min when ra.Max <= rb.Min => a,
            ScalarOp.Min when rb.Max <= ra.Min => b,
            ScalarOp.Max when ra.Min >= rb.Max => a,
            ScalarOp.Max when rb.Min >= ra.Max => b,
            ScalarOp.Less when ra.Max < rb.Min => Truth(true),
            ScalarOp.Less when ra.Min >= rb.Max => Truth(false),
            ScalarOp.LessEqual when ra.Max <= rb.Min => Truth(true),
            ScalarOp.LessEqual when ra.Min > rb.Max => Truth(false),
            ScalarOp.Equal or ScalarOp.NotEqual when ra.Max < rb.Min || rb.Max < ra.Min => Truth(op == ScalarOp.NotEqual),
            _ => null,
        };
    }

    Scalar Truth(bool value) => Constant(DType.Bool, value ? 1 : 0);

    Scalar Int64(long value) => interner.Intern(Scalar.Constant(value));

    /// <summary>x / c for c above 1, simplified, or null.</summary>
    Scalar? Divide(Scalar x, long c)
    {
        if (x is Apply { Op: ScalarOp.Div, Arguments: [var y, Constant { Bits: > 0 and var d }] } && d <= long.MaxValue / c)
            return Apply(ScalarOp.Div, DType.Int64, y, Int64(c * d));
        var range = ranges.Of(x);
        if (range.Min < 0)
            return null;
        if (range.Max < c)
            return Int64(0);
        // With x = c·quotient + rest and 0 ≤ rest, x / c = quotient + rest / c.
        var (quotient, rest) = AffineIndex.Of(x).Split(c);
        if (rest.Range(ranges) is not { Min: >= 0 } restRange)
            return null;
        if (restRange.Max < c)
            return Built(quotient);
        if (SplitFurther(rest, c) is var (g, high, _))
            return Sum(quotient, Apply(ScalarOp.Div, DType.Int64, Built(high), Int64(c / g)), 1);
        return quotient.IsZero ? null : Sum(quotient, Apply(ScalarOp.Div, DType.Int64, Built(rest), Int64(c)), 1);
    }

    /// <summary>x % c for c above 1, simplified, or null.</summary>
    Scalar? Remainder(Scalar x, long c)
    {
        var range = ranges.Of(x);
        if (range.Min < 0)
            return null;
        if (range.Max < c)
            return x;
        if (x is Apply { Op: ScalarOp.Rem, Arguments: [var y, Constant { Bits: var d }] } && d % c == 0 && ranges.Of(y).Min >= 0)
            return Apply(ScalarOp.Rem, DType.Int64, y, Int64(c));
        var (quotient, rest) = AffineIndex.Of(x).Split(c);
        if (rest.Range(ranges) is not { Min: >= 0 } restRange)
            return null;
        if (restRange.Max < c)
            return Built(rest);
        if (SplitFurther(rest, c) is var (g, high, low))
            return Sum(low, Apply(ScalarOp.Rem, DType.Int64, Built(high), Int64(c / g)), g);
        return quotient.IsZero ? null : Apply(ScalarOp.Rem, DType.Int64, Built(rest), Int64(c));
    }

    /// <summary>x as g·high + low with low in [0, g), for a proper divisor g of c, if there is one.</summary>
    (long G, AffineIndex High, AffineIndex Low)? SplitFurther(AffineIndex x, long c)
    {
        var g = x.CommonDivisor(c);
        if (g <= 1 || g >= c)
            return null;
        var (high, low) = x.Split(g);
        var fits = low.Range(ranges) is { } range && Interval.Below(g).Contains(range) && high.Range(ranges) is { Min: >= 0 };
        return fits ? (g, high, low) : null;
    }

    Scalar Built(AffineIndex sum) => interner.Intern(sum.Build());

    Scalar Sum(AffineIndex sum, Scalar term, long factor)
    {
        sum.Add(term, factor);
        return Built(sum);
    }
}
