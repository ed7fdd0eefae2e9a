namespace Autodiff;

public static partial class Ops
{
    extension(NDArray)
    {
        public static NDArray operator +(NDArray x, NDArray y) => Add(x, y);

        public static NDArray operator -(NDArray x, NDArray y) => Subtract(x, y);

        public static NDArray operator *(NDArray x, NDArray y) => Multiply(x, y);

        public static NDArray operator /(NDArray x, NDArray y) => Divide(x, y);

        public static NDArray operator -(NDArray x) => Negative(x);

        public static NDArray operator +(NDArray x) => x.NotNull();
    }

    /// <summary>x + y, elementwise.</summary>
    public static NDArray Add(NDArray x, NDArray y) => Broadcasting.Apply(new AddPrimitive(), x, y);

    /// <summary>x − y, elementwise.</summary>
    public static NDArray Subtract(NDArray x, NDArray y) => Broadcasting.Apply(new SubtractPrimitive(), x, y);

    /// <summary>x · y, elementwise.</summary>
    public static NDArray Multiply(NDArray x, NDArray y) => Broadcasting.Apply(new MultiplyPrimitive(), x, y);

    /// <summary>x / y, elementwise; integers give floats, as in NumPy.</summary>
    public static NDArray Divide(NDArray x, NDArray y) => Broadcasting.ApplyFloat(new DividePrimitive(), x, y);

    /// <summary>−x, elementwise.</summary>
    public static NDArray Negative(NDArray x) => new NegativePrimitive().Bind(x);

    internal sealed record AddPrimitive : BinaryElementwise
    {
        public override string Name => "add";
        public override bool Rowwise => true;

        protected override Scalar Lower(Scalar x, Scalar y) => x.Type == DType.Bool ? x | y : x + y;

        protected override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs) => Tangents.Sum(dxs[0], dxs[1]);

        protected override void TransposeSingle(NDArray ct, Operand[] xs, Cotangents into)
        {
            for (var i = 0; i < 2; i++)
                if (xs[i].IsLinear)
                    into.Add(i, ct);
        }
    }

    internal sealed record SubtractPrimitive : BinaryElementwise
    {
        public override string Name => "sub";

        protected override Scalar Lower(Scalar x, Scalar y) => x - y;

        protected override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs) =>
            dxs[1] is { } dy ? (dxs[0] is { } dx ? dx - dy : -dy) : dxs[0];

        protected override void TransposeSingle(NDArray ct, Operand[] xs, Cotangents into)
        {
            if (xs[0].IsLinear)
                into.Add(0, ct);
            if (xs[1].IsLinear)
                into.Add(1, -ct);
        }
    }

    internal sealed record MultiplyPrimitive : BinaryElementwise
    {
        public override string Name => "mul";

        protected override Scalar Lower(Scalar x, Scalar y) => x.Type == DType.Bool ? x & y : x * y;

        protected override NDArray DerivativeX(NDArray x, NDArray y, NDArray z) => y;

        protected override NDArray DerivativeY(NDArray x, NDArray y, NDArray z) => x;

        protected override void TransposeSingle(NDArray ct, Operand[] xs, Cotangents into)
        {
            if (xs[0].IsLinear)
                into.Add(0, ct * xs[1].Known);
            else
                into.Add(1, ct * xs[0].Known);
        }
    }

    internal sealed record DividePrimitive : BinaryElementwise
    {
        public override string Name => "div";

        protected override Scalar Lower(Scalar x, Scalar y) => x / y;

        // d(x/y) = dx/y − dy·z/y
        protected override NDArray? JvpSingle(NDArray[] xs, NDArray z, NDArray?[] dxs) =>
            Tangents.Sum(dxs[0] is { } dx ? dx / xs[1] : null, dxs[1] is { } dy ? dy * -(z / xs[1]) : null);

        protected override void TransposeSingle(NDArray ct, Operand[] xs, Cotangents into) => into.Add(0, ct / xs[1].Known);
    }

    internal sealed record NegativePrimitive : UnaryElementwise
    {
        public override string Name => "neg";
        public override bool Rowwise => true;

        protected override DType InferElement(Aval[] xs) =>
            xs[0].DType != DType.Bool
                ? xs[0].DType
                : throw new DTypeException("A boolean has no negative. Use LogicalNot, or convert it to a number.");

        protected override Scalar Lower(Scalar x) => -x;

        protected override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs) => dxs[0] is { } dx ? -dx : null;

        protected override void TransposeSingle(NDArray ct, Operand[] xs, Cotangents into) => into.Add(0, -ct);
    }
}
