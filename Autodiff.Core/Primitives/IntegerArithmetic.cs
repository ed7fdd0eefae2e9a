namespace Autodiff;

public static partial class Ops
{
    extension(NDArray)
    {
        /// <summary><see cref="Remainder"/>: the sign of the divisor, as in NumPy and unlike C#'s numbers.</summary>
        public static NDArray operator %(NDArray x, NDArray y) => Remainder(x, y);
    }

    /// <summary>⌊x / y⌋, elementwise; an integer divided by 0 gives 0.</summary>
    public static NDArray FloorDivide(NDArray x, NDArray y) => Broadcasting.Apply(new FloorDividePrimitive(), Integral(x), Integral(y));

    /// <summary>x − y⌊x / y⌋, elementwise: the sign of the divisor, as Python's %.</summary>
    public static NDArray Remainder(NDArray x, NDArray y) => Broadcasting.Apply(new RemainderPrimitive(), Integral(x), Integral(y));

    /// <inheritdoc cref="Remainder"/>
    public static NDArray Mod(NDArray x, NDArray y) => Remainder(x, y);

    /// <summary>The remainder of the quotient truncated towards 0, elementwise: the sign of the dividend, as C's fmod.</summary>
    public static NDArray Fmod(NDArray x, NDArray y) => Broadcasting.Apply(new RemPrimitive(), Integral(x), Integral(y));

    /// <summary><see cref="FloorDivide"/> and <see cref="Remainder"/>.</summary>
    public static (NDArray Quotient, NDArray Remainder) Divmod(NDArray x, NDArray y) => (FloorDivide(x, y), Remainder(x, y));

    internal sealed record RemPrimitive : BinaryElementwise
    {
        protected override Scalar Lower(Scalar x, Scalar y) => x % y;

        protected override NDArray? JvpSingle(NDArray[] xs, NDArray z, NDArray?[] dxs) =>
            Tangents.Sum(dxs[0], dxs[1] is { } dy ? dy * -Trunc(xs[0] / xs[1]) : null);
    }

    internal sealed record RemainderPrimitive : BinaryElementwise
    {
        protected override Scalar Lower(Scalar x, Scalar y)
        {
            var rest = x % y;
            return OtherSign(rest, y) is { } other ? other.Select(rest + y, rest) : rest;
        }

        /// <summary>Whether a remainder is not 0 and has another sign than the divisor; null where there are no signs.</summary>
        internal static Scalar? OtherSign(Scalar rest, Scalar divisor) =>
            rest.Type.IsUnsigned ? null : rest.Compare(ScalarOp.NotEqual, rest.Like(0)) & ((rest < 0) ^ (divisor < 0));

        protected override NDArray? JvpSingle(NDArray[] xs, NDArray z, NDArray?[] dxs) =>
            Tangents.Sum(dxs[0], dxs[1] is { } dy ? dy * -FloorDivide(xs[0], xs[1]) : null);
    }

    internal sealed record FloorDividePrimitive : BinaryElementwise
    {
        protected override Scalar Lower(Scalar x, Scalar y)
        {
            if (x.Type.IsInteger)
                return RemainderPrimitive.OtherSign(x % y, y) is { } below
                    ? below.Select(x / y - 1, x / y) // an Int64 quotient rounds towards 0
                    : x / y;
            // Subtracting the remainder first makes the quotient whole but for its rounding; Python does so too.
            var rest = x % y;
            var quotient = (x - rest) / y;
            quotient = RemainderPrimitive.OtherSign(rest, y)!.Select(quotient - 1, quotient).Unary(ScalarOp.Round);
            return y.Compare(ScalarOp.Equal, y.Like(0)).Select(x / y, quotient);
        }

        protected override NDArray? JvpSingle(NDArray[] xs, NDArray z, NDArray?[] dxs) => null;
    }
}
