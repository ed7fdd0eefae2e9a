namespace Autodiff;

/// <summary>
/// An Int64 expression as a sum of multiples of expressions that are not sums themselves, plus a constant. Arithmetic wraps, as Int64's
/// does, so taking an expression apart and building it anew is exact.
/// </summary>
sealed class AffineIndex
{
    // A longer sum is no index, and is left alone.
    const int MostTerms = 24;

    readonly List<(Scalar Atom, long Factor)> terms = [];
    long offset;

    internal bool IsZero => terms.Count == 0 && offset == 0;

    internal static AffineIndex Of(Scalar node)
    {
        var sum = new AffineIndex();
        sum.Add(node, 1);
        sum.JoinQuotients();
        return sum;
    }

    internal void Add(Scalar node, long factor)
    {
        switch (node)
        {
            case Constant c:
                offset += c.Bits * factor;
                break;
            case Apply { Op: ScalarOp.Add, Arguments: [var a, var b] } when terms.Count < MostTerms:
                Add(a, factor);
                Add(b, factor);
                break;
            case Apply { Op: ScalarOp.Sub, Arguments: [var a, var b] } when terms.Count < MostTerms:
                Add(a, factor);
                Add(b, -factor);
                break;
            case Apply { Op: ScalarOp.Neg, Arguments: [var a] }:
                Add(a, -factor);
                break;
            case Apply { Op: ScalarOp.Mul, Arguments: [var a, Constant c] }:
                Add(a, factor * c.Bits);
                break;
            default:
                var at = terms.FindIndex(t => ReferenceEquals(t.Atom, node));
                if (at < 0)
                    terms.Add((node, factor));
                else if ((terms[at] = (node, terms[at].Factor + factor)).Factor == 0)
                    terms.RemoveAt(at);
                break;
        }
    }

    /// <summary>(x / c)·c + x % c is x: what a reshape takes apart, its inverse puts together.</summary>
    void JoinQuotients()
    {
        for (var i = 0; i < terms.Count; i++)
        {
            if (terms[i] is not (Apply { Op: ScalarOp.Rem, Arguments: [var x, Constant { Bits: var c }] }, var factor))
                continue;
            var at = terms.FindIndex(t => t.Factor == factor * c && IsQuotient(t.Atom, x, c));
            if (at < 0)
                continue;
            terms.RemoveAt(Math.Max(i, at));
            terms.RemoveAt(Math.Min(i, at));
            Add(x, factor);
            i = -1;
        }
    }

    static bool IsQuotient(Scalar node, Scalar x, long c) =>
        node is Apply { Op: ScalarOp.Div, Arguments: [var y, Constant { Bits: var d }] }
        && (
            (ReferenceEquals(y, x) && d == c)
            // x may itself be y / e, and then x / c was built as y / (e·c).
            || (x is Apply { Op: ScalarOp.Div, Arguments: [var z, Constant { Bits: var e }] } && ReferenceEquals(z, y) && BigMul(e, c) == d)
        );

    static Int128 BigMul(long a, long b) => (Int128)a * b;

    /// <summary>The part that <paramref name="divisor"/> divides, divided by it, and the rest, whose constant is in [0, divisor).</summary>
    internal (AffineIndex Multiple, AffineIndex Remainder) Split(long divisor)
    {
        var (quotient, rest) = (new AffineIndex(), new AffineIndex());
        foreach (var (atom, factor) in terms)
            if (factor % divisor == 0)
                quotient.terms.Add((atom, factor / divisor));
            else
                rest.terms.Add((atom, factor));
        rest.offset = (offset % divisor + divisor) % divisor;
        quotient.offset = (offset - rest.offset) / divisor;
        return (quotient, rest);
    }

    /// <summary>A divisor above 1 shared by <paramref name="divisor"/> and the largest factor, or 1.</summary>
    internal long CommonDivisor(long divisor)
    {
        var (a, b) = (divisor, terms.Select(t => t.Factor).DefaultIfEmpty(1).MaxBy(f => Int128.Abs(f)));
        while (b != 0)
            (a, b) = (b, a % b);
        return Math.Abs(a);
    }

    internal Interval? Range(IndexRange ranges)
    {
        Int128 min = offset;
        Int128 max = offset;
        foreach (var (atom, factor) in terms)
        {
            var range = ranges.Of(atom);
            var (a, b) = ((Int128)range.Min * factor, (Int128)range.Max * factor);
            min += Int128.Min(a, b);
            max += Int128.Max(a, b);
        }
        return min >= long.MinValue && max <= long.MaxValue ? new((long)min, (long)max) : null;
    }

    /// <summary>The sum as an expression, the index variables in order.</summary>
    internal Scalar Build()
    {
        Scalar? sum = null;
        foreach (var (atom, factor) in terms.OrderBy(t => t.Atom is AxisIndex a ? a.Position : int.MaxValue))
        {
            var term = atom * Scalar.Constant(factor);
            sum = sum is null ? term : sum + term;
        }
        return sum is null ? Scalar.Constant(offset) : sum + Scalar.Constant(offset);
    }
}
