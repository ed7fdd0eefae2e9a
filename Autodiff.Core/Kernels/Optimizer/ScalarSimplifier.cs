using System.Runtime.CompilerServices;

namespace Autodiff;

/// <summary>
/// Builds the expressions of one kernel: interned, with constants folded and algebra applied that keeps every bit, signed zeros, infinities
/// and NaN included. (x·0 is not 0, and x + 0 is not x where x may be -0.)
/// </summary>
sealed partial class ScalarSimplifier(ScalarInterner interner, IndexRange ranges)
{
    internal IndexRange Ranges => ranges;

    internal ScalarSimplifier WithRanges(IndexRange other) => new(interner, other);

    internal Scalar Constant(DType type, double value) => interner.Intern(Scalar.Constant(type, value));

    internal Scalar Element(int operand, DType type, Scalar[] index) =>
        interner.Intern(new Element(operand, type, Array.ConvertAll(index, Normalize)));

    /// <summary>An index in its plainest form.</summary>
    Scalar Normalize(Scalar index) =>
        index is Apply { Op: ScalarOp.Add or ScalarOp.Sub } ? interner.Intern(AffineIndex.Of(index).Build()) : index;

    internal Scalar Apply(ScalarOp op, DType type, params Scalar[] arguments)
    {
        if (Array.TrueForAll(arguments, a => a is Constant))
            if (ConstantFolding.Fold(op, type, Array.ConvertAll(arguments, a => (Constant)a)) is { } folded)
                return interner.Intern(folded);
        return SimplifyByRange(op, type, arguments)
            ?? SimplifyByType(op, type, arguments)
            ?? interner.Intern(Autodiff.Apply.Create(op, type, arguments));
    }

    Scalar? SimplifyByType(ScalarOp op, DType type, Scalar[] x) =>
        op switch
        {
            ScalarOp.Select => SimplifySelect(x[0], x[1], x[2]),
            ScalarOp.Convert => SimplifyConvert(type, x[0]),
            ScalarOp.Not => SimplifyNot(x[0]),
            _ when type.IsFloat => SimplifyFloat(op, type, x),
            _ when x[0].Type.IsFloat => null,
            _ => SimplifyInteger(op, type, x),
        };

    Scalar? SimplifySelect(Scalar test, Scalar a, Scalar b) =>
        test switch
        {
            Constant c => c.Bits != 0 ? a : b,
            _ when ReferenceEquals(a, b) => a,
            _ when a is Constant { Type: DType.Bool, Bits: 1 } && b is Constant { Bits: 0 } => test,
            Apply { Op: ScalarOp.Not, Arguments: [var opposite] } => Apply(ScalarOp.Select, a.Type, opposite, b, a),
            _ => null,
        };

    Scalar? SimplifyNot(Scalar x) =>
        x switch
        {
            Apply { Op: ScalarOp.Not, Arguments: [var y] } => y,
            Apply { Op: ScalarOp.Equal, Arguments: var ab } => Apply(ScalarOp.NotEqual, DType.Bool, ab),
            Apply { Op: ScalarOp.NotEqual, Arguments: var ab } => Apply(ScalarOp.Equal, DType.Bool, ab),
            // Of floats this would be wrong for NaN.
            Apply { Op: ScalarOp.Less, Arguments: [{ Type.IsFloat: false } a, var b] } => Apply(ScalarOp.LessEqual, DType.Bool, b, a),
            Apply { Op: ScalarOp.LessEqual, Arguments: [{ Type.IsFloat: false } a, var b] } => Apply(ScalarOp.Less, DType.Bool, b, a),
            _ => null,
        };

    Scalar? SimplifyConvert(DType type, Scalar x)
    {
        if (x.Type == type)
            return x;
        if (x is Apply { Op: ScalarOp.Convert, Arguments: [var y] } && HoldsAll(x.Type, y.Type))
            return Apply(ScalarOp.Convert, type, y);
        return null;
    }

    /// <summary>Whether every number of type <paramref name="from"/> is one of type <paramref name="to"/>.</summary>
    static bool HoldsAll(DType to, DType from) =>
        from switch
        {
            DType.Bool => true,
            DType.UInt8 => to != DType.Bool,
            DType.UInt32 => to is DType.Int64 or DType.Float64,
            DType.Int32 => to is DType.Int64 or DType.Float64,
            DType.Float32 => to is DType.Float64,
            _ => false,
        };

    Scalar? SimplifyFloat(ScalarOp op, DType type, Scalar[] x) =>
        (op, x) switch
        {
            (ScalarOp.Add, [Constant a, var b]) when IsZeroFor(a, b) => b,
            (ScalarOp.Add, [var a, Constant b]) when IsZeroFor(b, a) => a,
            (ScalarOp.Add, [var a, Apply { Op: ScalarOp.Neg, Arguments: [var b] }]) => Apply(ScalarOp.Sub, type, a, b),
            (ScalarOp.Add, [Apply { Op: ScalarOp.Neg, Arguments: [var a] }, var b]) => Apply(ScalarOp.Sub, type, b, a),
            (ScalarOp.Sub, [var a, Constant b]) when IsZero(b, negative: false) => a,
            (ScalarOp.Sub, [Constant a, var b]) when IsZero(a, negative: true) => Apply(ScalarOp.Neg, type, b),
            (ScalarOp.Sub, [var a, Apply { Op: ScalarOp.Neg, Arguments: [var b] }]) => Apply(ScalarOp.Add, type, a, b),
            (ScalarOp.Mul, [Constant a, not Autodiff.Constant and var b]) => Apply(ScalarOp.Mul, type, b, a),
            (ScalarOp.Mul or ScalarOp.Div, [var a, Constant { Value: 1 }]) => a,
            (ScalarOp.Mul or ScalarOp.Div, [var a, Constant { Value: -1 }]) => Apply(ScalarOp.Neg, type, a),
            (ScalarOp.Mul or ScalarOp.Div, [Apply { Op: ScalarOp.Neg } a, Apply { Op: ScalarOp.Neg } b]) => Apply(
                op,
                type,
                a.Arguments[0],
                b.Arguments[0]
            ),
            (ScalarOp.Div, [var a, Constant b]) when ExactReciprocal(b) is { } reciprocal => Apply(
                ScalarOp.Mul,
                type,
                a,
                Constant(type, reciprocal)
            ),
            (ScalarOp.Neg, [Apply { Op: ScalarOp.Neg, Arguments: [var a] }]) => a,
            (ScalarOp.Abs, [Apply { Op: ScalarOp.Neg or ScalarOp.Abs, Arguments: [var a] }]) => Apply(ScalarOp.Abs, type, a),
            (ScalarOp.Max or ScalarOp.Min, [var a, var b]) when ReferenceEquals(a, b) => a,
            (ScalarOp.Pow, [var a, Constant { Value: 1 }]) => a,
            (ScalarOp.Pow, [var a, Constant { Value: 2 }]) => Apply(ScalarOp.Mul, type, a, a),
            _ => null,
        };

    Scalar? SimplifyInteger(ScalarOp op, DType type, Scalar[] x) =>
        (op, x) switch
        {
            (ScalarOp.Add or ScalarOp.Mul or ScalarOp.And or ScalarOp.Or or ScalarOp.Xor, [Constant a, not Autodiff.Constant and var b]) =>
                Apply(op, type, b, a),
            (
                ScalarOp.Add
                    or ScalarOp.Sub
                    or ScalarOp.Or
                    or ScalarOp.Xor
                    or ScalarOp.ShiftLeft
                    or ScalarOp.ShiftRightLogical
                    or ScalarOp.ShiftRightArithmetic,
                [var a, Constant { Bits: 0 }]
            ) => a,
            (ScalarOp.Mul or ScalarOp.And, [_, Constant { Bits: 0 } zero]) => zero,
            (ScalarOp.Mul or ScalarOp.Div, [var a, Constant { Bits: 1 }]) => a,
            (ScalarOp.And, [var a, Constant { Type: DType.Bool }]) => a,
            (ScalarOp.Or, [_, Constant { Type: DType.Bool } one]) => one,
            (ScalarOp.Xor, [var a, Constant { Type: DType.Bool }]) => Apply(ScalarOp.Not, type, a),
            (ScalarOp.And or ScalarOp.Or or ScalarOp.Min or ScalarOp.Max, [var a, var b]) when ReferenceEquals(a, b) => a,
            (ScalarOp.Sub or ScalarOp.Xor, [var a, var b]) when ReferenceEquals(a, b) => Constant(type, 0),
            (ScalarOp.Equal or ScalarOp.LessEqual, [var a, var b]) when ReferenceEquals(a, b) => Constant(DType.Bool, 1),
            (ScalarOp.NotEqual or ScalarOp.Less, [var a, var b]) when ReferenceEquals(a, b) => Constant(DType.Bool, 0),
            (ScalarOp.Neg, [Apply { Op: ScalarOp.Neg, Arguments: [var a] }]) => a,
            _ => null,
        };

    /// <summary>Whether x + zero is x, bit for bit.</summary>
    static bool IsZeroFor(Constant zero, Scalar x) =>
        IsZero(zero, negative: true) || (IsZero(zero, negative: false) && !MayBeNegativeZero(x));

    static bool IsZero(Constant c, bool negative) => c.Value == 0 && double.IsNegative(c.Value) == negative;

    static bool MayBeNegativeZero(Scalar x) =>
        x switch
        {
            Constant c => IsZero(c, negative: true),
            Apply { Op: ScalarOp.Exp or ScalarOp.Abs or ScalarOp.Cosh or ScalarOp.Erfc } => false,
            Apply { Op: ScalarOp.Convert, Arguments: [{ Type.IsFloat: false }] } => false,
            Apply { Op: ScalarOp.Mul, Arguments: [var a, var b] } => !ReferenceEquals(a, b),
            _ => true,
        };

    /// <summary>1 / c where dividing by c and multiplying by it are the same: powers of two whose reciprocal is a normal number.</summary>
    static double? ExactReciprocal(Constant c)
    {
        var value = Math.Abs(c.Value);
        var limit = c.Type == DType.Float32 ? 126 : 1022;
        return double.IsPow2(value) && Math.Abs(Math.ILogB(value)) <= limit ? 1 / c.Value : null;
    }

    /// <summary>An expression with every index variable and element replaced; null keeps the node.</summary>
    internal Scalar Rewrite(Scalar node, Func<Scalar, Scalar?> leaf, Dictionary<Scalar, Scalar> done)
    {
        if (done.TryGetValue(node, out var result))
            return result;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return done[node] = node switch
        {
            Element e => leaf(e) ?? Element(e.Operand, e.Type, RewriteAll(e.Index, leaf, done)),
            Apply a => Apply(a.Op, a.Type, RewriteAll(a.Arguments, leaf, done)),
            AxisIndex when leaf(node) is null && ranges.Of(node) is { Min: 0, Max: 0 } => Int64(0),
            _ => leaf(node) ?? interner.Intern(node),
        };
    }

    internal Scalar[] RewriteAll(Scalar[] nodes, Func<Scalar, Scalar?> leaf, Dictionary<Scalar, Scalar> done) =>
        Array.ConvertAll(nodes, n => Rewrite(n, leaf, done));
}
