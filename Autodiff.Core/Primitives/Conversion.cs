namespace Autodiff;

public static partial class Ops
{
    /// <summary>
    /// The array in element type <paramref name="type"/>. Floats truncate towards zero and saturate when they become integers; NaN becomes 0.
    /// </summary>
    public static NDArray AsType(NDArray x, DType type) => ConvertTo(x.NotNull(), type, weak: false);

    /// <summary>The same bits read as another element type of the same size.</summary>
    /// <exception cref="DTypeException">The sizes differ.</exception>
    public static NDArray Bitcast(NDArray x, DType type) => x.NotNull().DType == type ? x : new BitcastPrimitive(type).Bind(x);

    internal static NDArray ConvertTo(NDArray x, DType type, bool weak)
    {
        if (x.DType == type && x.Aval.Weak == weak)
            return x;
        // A literal changes its type before it enters a program.
        if (x is ConcreteArray { IsLiteral: true, Rank: 0 } literal)
        {
            var converted = ConcreteArray.Literal(new Aval(type, Shape.Scalar, weak));
            if (literal.DType == DType.Int64 && type == DType.Int64)
                converted.Ref<long>(0) = literal.Ref<long>(0);
            else if (type is DType.UInt8 or DType.UInt32 or DType.Int32 && literal.DType == DType.Int64)
                converted.StoreInteger(0, literal.Ref<long>(0));
            else
                converted.Store(0, literal.Load(0));
            return converted;
        }
        if (x.DType == type && x is ConcreteArray array)
            return array.As(x.Aval with { Weak = weak });
        return new ConvertPrimitive(type, weak).Bind(x);
    }

    /// <summary>Likewise of an operand beside an array of the type, which must hold it if it is an integer written in C#.</summary>
    /// <exception cref="DTypeException">It does not.</exception>
    internal static NDArray Adapt(NDArray x, DType type, bool weak = false)
    {
        if (
            x is ConcreteArray { IsLiteral: true, Aval: { Weak: true, DType: DType.Int64, Rank: 0 } } number
            && type.RangeOfNarrow is var (least, most)
        )
            if (number.Ref<long>(0) is var value && (value < least || value > most))
                throw new DTypeException(
                    $"The number {value} does not fit the {type.ShortName} of the array beside it, which holds {least} to {most}. "
                        + "Convert the array to a wider type, or the number with AsType, which wraps around."
                );
        return ConvertTo(x, type, weak);
    }

    internal sealed record ConvertPrimitive(DType Type, bool Weak = false) : UnaryElementwise
    {
        public override bool Rowwise => true;

        protected override DType InferElement(Aval[] xs) => Type;

        protected override Aval InferSingle(Aval[] xs) => new(Type, xs[0].Shape, Weak);

        protected override Scalar Lower(Scalar x) => x.Convert(Type);

        protected override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs) =>
            dxs[0] is { } dx && Type.IsFloat ? Bind(dx) : null;

        protected override void TransposeSingle(NDArray ct, Operand[] xs, Cotangents into) =>
            into.Add(0, ConvertTo(ct, xs[0].Aval.DType, false));
    }

    internal sealed record BitcastPrimitive(DType Type) : UnaryElementwise
    {
        protected override DType InferElement(Aval[] xs) =>
            xs[0].DType.Size == Type.Size
                ? Type
                : throw new DTypeException(
                    $"Bitcast needs types of one size, but {xs[0].DType.ShortName} has {xs[0].DType.Size} bytes and {Type.ShortName} has {Type.Size}."
                );

        protected override Scalar Lower(Scalar x) => x.Bitcast(Type);

        protected override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs) => null;
    }
}

public abstract partial class NDArray
{
    /// <inheritdoc cref="Ops.AsType"/>
    public NDArray AsType(DType type) => Ops.AsType(this, type);
}
