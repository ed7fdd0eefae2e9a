using System.Runtime.CompilerServices;

namespace Autodiff;

/// <summary>
/// The affine analysis of a kernel's integer expressions: where in memory each element lies as a function of the index variables, and which
/// values an index can take.
/// </summary>
sealed class AddressPlan(Shape space)
{
    readonly Dictionary<Scalar, Affine> affine = [];
    readonly IndexRange ranges = new(space, _ => null);

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
                if (Range(dividend).Min < 0)
                    return null;
                var (quotient, rest) = dividend.Split(divisor);
                if (!IsWithin(rest, divisor))
                    return null;
                return node.Op == ScalarOp.Div ? quotient : rest;
            case ScalarOp.Min:
            case ScalarOp.Max:
                var (x, y) = (Of(args[0]), Of(args[1]));
                var (p, q) = (Range(x), Range(y));
                if (p.Max <= q.Min)
                    return node.Op == ScalarOp.Min ? x : y;
                return q.Max <= p.Min ? (node.Op == ScalarOp.Min ? y : x) : null;
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
                if (difference == Interval.Of(DType.Int64))
                    return null;
                return difference.Max <= most ? true
                    : difference.Min > most ? false
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
        Int128 min = form.Constant;
        Int128 max = form.Constant;
        void Add(Interval range, long factor)
        {
            var (a, b) = ((Int128)range.Min * factor, (Int128)range.Max * factor);
            min += Int128.Min(a, b);
            max += Int128.Max(a, b);
        }
        for (var a = 0; a < Rank; a++)
            Add(Interval.Below(space[a]), form.Axes[a]);
        foreach (var (term, coefficient) in form.Terms)
            Add(ranges.Of(term), coefficient);
        return min >= long.MinValue && max <= long.MaxValue ? new((long)min, (long)max) : Interval.Of(DType.Int64);
    }

    /// <summary>Whether a form lies in [0, <paramref name="count"/>).</summary>
    internal bool IsWithin(Affine form, long count) => Range(form) is { Min: >= 0 } range && range.Max < count;
}
