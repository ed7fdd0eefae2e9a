namespace Autodiff;

public static partial class Ops
{
    extension(NDArray)
    {
        public static NDArray operator &(NDArray x, NDArray y) => BitwiseAnd(x, y);

        public static NDArray operator |(NDArray x, NDArray y) => BitwiseOr(x, y);

        /// <summary>Lets a comparison stand where C# wants a condition.</summary>
        /// <exception cref="ShapeException">The array is not a scalar.</exception>
        /// <exception cref="ConcretizationException">The truth value is not known while a function is traced.</exception>
        public static bool operator true(NDArray x) => (bool)x;

        /// <summary>The opposite.</summary>
        /// <exception cref="ShapeException">The array is not a scalar.</exception>
        /// <exception cref="ConcretizationException">The truth value is not known while a function is traced.</exception>
        public static bool operator false(NDArray x) => !(bool)x;

        public static NDArray operator ^(NDArray x, NDArray y) => BitwiseXor(x, y);

        public static NDArray operator !(NDArray x) => LogicalNot(x);

        public static NDArray operator ~(NDArray x) => BitwiseNot(x);

        public static NDArray operator <<(NDArray x, NDArray count) => LeftShift(x, count);

        public static NDArray operator >>(NDArray x, NDArray count) => RightShift(x, count);

        /// <summary>A shift that fills with zeros also where the elements are signed.</summary>
        public static NDArray operator >>>(NDArray x, NDArray count) => Broadcasting.Apply(new ShiftRightLogicalPrimitive(), x, count);
    }

    /// <summary>Whether both are true (not zero), elementwise.</summary>
    public static NDArray LogicalAnd(NDArray x, NDArray y) => BitwiseAnd(Truth(x), Truth(y));

    /// <summary>Whether either is true (not zero), elementwise.</summary>
    public static NDArray LogicalOr(NDArray x, NDArray y) => BitwiseOr(Truth(x), Truth(y));

    /// <summary>Whether one is true (not zero) and the other is not, elementwise.</summary>
    public static NDArray LogicalXor(NDArray x, NDArray y) => BitwiseXor(Truth(x), Truth(y));

    /// <summary>Whether x is false (zero), elementwise.</summary>
    public static NDArray LogicalNot(NDArray x) => x.NotNull().DType == DType.Bool ? new NotPrimitive().Bind(x) : Equal(x, 0);

    /// <summary>The bits that both have, elementwise; of booleans, whether both are true.</summary>
    /// <exception cref="DTypeException">The elements are floats.</exception>
    public static NDArray BitwiseAnd(NDArray x, NDArray y) => Broadcasting.Apply(new AndPrimitive(), x, y);

    /// <summary>The bits that either has, elementwise; of booleans, whether either is true.</summary>
    /// <exception cref="DTypeException">The elements are floats.</exception>
    public static NDArray BitwiseOr(NDArray x, NDArray y) => Broadcasting.Apply(new OrPrimitive(), x, y);

    /// <summary>The bits in which they differ, elementwise; of booleans, whether they differ.</summary>
    /// <exception cref="DTypeException">The elements are floats.</exception>
    public static NDArray BitwiseXor(NDArray x, NDArray y) => Broadcasting.Apply(new XorPrimitive(), x, y);

    /// <summary>All bits reversed, elementwise; of booleans, the opposite.</summary>
    /// <exception cref="DTypeException">The elements are floats.</exception>
    public static NDArray BitwiseNot(NDArray x) => new NotPrimitive().Bind(x);

    /// <summary>x · 2ⁿ for n = <paramref name="count"/>, elementwise; what leaves the type is lost.</summary>
    /// <exception cref="DTypeException">The elements are not integers.</exception>
    public static NDArray LeftShift(NDArray x, NDArray count) => Broadcasting.Apply(new ShiftLeftPrimitive(), x, count);

    /// <summary>⌊x / 2ⁿ⌋ for n = <paramref name="count"/>, elementwise: signed elements keep their sign.</summary>
    /// <exception cref="DTypeException">The elements are not integers.</exception>
    public static NDArray RightShift(NDArray x, NDArray count)
    {
        var operands = Broadcasting.Promote(x, count);
        BinaryElementwise shift = operands[0].DType.IsUnsigned ? new ShiftRightLogicalPrimitive() : new ShiftRightArithmeticPrimitive();
        return Broadcasting.Bind(shift, operands);
    }

    static DType RequireBits(string name, Aval[] xs, DType type) =>
        type.IsInteger || type == DType.Bool
            ? type
            : throw new DTypeException($"'{name}' needs integers or booleans, but got {xs[0]}. Compare it or convert it first.");

    static DType RequireIntegers(string name, Aval[] xs, DType type) =>
        type.IsInteger ? type : throw new DTypeException($"'{name}' needs integers, but got {xs[0]}. Convert it first.");

    internal abstract record Bitwise : BinaryElementwise
    {
        protected override DType InferElement(Aval[] xs) => RequireBits(Name, xs, base.InferElement(xs));

        protected sealed override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs) => null;
    }

    internal sealed record AndPrimitive : Bitwise
    {
        protected override Scalar Lower(Scalar x, Scalar y) => x & y;
    }

    internal sealed record OrPrimitive : Bitwise
    {
        protected override Scalar Lower(Scalar x, Scalar y) => x | y;
    }

    internal sealed record XorPrimitive : Bitwise
    {
        protected override Scalar Lower(Scalar x, Scalar y) => x ^ y;
    }

    internal sealed record NotPrimitive : StepFunction
    {
        protected override DType InferElement(Aval[] xs) => RequireBits(Name, xs, xs[0].DType);

        protected override Scalar Lower(Scalar x) => !x;
    }

    internal abstract record Shift : Bitwise
    {
        protected sealed override DType InferElement(Aval[] xs) => RequireIntegers(Name, xs, base.InferElement(xs));
    }

    internal sealed record ShiftLeftPrimitive : Shift
    {
        protected override Scalar Lower(Scalar x, Scalar y) => x.Binary(ScalarOp.ShiftLeft, y);
    }

    internal sealed record ShiftRightLogicalPrimitive : Shift
    {
        protected override Scalar Lower(Scalar x, Scalar y) => x.Binary(ScalarOp.ShiftRightLogical, y);
    }

    internal sealed record ShiftRightArithmeticPrimitive : Shift
    {
        protected override Scalar Lower(Scalar x, Scalar y) => x.Binary(ScalarOp.ShiftRightArithmetic, y);
    }
}
