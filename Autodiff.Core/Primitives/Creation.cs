namespace Autodiff;

public static partial class Ops
{
    /// <summary>An array of zeros, Float64.</summary>
    public static NDArray Zeros(params ReadOnlySpan<int> shape) => Full(Shape.Create(shape), 0, DType.Float64);

    /// <summary>An array of zeros.</summary>
    public static NDArray Zeros(Shape shape, DType type) => Full(shape, 0, type);

    /// <summary>An array of ones, Float64.</summary>
    public static NDArray Ones(params ReadOnlySpan<int> shape) => Full(Shape.Create(shape), 1, DType.Float64);

    /// <summary>An array of ones.</summary>
    public static NDArray Ones(Shape shape, DType type) => Full(shape, 1, type);

    /// <summary>An array of <paramref name="value"/>, in its type.</summary>
    public static NDArray Full(Shape shape, NDArray value) => BroadcastTo(ConvertTo(value.NotNull(), value.DType, false), shape);

    /// <summary>An array of <paramref name="value"/>.</summary>
    public static NDArray Full(Shape shape, NDArray value, DType type) => BroadcastTo(Adapt(value.NotNull(), type), shape);

    /// <summary>Zeros of the shape and type of <paramref name="x"/>.</summary>
    public static NDArray ZerosLike(NDArray x) => Full(x.NotNull().Shape, 0, x.DType);

    /// <summary>Ones of the shape and type of <paramref name="x"/>.</summary>
    public static NDArray OnesLike(NDArray x) => Full(x.NotNull().Shape, 1, x.DType);

    /// <summary><paramref name="value"/> in the shape and type of <paramref name="x"/>.</summary>
    public static NDArray FullLike(NDArray x, NDArray value) => Full(x.NotNull().Shape, value, x.DType);

    /// <summary>The same values in memory of their own, which stays when <paramref name="x"/> is donated or disposed of. A traced value is its own copy.</summary>
    /// <exception cref="ReleasedArrayException">The array was donated or disposed of already.</exception>
    public static NDArray Copy(NDArray x) => x.NotNull() is ConcreteArray array ? array.Copy() : x;

    /// <summary>0, 1, …, stop − 1 as Int64. Lazy: in a program it is an iota that fuses into its consumers.</summary>
    public static NDArray Arange(long stop) => Arange(0, stop);

    /// <summary>start, start + step, … up to but without stop, as Int64. Lazy: in a program it is an iota that fuses into its consumers.</summary>
    /// <exception cref="InvalidArgumentException">The step is 0.</exception>
    public static NDArray Arange(long start, long stop, long step = 1)
    {
        if (step == 0)
            throw new InvalidArgumentException("Arange needs a step other than 0.");
        var count = Math.Max(0, (stop - start + step - Math.Sign(step)) / step);
        var iota = Iota(DType.Int64, [checked((int)count)], 0);
        if (step != 1)
            iota *= Strong(step);
        return start == 0 ? iota : iota + Strong(start);
    }

    /// <summary>start, start + step, … up to but without stop, as Float64; element i is start + i·step.</summary>
    /// <exception cref="InvalidArgumentException">The step is 0 or not a number.</exception>
    public static NDArray Arange(double start, double stop, double step = 1)
    {
        if (step == 0 || !double.IsFinite(step))
            throw new InvalidArgumentException($"Arange needs a finite step other than 0, but got {step}.");
        var count = (int)Math.Max(0, Math.Ceiling((stop - start) / step));
        return Iota(DType.Float64, [count], 0) * step + start;
    }

    /// <summary>The position along <paramref name="axis"/>, in an array of <paramref name="shape"/>.</summary>
    public static NDArray Iota(DType type, Shape shape, int axis) => new IotaPrimitive(type, shape, axis).Bind();

    internal static ConcreteArray Strong(long value)
    {
        var literal = ConcreteArray.Literal(new Aval(DType.Int64, Shape.Scalar));
        literal.Ref<long>(0) = value;
        return literal;
    }

    /// <summary>A zero of any type, tapes included.</summary>
    internal static NDArray ZerosOf(Aval aval) =>
        aval.Tape > 0 ? new EmptyTapePrimitive(aval with { Weak = false }).Bind() : Full(aval.Shape, 0, aval.DType);

    internal sealed record IotaPrimitive(DType Type, Shape Shape, int Axis) : SingleResult
    {
        protected override Aval InferSingle(Aval[] xs) => new(Type, Shape);

        public override Lowered Lower(Aval[] xs) => Kernel.Map(new(Type, Shape), Scalar.Axis(Axis).Convert(Type));

        protected override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs) => null;

        protected override Batched BatchSingle(int size, Batched[] xs) => new(Bind(), false);
    }

    internal sealed record EmptyTapePrimitive(Aval Type) : SingleResult
    {
        protected override Aval InferSingle(Aval[] xs) => Type;

        public override Lowered Lower(Aval[] xs) => throw new NotSupportedException("A tape is not a kernel's; see Emit.");

        public override Value[] Emit(ProgramBuilder builder, Value[] inputs) => [builder.EmptyTape(Type)];

        protected override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs) => null;

        protected override Batched BatchSingle(int size, Batched[] xs) => new(Bind(), false);
    }
}
