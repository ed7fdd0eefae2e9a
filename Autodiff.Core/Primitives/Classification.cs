namespace Autodiff;

public static partial class Ops
{
    /// <summary>Whether x is NaN, elementwise.</summary>
    public static NDArray IsNaN(NDArray x) => NotEqual(x, x);

    /// <summary>Whether x is ∞ or −∞, elementwise.</summary>
    public static NDArray IsInf(NDArray x) => Equal(Fabs(x), double.PositiveInfinity);

    /// <summary>Whether x is ∞, elementwise.</summary>
    public static NDArray IsPosInf(NDArray x) => Equal(Broadcasting.ToFloat(x), double.PositiveInfinity);

    /// <summary>Whether x is −∞, elementwise.</summary>
    public static NDArray IsNegInf(NDArray x) => Equal(Broadcasting.ToFloat(x), double.NegativeInfinity);

    /// <summary>Whether x is neither infinite nor NaN, elementwise.</summary>
    public static NDArray IsFinite(NDArray x) => new IsFinitePrimitive().Bind(x);

    /// <summary>
    /// x with NaN replaced by <paramref name="nan"/> and infinities by <paramref name="posInf"/> and <paramref name="negInf"/>: by
    /// default the largest and the lowest number of the type.
    /// </summary>
    public static NDArray NanToNum(NDArray x, double nan = 0, double? posInf = null, double? negInf = null)
    {
        if (!x.NotNull().DType.IsFloat)
            return x;
        var largest = x.DType == DType.Float32 ? float.MaxValue : double.MaxValue;
        x = Where(IsNaN(x), nan, x);
        x = Where(IsPosInf(x), posInf ?? largest, x);
        return Where(IsNegInf(x), negInf ?? -largest, x);
    }

    /// <summary>x, elementwise, through which no derivative flows.</summary>
    public static NDArray StopGradient(NDArray x) => new StopGradientPrimitive().Bind(x);

    /// <summary>
    /// 0 where x is negative, 1 where it is positive, <paramref name="atZero"/> where it is 0, elementwise; NaN where it is NaN.
    /// </summary>
    public static NDArray Heaviside(NDArray x, NDArray atZero)
    {
        var operands = Broadcasting.PromoteFloat(x, atZero);
        x = operands[0];
        return Where(x < 0, 0, Where(x > 0, 1, Where(Equal(x, 0), operands[1], double.NaN)));
    }

    /// <summary>The magnitude of x with the sign of y, elementwise; zeros and NaN have signs too.</summary>
    public static NDArray Copysign(NDArray x, NDArray y)
    {
        var magnitude = Fabs(x);
        return Where(Signbit(y.NotNull()), -magnitude, magnitude);
    }

    /// <summary>Whether x has a minus sign, elementwise; zeros and NaN have signs too.</summary>
    public static NDArray Signbit(NDArray x) => new SignbitPrimitive().Bind(x);

    /// <summary>The next number after x towards y, elementwise.</summary>
    public static NDArray NextAfter(NDArray x, NDArray y) => Broadcasting.ApplyFloat(new NextAfterPrimitive(), x, y);

    internal sealed record IsFinitePrimitive : StepFunction
    {
        protected override DType InferElement(Aval[] xs) => DType.Bool;

        protected override Scalar Lower(Scalar x) =>
            x.Type.IsFloat ? x.Unary(ScalarOp.Abs) < double.PositiveInfinity : Scalar.Constant(DType.Bool, 1);
    }

    internal sealed record StopGradientPrimitive : StepFunction
    {
        public override Value[] Emit(ProgramBuilder builder, Value[] inputs) => [builder.Alias(inputs[0], inputs[0].Type)];

        protected override DType InferElement(Aval[] xs) => xs[0].DType;

        protected override Scalar Lower(Scalar x) => x;
    }

    internal sealed record SignbitPrimitive : StepFunction
    {
        protected override DType InferElement(Aval[] xs) => DType.Bool;

        protected override Scalar Lower(Scalar x) => SignBits.Of(x);
    }

    internal sealed record NextAfterPrimitive : BinaryElementwise
    {
        public override string Name => "nextafter";

        // The bits of floats of one sign are ordered as the floats are.
        protected override Scalar Lower(Scalar x, Scalar y)
        {
            var type = SignBits.IntegerOf(x.Type);
            var bits = x.Bitcast(type);
            var towardsZero = SignBits.Of(x) ^ (y < x);
            var next = towardsZero.Select(bits - 1, bits + 1).Bitcast(x.Type);
            var smallest = SignBits.Copy(bits.Like(1).Bitcast(x.Type), y);
            next = x.Compare(ScalarOp.Equal, x.Like(0)).Select(smallest, next);
            next = x.Compare(ScalarOp.Equal, y).Select(y, next);
            var ordered = x.Compare(ScalarOp.Equal, x) & y.Compare(ScalarOp.Equal, y);
            return ordered.Select(next, x + y);
        }

        protected override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs) => null;
    }
}

/// <summary>The signs of numbers, zeros and NaN included.</summary>
static class SignBits
{
    /// <summary>Whether there is a minus sign.</summary>
    internal static Scalar Of(Scalar x) =>
        x.Type.IsFloat ? x.Bitcast(IntegerOf(x.Type)) < 0
        : x.Type.IsUnsigned || x.Type == DType.Bool ? Scalar.Constant(DType.Bool, 0)
        : x < 0;

    /// <summary>A number that is not negative, with the sign of another.</summary>
    internal static Scalar Copy(Scalar magnitude, Scalar sign) => Of(sign).Select(-magnitude, magnitude);

    /// <summary>The signed integer type of the size of a float's.</summary>
    internal static DType IntegerOf(DType type) => type == DType.Float64 ? DType.Int64 : DType.Int32;
}
