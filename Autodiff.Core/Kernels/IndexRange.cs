using System.Runtime.CompilerServices;

namespace Autodiff;

/// <summary>The integers from <paramref name="Min"/> to <paramref name="Max"/>, both included.</summary>
readonly record struct Interval(long Min, long Max)
{
    /// <summary>All values of an integer type, or of Bool as 0 and 1.</summary>
    internal static Interval Of(DType type) =>
        type switch
        {
            DType.Bool => new(0, 1),
            DType.UInt8 => new(byte.MinValue, byte.MaxValue),
            DType.UInt32 => new(uint.MinValue, uint.MaxValue),
            DType.Int32 => new(int.MinValue, int.MaxValue),
            _ => new(long.MinValue, long.MaxValue),
        };

    /// <summary>The positions along an axis.</summary>
    internal static Interval Below(long size) => new(0, Math.Max(0, size - 1));

    internal bool Contains(Interval other) => Min <= other.Min && other.Max <= Max;

    internal Interval Union(Interval other) => new(Math.Min(Min, other.Min), Math.Max(Max, other.Max));

    /// <summary>What both hold; this one where they share nothing, which happens only in code that does not run.</summary>
    internal Interval Intersect(Interval other)
    {
        var (min, max) = (Math.Max(Min, other.Min), Math.Min(Max, other.Max));
        return min <= max ? new(min, max) : this;
    }
}

/// <summary>Bounds on the integer expressions of one kernel, from the sizes of its axes and what is known of its operands.</summary>
sealed class IndexRange(Shape space, Func<int, Interval?> operand)
{
    readonly Dictionary<Scalar, Interval> ranges = [];

    /// <summary>The same bounds, to which assumptions can be added that hold only for a part of the kernel.</summary>
    internal IndexRange Scope() => new(space, operand);

    internal void Assume(Scalar node, Interval range) => ranges[node] = Of(node).Intersect(range);

    internal Interval Of(Scalar node)
    {
        if (ranges.TryGetValue(node, out var range))
            return range;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return ranges[node] = node switch
        {
            _ when node.Type.IsFloat => Interval.Of(DType.Int64),
            Constant c => new(c.Bits, c.Bits),
            AxisIndex a => Interval.Below(space[a.Position]),
            Element e => operand(e.Operand) ?? Interval.Of(e.Type),
            Apply a => OfApply(a),
            _ => Interval.Of(node.Type),
        };
    }

    Interval OfApply(Apply node)
    {
        var full = Interval.Of(node.Type);
        if (node.Type == DType.Bool)
            return full;
        switch (node.Op, node.Arguments)
        {
            case (ScalarOp.Add, [var x, var y]):
                var (a, b) = (Of(x), Of(y));
                return Fit((Int128)a.Min + b.Min, (Int128)a.Max + b.Max, full);
            case (ScalarOp.Sub, [var x, var y]):
                (a, b) = (Of(x), Of(y));
                return Fit((Int128)a.Min - b.Max, (Int128)a.Max - b.Min, full);
            case (ScalarOp.Mul, [var x, var y]):
                (a, b) = (Of(x), Of(y));
                Int128[] corners = [(Int128)a.Min * b.Min, (Int128)a.Min * b.Max, (Int128)a.Max * b.Min, (Int128)a.Max * b.Max];
                return Fit(corners.Min(), corners.Max(), full);
            case (ScalarOp.Neg, [var x]):
                a = Of(x);
                return Fit(-(Int128)a.Max, -(Int128)a.Min, full);
            case (ScalarOp.Abs, [var x]):
                a = Of(x);
                return a.Min >= 0 ? a : Fit(0, Int128.Max(-(Int128)a.Min, a.Max), full);
            case (ScalarOp.Div, [var x, Constant { Bits: > 0 and var divisor }]):
                a = Of(x);
                return new(a.Min / divisor, a.Max / divisor);
            case (ScalarOp.Rem, [var x, Constant { Bits: > 0 and var divisor }]):
                a = Of(x);
                return new(a.Min >= 0 ? 0 : Math.Max(a.Min, 1 - divisor), a.Max <= 0 ? 0 : Math.Min(a.Max, divisor - 1));
            case (ScalarOp.Min, [var x, var y]):
                (a, b) = (Of(x), Of(y));
                return new(Math.Min(a.Min, b.Min), Math.Min(a.Max, b.Max));
            case (ScalarOp.Max, [var x, var y]):
                (a, b) = (Of(x), Of(y));
                return new(Math.Max(a.Min, b.Min), Math.Max(a.Max, b.Max));
            case (ScalarOp.And, [var x, var y]) when (a = Of(x)).Min >= 0 | (b = Of(y)).Min >= 0:
                return new(0, Math.Min(a.Min >= 0 ? a.Max : long.MaxValue, b.Min >= 0 ? b.Max : long.MaxValue));
            case (ScalarOp.Select, [_, var x, var y]):
                return Of(x).Union(Of(y));
            case (ScalarOp.Convert, [var x]) when !x.Type.IsFloat:
                a = Of(x);
                return full.Contains(a) ? a : full;
            default:
                return full;
        }
    }

    // Arithmetic that may leave the type wraps, and then nothing is known.
    static Interval Fit(Int128 min, Int128 max, Interval full) => min >= full.Min && max <= full.Max ? new((long)min, (long)max) : full;
}
