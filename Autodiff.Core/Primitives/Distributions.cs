namespace Autodiff;

public sealed partial record RandomKey
{
    /// <summary>Uniform numbers in [<paramref name="low"/>, <paramref name="high"/>), by default [0, 1).</summary>
    /// <exception cref="DTypeException">The type is not a float.</exception>
    public NDArray Uniform(Shape shape = default, NDArray? low = null, NDArray? high = null, DType type = DType.Float64)
    {
        var unit = Unit(shape, type);
        if (low is null && high is null)
            return unit;
        low = Ops.AsType(low ?? 0, type);
        high = Ops.AsType(high ?? 1, type);
        // Rounding may fall below the lower bound.
        return Checked(Ops.Maximum(low, unit * (high - low) + low), shape);
    }

    /// <summary>Normal numbers with mean 0 and variance 1.</summary>
    /// <exception cref="DTypeException">The type is not a float.</exception>
    public NDArray Normal(Shape shape = default, DType type = DType.Float64)
    {
        var lowest = type == DType.Float32 ? MathF.BitIncrement(-1) : Math.BitIncrement(-1.0);
        return Math.Sqrt(2) * Ops.ErfInv(Uniform(shape, lowest, 1, type));
    }

    /// <summary>Normal numbers with mean 0 and variance 1, given that they lie between two bounds.</summary>
    /// <exception cref="DTypeException">The type is not a float.</exception>
    public NDArray TruncatedNormal(NDArray lower, NDArray upper, Shape? shape = null, DType type = DType.Float64)
    {
        (lower, upper) = (Ops.AsType(lower.NotNull(), type), Ops.AsType(upper.NotNull(), type));
        var root = Ops.AsType(Math.Sqrt(2), type);
        var of = shape ?? Broadcasting.CommonShape("TruncatedNormal", [lower, upper]);
        var x = root * Ops.ErfInv(Uniform(of, Ops.Erf(lower / root), Ops.Erf(upper / root), type));
        var (first, last) = (Ops.StopGradient(lower), Ops.StopGradient(upper));
        return Ops.Clip(x, Ops.NextAfter(first, double.PositiveInfinity), Ops.NextAfter(last, double.NegativeInfinity));
    }

    /// <summary>Exponentially distributed numbers with mean 1.</summary>
    /// <exception cref="DTypeException">The type is not a float.</exception>
    public NDArray Exponential(Shape shape = default, DType type = DType.Float64) => -Ops.Log1p(-Uniform(shape, type: type));

    /// <summary>Numbers with the standard Gumbel distribution.</summary>
    /// <exception cref="DTypeException">The type is not a float.</exception>
    public NDArray Gumbel(Shape shape = default, DType type = DType.Float64)
    {
        const double SmallestNormal = 2.2250738585072014e-308;
        const float SmallestNormalSingle = 1.17549435e-38f;
        var lowest = type == DType.Float32 ? SmallestNormalSingle : SmallestNormal;
        return -Ops.Log(-Ops.Log(Uniform(shape, lowest, 1, type)));
    }

    /// <summary>Booleans that are true with probability <paramref name="p"/>, of its shape if none is given.</summary>
    public NDArray Bernoulli(NDArray? p = null, Shape? shape = null)
    {
        p = Broadcasting.ToFloat(p ?? 0.5);
        return Checked(Uniform(shape ?? p.Shape, type: p.DType) < p, shape ?? p.Shape);
    }

    /// <summary>
    /// Integers in [<paramref name="low"/>, <paramref name="high"/>); low where that is empty. Every integer is drawn from twice its
    /// bits, so that none is noticeably more likely than another.
    /// </summary>
    /// <exception cref="DTypeException">The type or a bound is not an integer.</exception>
    public NDArray RandInt(Shape shape, NDArray low, NDArray high, DType type = DType.Int64)
    {
        if (low.NotNull().DType.IsFloat | high.NotNull().DType.IsFloat || !type.IsInteger)
            throw new DTypeException(
                $"RandInt needs integers, but got bounds {low.Aval} and {high.Aval} and type {type.ShortName}. Use Uniform for floats."
            );
        var drawn = type == DType.UInt8 ? DType.Int32 : type;
        var (bits, half) = drawn == DType.Int64 ? (DType.Int64, 1L << 32) : (DType.UInt32, 1L << 16);
        var (least, most) = LimitsOf(drawn);
        (low, high) = (Ops.AsType(low, DType.Int64), Ops.AsType(high, DType.Int64));
        // A bound past the type's largest number includes that number.
        var past = high > most;
        low = Ops.AsType(Ops.Clip(low, least, most), drawn);
        high = Ops.AsType(Ops.Clip(high, least, most), drawn);
        var span = Ops.Where(high > low, Ops.Bitcast(high - low, bits), 1);
        span = Ops.Where(past & (high > low), span + 1, span);
        // With m = 2ⁿ mod span, (h·2ⁿ + l) mod span = ((h mod span)·m + l mod span) mod span.
        var (upper, lower) = Split();
        var multiplier = Modulo(half, span);
        multiplier = Modulo(multiplier * multiplier, span);
        var offset = Modulo(upper.Bits(shape, bits), span) * multiplier + Modulo(lower.Bits(shape, bits), span);
        return Checked(Ops.AsType(low + Ops.Bitcast(Modulo(offset, span), drawn), type), shape);
    }

    /// <summary>
    /// Positions along <paramref name="axis"/> drawn with the probabilities whose logarithms are given, up to a common summand. The
    /// result's shape ends with that of the logits without the axis, and is that if none is given.
    /// </summary>
    /// <exception cref="ShapeException">The shape ends otherwise.</exception>
    public NDArray Categorical(NDArray logits, int axis = -1, Shape? shape = null)
    {
        logits = Broadcasting.ToFloat(logits);
        var along = Ops.NormalizeAxis(axis, logits, "Categorical");
        var batch = logits.Shape.Remove(along);
        var result = shape ?? batch;
        var leading = result.Rank - batch.Rank;
        if (Shape.Broadcast(batch, result) != result)
            throw new ShapeException(
                $"Categorical of logits {logits.Aval} along axis {axis} cannot give {result}: it must end with {batch}."
            );
        var noise = Gumbel(result.Insert(leading + along, logits.Shape[along]), logits.DType);
        return Ops.ArgMax(noise + logits, leading + along);
    }

    /// <summary>0, …, <paramref name="n"/> − 1 in random order.</summary>
    public NDArray Permutation(int n) => Shuffle(Ops.Arange(n), 0);

    /// <summary>
    /// The array with its slices along an axis in random order; with <paramref name="independent"/>, every line along the axis in an
    /// order of its own.
    /// </summary>
    public NDArray Permutation(NDArray x, int axis = 0, bool independent = false)
    {
        var along = Ops.NormalizeAxis(axis, x, "Permutation");
        return independent || x.Rank == 1 ? Shuffle(x, along) : Ops.Take(x, Permutation(x.Shape[along]), along);
    }

    /// <summary>
    /// Some of 0, …, <paramref name="n"/> − 1, with equal probabilities or those given; each at most once if not
    /// <paramref name="replace"/>.
    /// </summary>
    /// <exception cref="InvalidArgumentException">There are fewer than are to be drawn.</exception>
    /// <exception cref="ShapeException">There is not one probability for each.</exception>
    public NDArray Choice(int n, Shape shape = default, bool replace = true, NDArray? p = null)
    {
        var draws = checked((int)shape.Size);
        if (draws == 0)
            return Ops.Zeros(shape, DType.Int64);
        if (n <= 0 || (!replace && draws > n))
            throw new InvalidArgumentException($"Cannot choose {draws} of {n}{(replace ? "" : " without replacement")}.");
        if (p is null)
            return replace ? RandInt(shape, 0, n) : Ops.ReshapeTo(Ops.SliceAxis(Permutation(n), 0, 0, draws), shape);
        p = Broadcasting.ToFloat(p);
        if (p.Rank != 1 || p.Shape[0] != n)
            throw new ShapeException($"Choice of {n} needs as many probabilities, but got {p.Aval}.");
        // Without replacement: the first k of the logarithms with Gumbel noise.
        if (!replace)
            return Ops.ReshapeTo(Ops.TopK(Gumbel([n], p.DType) + Ops.Log(p), draws).Indices, shape);
        var total = Ops.CumSum(p);
        var sum = Ops.ReshapeTo(Ops.SliceAxis(total, 0, n - 1, n), Shape.Scalar);
        var level = sum * (1 - Uniform(shape, type: p.DType));
        var passed = total < Ops.ReshapeTo(level, [.. shape, 1]);
        return Ops.Sum(passed, [shape.Rank], keepDims: false);
    }

    /// <summary>
    /// Some of the slices of <paramref name="x"/> along an axis, which <paramref name="shape"/> replaces; see
    /// <see cref="Choice(int, Shape, bool, NDArray?)"/>.
    /// </summary>
    public NDArray Choice(NDArray x, Shape shape = default, bool replace = true, NDArray? p = null, int axis = 0)
    {
        var along = Ops.NormalizeAxis(axis, x, "Choice");
        return Ops.Take(x, Choice(x.Shape[along], shape, replace, p), along);
    }

    // The mantissa is random, the exponent that of [1, 2).
    NDArray Unit(Shape shape, DType type) =>
        type switch
        {
            DType.Float64 => Ops.Bitcast((Bits(shape, DType.Int64) >>> 12) | (1023L << 52), type) - 1,
            DType.Float32 => Ops.Bitcast((Bits(shape) >>> 9) | (127L << 23), type) - 1,
            _ => throw new DTypeException($"A continuous distribution needs a float type, but got {type.ShortName}."),
        };

    // Sorted by fresh random bits, so often that no two elements are likely to have had equal ones each time.
    NDArray Shuffle(NDArray x, int axis)
    {
        var rounds = (int)Math.Ceiling(3 * Math.Log(Math.Max(1, x.Size)) / Math.Log(uint.MaxValue));
        var key = this;
        for (var i = 0; i < rounds; i++)
        {
            (key, var fresh) = key.Split();
            x = new Ops.SortPrimitive(axis, 1, Descending: false).BindAll(fresh.Bits(x.Shape), x)[1];
        }
        return x;
    }

    static NDArray Modulo(NDArray x, NDArray y) => Broadcasting.Apply(new ModuloPrimitive(), x, y);

    static (long Least, long Most) LimitsOf(DType type) =>
        type switch
        {
            DType.UInt32 => (uint.MinValue, uint.MaxValue),
            DType.Int32 => (int.MinValue, int.MaxValue),
            _ => (long.MinValue, long.MaxValue),
        };

    static NDArray Checked(NDArray x, Shape shape) =>
        x.Shape == shape
            ? x
            : throw new ShapeException(
                $"The parameters of a distribution must broadcast to the shape {shape} that was asked for, but they give {x.Aval}."
            );

    /// <summary>The remainder of unsigned integers, of which Int64 holds the bits; x itself where y is 0.</summary>
    sealed record ModuloPrimitive : BinaryElementwise
    {
        protected override Scalar Lower(Scalar x, Scalar y)
        {
            var zero = y.Compare(ScalarOp.Equal, y.Like(0));
            return zero.Select(x, x.Type == DType.Int64 ? Unsigned(x, y) : x % y);
        }

        // Half of x is a signed number, and twice its quotient is one too small at most (Warren, Hacker's Delight, 9-3).
        static Scalar Unsigned(Scalar x, Scalar y)
        {
            var one = Scalar.Constant(1);
            var quotient = (x.Binary(ScalarOp.ShiftRightLogical, one) / y).Binary(ScalarOp.ShiftLeft, one);
            var rest = x - quotient * y;
            var small = (y < Scalar.Constant(0)).Select(x, rest);
            return Below(small, y).Select(small, small - y);
        }

        static Scalar Below(Scalar x, Scalar y)
        {
            var sign = Scalar.Constant(long.MinValue);
            return (x ^ sign) < (y ^ sign);
        }

        protected override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs) => null;
    }
}
