namespace Autodiff;

/// <summary>
/// The state from which random numbers are drawn: a value that is split, not advanced, so a program draws the same numbers whatever its
/// order, its batching and its compilation. One key gives the same numbers each time: split it, and use each part once. It is JAX's
/// threefry key, and every number is JAX's bit for bit (in its 64-bit mode and "partitionable" layout), but for the last place of
/// elementary functions.
/// </summary>
/// <remarks>A tree with one leaf. Several keys in one, as <see cref="Split(int)"/> gives them, are for Vmap and Scan.</remarks>
public sealed partial record RandomKey : IPyTree<RandomKey>
{
    /// <summary>The key of a seed.</summary>
    public RandomKey(long seed)
        : this(ConcreteArray.Create<uint>(new Aval(DType.UInt32, [2]), [(uint)(seed >>> 32), (uint)seed])) { }

    RandomKey(NDArray data) => Data = data;

    /// <summary>The two UInt32 words of the key, in the last axis.</summary>
    public NDArray Data { get; }

    /// <summary>The key with these words.</summary>
    /// <exception cref="ShapeException">They are not UInt32, or the last axis does not have two.</exception>
    public static RandomKey FromData(NDArray data) =>
        data.NotNull().DType == DType.UInt32 && data.Rank > 0 && data.Shape[data.Rank - 1] == 2
            ? new(data)
            : throw new ShapeException($"A random key is made of UInt32 words, two in the last axis, but got {data.Aval}.");

    /// <summary>The number of keys in this, if it is several.</summary>
    public int Length => Data.Rank > 1 ? Data.Length : throw new ShapeException("This is one random key; Split(n) gives several.");

    /// <summary>One of several keys.</summary>
    public RandomKey this[int index] =>
        index >= 0 && index < Length
            ? new(Ops.ReshapeTo(Ops.SliceAxis(Data, 0, index, index + 1), Data.Shape.Tail))
            : throw new IndexingException($"There is no random key {index} among {Length}.");

    /// <summary>Two new keys.</summary>
    public (RandomKey, RandomKey) Split()
    {
        var keys = Split(2);
        return (keys[0], keys[1]);
    }

    /// <summary>As many new keys, along a new first axis.</summary>
    public RandomKey Split(int count) => new(Words(Draw(DType.Int64, [count])));

    /// <summary>A new key for an integer, of which the lowest 32 bits count.</summary>
    public RandomKey FoldIn(NDArray data) =>
        new(Words(Draw(DType.Int64, Shape.Scalar, Ops.AsType(data.NotNull(), DType.Int64) & uint.MaxValue)));

    /// <summary>Random bits: an integer of <paramref name="type"/> (signed ones may be negative) with every bit random.</summary>
    /// <exception cref="DTypeException">The type is not an integer.</exception>
    public NDArray Bits(Shape shape = default, DType type = DType.UInt32) =>
        type switch
        {
            DType.Int64 or DType.UInt32 => Draw(type, shape),
            DType.Int32 => Ops.Bitcast(Draw(DType.UInt32, shape), type),
            DType.UInt8 => Ops.AsType(Draw(DType.UInt32, shape) & byte.MaxValue, type),
            _ => throw new DTypeException($"Random bits are integers, but {type.ShortName} was asked for. Use Uniform or Bernoulli."),
        };

    public override string ToString() => $"RandomKey({Data})";

    static void IPyTree<RandomKey>.Flatten(RandomKey value, TreeWriter writer) => writer.Write("", value.Data);

    static RandomKey IPyTree<RandomKey>.Unflatten(TreeReader reader) => new(reader.Read<NDArray>());

    NDArray Draw(DType type, Shape shape, NDArray? start = null)
    {
        if (Data.Rank != 1)
            throw new ShapeException(
                $"Numbers are drawn from one random key, but this is several: {Data.Aval}. Index it, or map over it with Vmap."
            );
        return new RandomBitsPrimitive(type, shape).Bind(Data, start ?? Ops.Strong(0));
    }

    // The high and the low half of 64 bits, along a new last axis.
    static NDArray Words(NDArray bits) =>
        Ops.Stack([Ops.AsType(bits >>> 32, DType.UInt32), Ops.AsType(bits & uint.MaxValue, DType.UInt32)], axis: -1);
}

/// <summary>
/// The threefry hash of the positions start, start + 1, … in an array of <paramref name="Shape"/>: all 64 bits as an Int64, or the
/// exclusive or of the halves as a UInt32. Operands: the key, UInt32 of shape B + [2], and start, Int64 of shape B; the result is of
/// shape B + Shape.
/// </summary>
sealed record RandomBitsPrimitive(DType Type, Shape Shape) : SingleResult
{
    protected override Aval InferSingle(Aval[] xs) => new(Type, xs[1].Shape.Concat(Shape));

    public override Lowered Lower(Aval[] xs)
    {
        var result = InferSingle(xs);
        var index = Kernel.Indices(result.Rank);
        var batch = index[..xs[1].Rank];
        Scalar counter = new Element(1, DType.Int64, batch);
        var strides = Shape.Strides();
        for (var i = 0; i < strides.Length; i++)
            counter += index[batch.Length + i] * Scalar.Constant(strides[i]);
        Scalar Key(int word) => new Element(0, DType.UInt32, [.. batch, Scalar.Constant(word)]);
        var (high, low) = ThreefryExpression.Hash(Key(0), Key(1), Upper(counter), Lower(counter));
        var bits =
            Type == DType.UInt32 ? high ^ low : high.Convert(DType.Int64).Binary(ScalarOp.ShiftLeft, HalfWidth) | low.Convert(DType.Int64);
        return Kernel.Map(result, bits);
    }

    static Scalar HalfWidth => Scalar.Constant(32);

    static Scalar Upper(Scalar x) => x.Binary(ScalarOp.ShiftRightLogical, HalfWidth).Convert(DType.UInt32);

    static Scalar Lower(Scalar x) => (x & Scalar.Constant(uint.MaxValue)).Convert(DType.UInt32);

    protected override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs) => null;

    protected override Batched BatchSingle(int size, Batched[] xs) => new(Bind(xs[0].Materialize(size), xs[1].Materialize(size)), true);
}
