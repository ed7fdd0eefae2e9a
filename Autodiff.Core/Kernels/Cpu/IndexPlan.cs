using System.Runtime.CompilerServices;

namespace Autodiff;

/// <summary>
/// The affine analysis of a kernel's integer expressions: where in memory each element lies as a function of the index variables, and which
/// values an index can take.
/// </summary>
sealed class IndexPlan(Shape space)
{
    readonly Dictionary<Scalar, Affine> affine = [];
    readonly Dictionary<Scalar, Interval> ranges = [];

    internal int Rank => space.Rank;

    /// <summary>The position in row-major order of an index into an array of <paramref name="shape"/>.</summary>
    internal Affine Offset(Scalar[] index, Shape shape)
    {
        var sum = Affine.Number(0, Rank);
        var strides = shape.Strides();
        for (var i = 0; i < index.Length; i++)
            if (shape[i] > 1)
                sum = sum.Plus(Of(index[i]).Times(strides[i]));
        return sum;
    }

    /// <summary>The expression as an affine form.</summary>
    internal Affine Of(Scalar node)
    {
        if (affine.TryGetValue(node, out var known))
            return known;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return affine[node] = node switch
        {
            Constant c => Affine.Number(c.Bits, Rank),
            AxisIndex a => space[a.Position] == 1 ? Affine.Number(0, Rank) : Affine.Axis(a.Position, Rank),
            Apply { Type: DType.Int64 } a => Simplify(a) ?? Affine.Opaque(node, Rank),
            _ => Affine.Opaque(node, Rank),
        };
    }

    Affine? Simplify(Apply node)
    {
        var args = node.Arguments;
        switch (node.Op)
        {
            case ScalarOp.Add:
                return Of(args[0]).Plus(Of(args[1]));
            case ScalarOp.Sub:
                return Of(args[0]).Plus(Of(args[1]).Times(-1));
            case ScalarOp.Neg:
                return Of(args[0]).Times(-1);
            case ScalarOp.Mul:
                var (a, b) = (Of(args[0]), Of(args[1]));
                return b.IsConstant ? a.Times(b.Constant)
                    : a.IsConstant ? b.Times(a.Constant)
                    : null;
            case ScalarOp.Div or ScalarOp.Rem when Of(args[1]) is { IsConstant: true, Constant: > 0 and var divisor }:
                var dividend = Of(args[0]);
                if (Range(dividend).Low < 0)
                    return null;
                var (quotient, rest) = dividend.Split(divisor);
                if (!Range(rest).Within(divisor))
                    return null;
                return node.Op == ScalarOp.Div ? quotient : rest;
            case ScalarOp.Min:
            case ScalarOp.Max:
                var (x, y) = (Of(args[0]), Of(args[1]));
                var (p, q) = (Range(x), Range(y));
                if (p.High <= q.Low)
                    return node.Op == ScalarOp.Min ? x : y;
                return q.High <= p.Low ? (node.Op == ScalarOp.Min ? y : x) : null;
            case ScalarOp.Select:
                return Decide(args[0]) is { } decided ? Of(args[decided ? 1 : 2]) : null;
            default:
                return null;
        }
    }

    /// <summary>The value of a condition on integers, if it is the same everywhere in the space.</summary>
    internal bool? Decide(Scalar condition)
    {
        switch (condition)
        {
            case Constant c:
                return c.Bits != 0;
            case Apply { Op: ScalarOp.Less or ScalarOp.LessEqual, Arguments: [{ Type: DType.Int64 } a, var b] } compare:
                var difference = Range(Of(a).Plus(Of(b).Times(-1)));
                var most = compare.Op == ScalarOp.Less ? -1 : 0;
                if (difference == Interval.All)
                    return null;
                return difference.High <= most ? true
                    : difference.Low > most ? false
                    : null;
            case Apply { Op: ScalarOp.And or ScalarOp.Or, Type: DType.Bool, Arguments: [var a, var b] } both:
                var (x, y) = (Decide(a), Decide(b));
                var stops = both.Op == ScalarOp.Or;
                return x == stops || y == stops ? stops
                    : x is { } && y is { } ? !stops
                    : null;
            case Apply { Op: ScalarOp.Not, Type: DType.Bool, Arguments: [var a] }:
                return !Decide(a);
            default:
                return null;
        }
    }

    internal Interval Range(Affine form)
    {
        var sum = new Interval(form.Constant, form.Constant);
        for (var a = 0; a < Rank; a++)
            if (form.Axes[a] != 0)
                sum = sum.Plus(new Interval(0, Math.Max(0, space[a] - 1)).Times(form.Axes[a]));
        foreach (var (term, coefficient) in form.Terms)
            sum = sum.Plus(Range(term).Times(coefficient));
        return sum;
    }

    Interval Range(Scalar term)
    {
        if (ranges.TryGetValue(term, out var known))
            return known;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return ranges[term] = term switch
        {
            Apply { Op: ScalarOp.Min, Arguments: [var a, var b], Type: DType.Int64 } => Range(Of(a)).Min(Range(Of(b))),
            Apply { Op: ScalarOp.Max, Arguments: [var a, var b], Type: DType.Int64 } => Range(Of(a)).Max(Range(Of(b))),
            Apply { Op: ScalarOp.Select, Arguments: [_, var a, var b], Type: DType.Int64 } => Range(Of(a)).Join(Range(Of(b))),
            Apply { Op: ScalarOp.Rem, Arguments: [var a, Constant { Bits: > 0 } c], Type: DType.Int64 } => Remainder(Range(Of(a)), c.Bits),
            Apply { Op: ScalarOp.Div, Arguments: [var a, Constant { Bits: > 0 } c], Type: DType.Int64 } => Range(Of(a)) is var r
                ? new(r.Low / c.Bits, r.High / c.Bits)
                : default,
            Apply { Op: ScalarOp.And, Arguments: [_, Constant { Bits: >= 0 } c], Type: DType.Int64 } => new(0, c.Bits),
            Apply { Op: ScalarOp.Convert, Arguments: [{ Type: < DType.Int64 } a] } => Interval.Of(a.Type),
            _ => Interval.Of(term.Type),
        };
    }

    static Interval Remainder(Interval dividend, long divisor) => new(dividend.Low < 0 ? 1 - divisor : 0, divisor - 1);
}
