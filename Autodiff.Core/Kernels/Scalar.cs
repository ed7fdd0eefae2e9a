using System.Runtime.CompilerServices;

namespace Autodiff;

/// <summary>What a device must know how to do with numbers. Arguments have one type unless the name says otherwise.</summary>
public enum ScalarOp
{
    Add,
    Sub,
    Mul,
    Div, // integers truncate towards zero; a division by zero gives 0 for integers
    Rem, // the sign of the dividend, as C#'s %
    Min, // NaN if either is NaN
    Max,
    Pow,
    ScaleB, // a·2ᵇ rounded once, for an integral b
    Atan2,
    Fma, // a·b + c, rounded once
    Neg,
    Abs,
    Floor,
    Ceil,
    Round, // half to even
    Sqrt,
    Cbrt,
    Exp,
    Exp2,
    Expm1,
    Log,
    Log2, // exact at powers of 2
    Log10, // exact at powers of 10
    Log1p,
    Sin,
    Cos,
    Tan,
    Asin,
    Acos,
    Atan,
    Sinh,
    Cosh,
    Tanh,
    Erf,
    Erfc,
    ErfInv,
    Lgamma,
    Digamma,
    And, // of integers by bit, of booleans by value
    Or,
    Xor,
    Not,
    ShiftLeft, // a shift by the width or more gives 0, or the sign for ShiftRightArithmetic
    ShiftRightLogical,
    ShiftRightArithmetic,
    Equal, // comparisons give Bool and are false on NaN, NotEqual true
    NotEqual,
    Less,
    LessEqual,
    Select, // (Bool, a, b)
    Convert, // to Type; floats truncate towards zero and saturate, NaN gives 0
    Bitcast, // between types of one size
}

/// <summary>
/// An expression for one element of a kernel's result, over the kernel's index variables and the elements of its operands. It is a graph:
/// a node met twice is computed once. Nodes are immutable and compared by reference.
/// </summary>
public abstract class Scalar
{
    [ThreadStatic]
    static int last;

    // The runtime makes up the first hash of an object slowly, and every expression is looked up.
    readonly int hash = last += unchecked((int)0x9E3779B9);

    private protected Scalar(DType type) => Type = type;

    public sealed override int GetHashCode() => hash;

    public sealed override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public DType Type { get; }

    /// <summary>The index variable of axis <paramref name="axis"/> of the kernel's space, an Int64.</summary>
    public static Scalar Axis(int axis) => new AxisIndex(axis);

    public static Scalar Constant(DType type, double value) => new Constant(type, Autodiff.Constant.Encode(type, value));

    public static Scalar Constant(long value) => new Constant(DType.Int64, value);

    /// <summary>The same number in this expression's type.</summary>
    public Scalar Like(double value) => Constant(Type, value);

    public static Scalar operator +(Scalar a, Scalar b) => Apply.Create(ScalarOp.Add, a.Type, a, b);

    public static Scalar operator -(Scalar a, Scalar b) => Apply.Create(ScalarOp.Sub, a.Type, a, b);

    public static Scalar operator *(Scalar a, Scalar b) => Apply.Create(ScalarOp.Mul, a.Type, a, b);

    public static Scalar operator /(Scalar a, Scalar b) => Apply.Create(ScalarOp.Div, a.Type, a, b);

    public static Scalar operator %(Scalar a, Scalar b) => Apply.Create(ScalarOp.Rem, a.Type, a, b);

    public static Scalar operator -(Scalar a) => Apply.Create(ScalarOp.Neg, a.Type, a);

    public static Scalar operator &(Scalar a, Scalar b) => Apply.Create(ScalarOp.And, a.Type, a, b);

    public static Scalar operator |(Scalar a, Scalar b) => Apply.Create(ScalarOp.Or, a.Type, a, b);

    public static Scalar operator ^(Scalar a, Scalar b) => Apply.Create(ScalarOp.Xor, a.Type, a, b);

    public static Scalar operator !(Scalar a) => Apply.Create(ScalarOp.Not, a.Type, a);

    public static Scalar operator <(Scalar a, Scalar b) => a.Compare(ScalarOp.Less, b);

    public static Scalar operator >(Scalar a, Scalar b) => b.Compare(ScalarOp.Less, a);

    public static Scalar operator <=(Scalar a, Scalar b) => a.Compare(ScalarOp.LessEqual, b);

    public static Scalar operator >=(Scalar a, Scalar b) => b.Compare(ScalarOp.LessEqual, a);

    public static Scalar operator +(Scalar a, double b) => a + a.Like(b);

    public static Scalar operator -(Scalar a, double b) => a - a.Like(b);

    public static Scalar operator *(Scalar a, double b) => a * a.Like(b);

    public static Scalar operator *(double a, Scalar b) => b.Like(a) * b;

    public static Scalar operator /(Scalar a, double b) => a / a.Like(b);

    public static Scalar operator /(double a, Scalar b) => b.Like(a) / b;

    public static Scalar operator -(double a, Scalar b) => b.Like(a) - b;

    public static Scalar operator <(Scalar a, double b) => a < a.Like(b);

    public static Scalar operator >(Scalar a, double b) => a > a.Like(b);

    public static Scalar operator <=(Scalar a, double b) => a <= a.Like(b);

    public static Scalar operator >=(Scalar a, double b) => a >= a.Like(b);

    /// <summary>A one-argument operation that keeps the type.</summary>
    public Scalar Unary(ScalarOp op) => Apply.Create(op, Type, this);

    public Scalar Binary(ScalarOp op, Scalar other) => Apply.Create(op, Type, this, other);

    public Scalar Compare(ScalarOp op, Scalar other) => Apply.Create(op, DType.Bool, this, other);

    public Scalar Select(Scalar ifTrue, Scalar ifFalse) => Apply.Create(ScalarOp.Select, ifTrue.Type, this, ifTrue, ifFalse);

    public Scalar Convert(DType type) => type == Type ? this : Apply.Create(ScalarOp.Convert, type, this);

    public Scalar Bitcast(DType type) => type == Type ? this : Apply.Create(ScalarOp.Bitcast, type, this);

    /// <summary>This expression with every node replaced by what <paramref name="replace"/> gives for it; null keeps the node.</summary>
    internal Scalar Rewrite(Func<Scalar, Scalar?> replace) => new Rewriter((node, _) => replace(node)).Visit(this);

    /// <summary>
    /// A <see cref="Rewrite"/> for several expressions, which keeps what they share. <paramref name="replace"/> is also given the rewriting
    /// itself, for parts of the node it replaces.
    /// </summary>
    internal static Func<Scalar, Scalar> Rewriting(Func<Scalar, Func<Scalar, Scalar>, Scalar?> replace) => new Rewriter(replace).Visit;

    sealed class Rewriter(Func<Scalar, Func<Scalar, Scalar>, Scalar?> replace)
    {
        readonly Dictionary<Scalar, Scalar> done = [];

        internal Scalar Visit(Scalar node)
        {
            if (done.TryGetValue(node, out var result))
                return result;
            // A deep chain of thousands of operations must not overflow the stack.
            RuntimeHelpers.EnsureSufficientExecutionStack();
            result =
                replace(node, Visit)
                ?? node switch
                {
                    Element e => e.WithIndex(VisitAll(e.Index)),
                    Apply a => a.WithArguments(VisitAll(a.Arguments)),
                    _ => node,
                };
            return done[node] = result;
        }

        Scalar[] VisitAll(Scalar[] nodes)
        {
            Scalar[]? changed = null;
            for (var i = 0; i < nodes.Length; i++)
            {
                var n = Visit(nodes[i]);
                if (!ReferenceEquals(n, nodes[i]))
                    (changed ??= [.. nodes])[i] = n;
            }
            return changed ?? nodes;
        }
    }
}

/// <summary>A number, held as the bits of its type: a double's, a float's, or an integer.</summary>
public sealed class Constant(DType type, long bits) : Scalar(type)
{
    public long Bits => bits;

    public double Value =>
        Type switch
        {
            DType.Float64 => BitConverter.Int64BitsToDouble(bits),
            DType.Float32 => BitConverter.Int32BitsToSingle((int)bits),
            _ => bits,
        };

    internal static long Encode(DType type, double value) =>
        type switch
        {
            DType.Float64 => BitConverter.DoubleToInt64Bits(value),
            DType.Float32 => BitConverter.SingleToInt32Bits((float)value),
            DType.Bool => value != 0 ? 1 : 0,
            DType.UInt8 => (byte)value,
            DType.UInt32 => (uint)value,
            DType.Int32 => (int)value,
            _ => (long)value,
        };
}

/// <summary>An index variable of the kernel's space.</summary>
public sealed class AxisIndex(int axis) : Scalar(DType.Int64)
{
    public int Position => axis;
}

/// <summary>The element of operand number <paramref name="operand"/> at <paramref name="index"/>, one Int64 expression an axis.</summary>
public sealed class Element(int operand, DType type, Scalar[] index) : Scalar(type)
{
    public int Operand => operand;
    public Scalar[] Index => index;

    internal Element WithIndex(Scalar[] changed) => ReferenceEquals(changed, index) ? this : new(operand, Type, changed);
}

/// <summary>An operation on other expressions.</summary>
public sealed class Apply : Scalar
{
    Apply(ScalarOp op, DType type, Scalar[] arguments)
        : base(type) => (Op, Arguments) = (op, arguments);

    public ScalarOp Op { get; }
    public Scalar[] Arguments { get; }

    internal Scalar WithArguments(Scalar[] changed) => ReferenceEquals(changed, Arguments) ? this : Create(Op, Type, changed);

    internal static Scalar Create(ScalarOp op, DType type, params Scalar[] args) =>
        (type == DType.Int64 ? IndexAlgebra.Simplify(op, args) : null) ?? new Apply(op, type, args);
}
