using System.Runtime.CompilerServices;

namespace Autodiff;

public static partial class Ops
{
    /// <summary>The same elements, in the same row-major order, under another shape. One size may be −1: it is what remains.</summary>
    /// <exception cref="ShapeException">The numbers of elements differ.</exception>
    public static NDArray Reshape(NDArray x, params ReadOnlySpan<int> shape)
    {
        x.NotNull();
        var dims = shape.ToArray();
        var unknown = Array.IndexOf(dims, -1);
        if (unknown >= 0)
        {
            var rest = dims.Where((_, i) => i != unknown).Aggregate(1L, (a, b) => a * b);
            dims[unknown] = rest > 0 && x.Size % rest == 0 ? (int)(x.Size / rest) : throw CannotReshape(x, shape.ToArray());
        }
        return ReshapeTo(x, Shape.Create(dims));
    }

    internal static NDArray ReshapeTo(NDArray x, Shape shape)
    {
        if (x.Shape == shape)
            return x;
        return shape.Size == x.Size ? new ReshapePrimitive(shape).Bind(x) : throw CannotReshape(x, shape.Dims.ToArray());
    }

    static ShapeException CannotReshape(NDArray x, int[] shape) =>
        new($"Cannot reshape {x.Aval}, which has {x.Size} elements, to [{string.Join(",", shape)}].");

    /// <summary>The array with its axes in the order <paramref name="axes"/>; reversed if none is given.</summary>
    /// <exception cref="ShapeException">It is not a permutation of the axes.</exception>
    public static NDArray Transpose(NDArray x, params ReadOnlySpan<int> axes)
    {
        x.NotNull();
        var order = axes.IsEmpty ? [.. Enumerable.Range(0, x.Rank).Reverse()] : axes.ToArray();
        for (var i = 0; i < order.Length; i++)
            order[i] = NormalizeAxis(order[i], x, "Transpose");
        if (order.Length != x.Rank || order.Distinct().Count() != x.Rank)
            throw new ShapeException(
                $"Transpose of {x.Aval} needs a permutation of its {x.Rank} axes, but got [{string.Join(",", axes.ToArray())}]."
            );
        return order.Select((a, i) => a == i).All(same => same) ? x : new TransposePrimitive([.. order]).Bind(x);
    }

    /// <summary>The array repeated along new leading axes, and along axes of size 1, to <paramref name="shape"/>.</summary>
    /// <exception cref="ShapeException">The shape of <paramref name="x"/> does not broadcast to it.</exception>
    public static NDArray BroadcastTo(NDArray x, Shape shape)
    {
        if (x.NotNull().Shape == shape)
            return x;
        if (Shape.Broadcast(x.Shape, shape) != shape)
            throw new ShapeException($"Cannot broadcast {x.Aval} to {shape}: axes, counted from the last, must be equal or 1.");
        return BroadcastInDim(x, shape, [.. Enumerable.Range(shape.Rank - x.Rank, x.Rank)]);
    }

    /// <summary>The array repeated to <paramref name="shape"/>, with its axis i as the result's axis <paramref name="axes"/>[i].</summary>
    internal static NDArray BroadcastInDim(NDArray x, Shape shape, ValueList<int> axes) =>
        x.Aval.Tape == 0 && x.Shape == shape ? x : new BroadcastPrimitive(shape, axes).Bind(x);

    /// <summary>The array repeated along a new first axis.</summary>
    internal static NDArray BroadcastNew(NDArray x, int size) => BroadcastInDim(x, x.Shape.Prepend(size), [.. Enumerable.Range(1, x.Rank)]);

    internal static NDArray Materialize(this Batched x, int size) => x.IsBatched ? x.Value : BroadcastNew(x.Value, size);

    /// <summary>The elements along some axes in reverse order; along all if none is given.</summary>
    public static NDArray Flip(NDArray x, params ReadOnlySpan<int> axis)
    {
        var reversed = NormalizeAxes(axis, x, "Flip");
        return reversed.Count == 0 ? x : new ReversePrimitive(reversed).Bind(x);
    }

    /// <summary>
    /// Elements start, start + stride, … up to but without limit, on each axis. Bounds are in range and strides positive; indexing is the friendly form.
    /// </summary>
    internal static NDArray StaticSlice(NDArray x, ValueList<int> starts, ValueList<int> limits, ValueList<int> strides)
    {
        var whole = Enumerable.Range(0, x.Rank).All(i => starts[i] == 0 && limits[i] == x.Shape[i] && strides[i] == 1);
        return whole ? x : new SlicePrimitive(starts, limits, strides).Bind(x);
    }

    /// <summary>The array with <paramref name="value"/> around and between its elements; negative widths crop.</summary>
    internal static NDArray PadWith(NDArray x, NDArray value, ValueList<int> low, ValueList<int> high, ValueList<int> interior)
    {
        var none = Enumerable.Range(0, x.Rank).All(i => low[i] == 0 && high[i] == 0 && interior[i] == 0);
        return none ? x : new PadPrimitive(low, high, interior).Bind(x, value);
    }

    /// <summary>The non-negative number of an axis of <paramref name="x"/> that may count from the end.</summary>
    /// <exception cref="ShapeException">There is no such axis.</exception>
    internal static int NormalizeAxis(int axis, NDArray x, string operation, [CallerArgumentExpression(nameof(x))] string name = "") =>
        NormalizeAxis(axis, x.NotNull(name).Rank, operation, x.Aval.ToString());

    /// <summary>Likewise, of what has so many axes and is described so.</summary>
    internal static int NormalizeAxis(int axis, int rank, string operation, string described) =>
        axis >= -rank && axis < rank ? (axis + rank) % rank
        : rank == 0 ? throw new ShapeException($"{operation} got axis {axis}, but {described} is a scalar and has no axes.")
        : rank == 1 ? throw new ShapeException($"{operation} got axis {axis}, but {described} has one axis: 0, or -1 from the end.")
        : throw new ShapeException(
            $"{operation} got axis {axis}, but {described} has {rank} axes: 0 … {rank - 1}, or {-rank} … -1 from the end."
        );

    /// <summary>Several axes, in order; all of them if none is given.</summary>
    internal static ValueList<int> NormalizeAxes(
        ReadOnlySpan<int> axes,
        NDArray x,
        string operation,
        [CallerArgumentExpression(nameof(x))] string name = ""
    ) => NormalizeAxes(axes, x.NotNull(name).Rank, operation, x.Aval.ToString());

    internal static ValueList<int> NormalizeAxes(ReadOnlySpan<int> axes, int rank, string operation, string described)
    {
        if (axes.IsEmpty)
            return [.. Enumerable.Range(0, rank)];
        var result = new int[axes.Length];
        for (var i = 0; i < result.Length; i++)
            result[i] = NormalizeAxis(axes[i], rank, operation, described);
        Array.Sort(result);
        return result.Distinct().Count() == result.Length
            ? [.. result]
            : throw new ShapeException($"{operation} of {described} got an axis twice: [{string.Join(",", axes.ToArray())}].");
    }

    internal sealed record ReshapePrimitive(Shape Shape) : Movement
    {
        protected override Aval InferSingle(Aval[] xs) =>
            xs[0].Shape.Size == Shape.Size
                ? new(xs[0].DType, Shape, xs[0].Weak)
                : throw new ShapeException($"Cannot reshape {xs[0]} to {Shape}.");

        public override Value[] Emit(ProgramBuilder builder, Value[] inputs) => [builder.Alias(inputs[0], InferSingle([inputs[0].Type]))];

        protected override Scalar[] ReadIndex(Aval x, Scalar[] index) =>
            throw new NotSupportedException("A reshape moves nothing; see Emit.");

        protected override Movement BehindBatch(int size) => new ReshapePrimitive(Shape.Prepend(size));

        protected override NDArray Pull(NDArray ct, Aval x) => ReshapeTo(ct, x.Shape);
    }

    internal sealed record TransposePrimitive(ValueList<int> Permutation) : Movement
    {
        protected override Aval InferSingle(Aval[] xs) => xs[0] with { Shape = xs[0].Shape.Permute(Permutation.AsSpan()) };

        protected override Scalar[] ReadIndex(Aval x, Scalar[] index)
        {
            var read = new Scalar[index.Length];
            for (var i = 0; i < index.Length; i++)
                read[Permutation[i]] = index[i];
            return read;
        }

        protected override Movement BehindBatch(int size) => new TransposePrimitive([0, .. Permutation.Select(p => p + 1)]);

        protected override NDArray Pull(NDArray ct, Aval x)
        {
            var inverse = new int[Permutation.Count];
            for (var i = 0; i < inverse.Length; i++)
                inverse[Permutation[i]] = i;
            return new TransposePrimitive([.. inverse]).Bind(ct);
        }
    }

    /// <summary>Axis i of the operand becomes axis Axes[i] of the result; the others repeat, as do operand axes of size 1.</summary>
    internal sealed record BroadcastPrimitive(Shape Shape, ValueList<int> Axes) : Movement
    {
        public override string Name => "broadcast_in_dim";
        public override bool Rowwise => true;

        protected override Aval InferSingle(Aval[] xs)
        {
            var x = xs[0];
            var fits = x.Rank == Axes.Count && Enumerable.Range(0, x.Rank).All(i => x.Shape[i] == 1 || x.Shape[i] == Shape[Axes[i]]);
            return fits ? new(x.DType, Shape, x.Weak) : throw new ShapeException($"Cannot broadcast {x} along axes {Axes} to {Shape}.");
        }

        protected override Scalar[] ReadIndex(Aval x, Scalar[] index) =>
            [.. Axes.Select((axis, i) => x.Shape[i] == 1 ? Scalar.Constant(0) : index[axis])];

        protected override Movement BehindBatch(int size) => new BroadcastPrimitive(Shape.Prepend(size), [0, .. Axes.Select(a => a + 1)]);

        protected override NDArray Pull(NDArray ct, Aval x)
        {
            int[] repeated = [.. Enumerable.Range(0, Shape.Rank).Where(a => !Kept(a))];
            bool Kept(int a) => Axes.Select((axis, i) => axis == a && x.Shape[i] == Shape[a]).Any(kept => kept);
            var sum = repeated.Length == 0 ? ct : new ReduceSumPrimitive([.. repeated]).Bind(ct);
            // Axes must be increasing for the order to survive; size-1 axes come back by reshaping.
            return sum.Aval.Tape > 0 ? sum : ReshapeTo(sum, x.Shape);
        }
    }

    internal sealed record ReversePrimitive(ValueList<int> Axes) : Movement
    {
        protected override Aval InferSingle(Aval[] xs) => xs[0];

        protected override Scalar[] ReadIndex(Aval x, Scalar[] index) =>
            [.. index.Select((at, i) => Axes.Contains(i) ? Scalar.Constant(x.Shape[i] - 1) - at : at)];

        protected override Movement BehindBatch(int size) => new ReversePrimitive([.. Axes.Select(a => a + 1)]);

        protected override NDArray Pull(NDArray ct, Aval x) => Bind(ct);
    }

    internal sealed record SlicePrimitive(ValueList<int> Starts, ValueList<int> Limits, ValueList<int> Strides) : Movement
    {
        protected override Aval InferSingle(Aval[] xs)
        {
            for (var i = 0; i < xs[0].Rank; i++)
                if (Starts[i] < 0 || Limits[i] > xs[0].Shape[i] || Strides[i] < 1 || Starts[i] > Limits[i])
                    throw new ShapeException($"Cannot slice {xs[0]} from {Starts} to {Limits} by {Strides}.");
            return xs[0] with { Shape = [.. Enumerable.Range(0, xs[0].Rank).Select(SizeOf)] };
        }

        int SizeOf(int axis) => (Limits[axis] - Starts[axis] + Strides[axis] - 1) / Strides[axis];

        protected override Scalar[] ReadIndex(Aval x, Scalar[] index) =>
            [.. index.Select((at, i) => at * Scalar.Constant(Strides[i]) + Scalar.Constant(Starts[i]))];

        protected override Movement BehindBatch(int size) => new SlicePrimitive([0, .. Starts], [size, .. Limits], [1, .. Strides]);

        protected override NDArray Pull(NDArray ct, Aval x)
        {
            var last = Enumerable
                .Range(0, x.Rank)
                .Select(i => SizeOf(i) == 0 ? Starts[i] : Starts[i] + (SizeOf(i) - 1) * Strides[i] + 1)
                .ToArray();
            ValueList<int> high = [.. last.Select((end, i) => x.Shape[i] - end)];
            return PadWith(ct, ConvertTo(0, x.DType, false), Starts, high, [.. Strides.Select(s => s - 1)]);
        }
    }

    /// <summary>Operands: x and the scalar to pad with. Low and High may be negative; Interior is the number of new elements between neighbours.</summary>
    internal sealed record PadPrimitive(ValueList<int> Low, ValueList<int> High, ValueList<int> Interior) : SingleResult
    {
        protected override Aval InferSingle(Aval[] xs)
        {
            if (xs[0].DType != xs[1].DType || !xs[1].IsScalar)
                throw new DTypeException($"'pad' of {xs[0]} needs a scalar of its type to pad with, but got {xs[1]}.");
            var dims = xs[0].Shape.Dims.ToArray().Select((n, i) => Low[i] + High[i] + n + Math.Max(0, n - 1) * Interior[i]).ToArray();
            return dims.All(d => d >= 0)
                ? new(xs[0].DType, Shape.Create(dims))
                : throw new ShapeException($"'pad' crops {xs[0]} by more than it has: {Low}, {High}.");
        }

        public override Lowered Lower(Aval[] xs)
        {
            var result = InferSingle(xs);
            Scalar? inside = null;
            void Require(Scalar condition) => inside = inside is null ? condition : inside & condition;
            var read = new Scalar[result.Rank];
            for (var i = 0; i < read.Length; i++)
            {
                var at = Scalar.Axis(i) - Scalar.Constant(Low[i]);
                var step = Scalar.Constant(Interior[i] + 1);
                read[i] = at / step;
                if (Low[i] > 0)
                    Require(at >= Scalar.Constant(0));
                if (High[i] > 0)
                    Require(at < Scalar.Constant((xs[0].Shape[i] - 1) * (Interior[i] + 1) + 1));
                if (Interior[i] > 0)
                    Require((at % step).Compare(ScalarOp.Equal, Scalar.Constant(0)));
            }
            Scalar element = new Element(0, xs[0].DType, read);
            return Kernel.Map(result, inside is null ? element : inside.Select(element, new Element(1, xs[0].DType, [])));
        }

        protected override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs) =>
            Bind(dxs[0] ?? ZerosOf(xs[0].Aval), dxs[1] ?? ZerosOf(xs[1].Aval));

        protected override void TransposeSingle(NDArray ct, Operand[] xs, Cotangents into)
        {
            var inner = Crop(ct, xs[0].Aval.Shape);
            if (xs[0].IsLinear)
                into.Add(0, inner);
            if (xs[1].IsLinear)
                into.Add(1, SumOf(ct) - SumOf(inner));
        }

        static NDArray SumOf(NDArray x) => x.Rank == 0 ? x : new ReduceSumPrimitive([.. Enumerable.Range(0, x.Rank)]).Bind(x);

        // What pad wrote, read back: undo the outside first, then take every (interior + 1)th element.
        NDArray Crop(NDArray ct, Shape shape)
        {
            var negated = new PadPrimitive([.. Low.Select(n => -n)], [.. High.Select(n => -n)], [.. Low.Select(_ => 0)]);
            var inner = negated.Bind(ct, ConvertTo(0, ct.DType, false));
            return
                StaticSlice(inner, [.. Low.Select(_ => 0)], [.. inner.Shape], [.. Interior.Select(n => n + 1)]) is var cropped
                && cropped.Shape == shape
                ? cropped
                : ZerosOf(new Aval(ct.DType, shape));
        }

        protected override Batched BatchSingle(int size, Batched[] xs)
        {
            if (!xs[1].IsBatched)
                return new(new PadPrimitive([0, .. Low], [0, .. High], [0, .. Interior]).Bind(xs[0].Materialize(size), xs[1].Value), true);
            // A pad value of each example's own: pad a mask and select.
            var x = xs[0].Materialize(size);
            var behind = new PadPrimitive([0, .. Low], [0, .. High], [0, .. Interior]);
            var padded = behind.Bind(x, ConvertTo(0, x.DType, false));
            var inside = behind.Bind(Full(x.Shape, true), ConvertTo(false, DType.Bool, false));
            return new(new SelectPrimitive().Bind(inside, padded, BroadcastInDim(xs[1].Value, padded.Shape, [0])), true);
        }
    }
}

public abstract partial class NDArray
{
    /// <summary>The transpose: all axes reversed.</summary>
    public NDArray T => Ops.Transpose(this);

    /// <inheritdoc cref="Ops.Reshape"/>
    public NDArray Reshape(params ReadOnlySpan<int> shape) => Ops.Reshape(this, shape);

    /// <inheritdoc cref="Ops.Transpose"/>
    public NDArray Transpose(params ReadOnlySpan<int> axes) => Ops.Transpose(this, axes);
}
