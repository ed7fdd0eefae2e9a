namespace Autodiff;

public static partial class Ops
{
    /// <summary>
    /// The elements along an axis in order, NaN last; <paramref name="descending"/> puts the largest first, NaN before it.
    /// </summary>
    public static NDArray Sort(NDArray x, int axis = -1, bool descending = false) =>
        new SortPrimitive(NormalizeAxis(axis, x, "Sort"), 1, descending).Bind(x);

    /// <summary>
    /// The Int64 positions along an axis from which <see cref="Sort"/> takes the elements. Equal elements keep their order.
    /// </summary>
    public static NDArray ArgSort(NDArray x, int axis = -1, bool descending = false) => LexSort([x.NotNull()], axis, descending);

    /// <summary>
    /// The Int64 positions along an axis that sort by several keys of one shape: the last key counts most, as in NumPy. Equal elements
    /// keep their order.
    /// </summary>
    /// <exception cref="ShapeException">There is no key, or the keys differ in shape.</exception>
    public static NDArray LexSort(ReadOnlySpan<NDArray> keys, int axis = -1) => LexSort(keys, axis, descending: false);

    static NDArray LexSort(ReadOnlySpan<NDArray> keys, int axis, bool descending)
    {
        if (keys.NotNull().IsEmpty)
            throw new ShapeException("LexSort needs at least one key.");
        NDArray[] operands = [.. keys];
        Array.Reverse(operands);
        var along = NormalizeAxis(axis, operands[0], "A sort");
        return new SortPrimitive(along, operands.Length, descending).Permutation(operands);
    }

    /// <summary>
    /// The <paramref name="k"/> largest elements along the last axis, the largest first, and their Int64 positions; NaN counts as
    /// largest.
    /// </summary>
    /// <exception cref="ShapeException">There are not so many elements.</exception>
    public static (NDArray Values, NDArray Indices) TopK(NDArray x, int k)
    {
        var last = NormalizeAxis(-1, x, "TopK");
        if (k < 0 || k > x.Shape[last])
            throw new ShapeException($"TopK got k = {k}, but the last axis of {x.Aval} has {x.Shape[last]} elements.");
        var sorted = new SortPrimitive(last, 1, Descending: true).BindAll(x, Iota(DType.Int64, x.Shape, last));
        return (SliceAxis(sorted[0], last, 0, k), SliceAxis(sorted[1], last, 0, k));
    }

    /// <summary>
    /// Operands of one shape, all put in the order of the first <paramref name="Keys"/> of them along an axis, stably; the first key
    /// counts most.
    /// </summary>
    internal sealed record SortPrimitive(int Axis, int Keys, bool Descending) : Primitive
    {
        /// <summary>The positions along the axis from which the sorted operands come.</summary>
        internal NDArray Permutation(NDArray[] xs) => BindAll([.. xs, Iota(DType.Int64, xs[0].Shape, Axis)])[^1];

        public override Aval[] Infer(Aval[] xs)
        {
            foreach (var x in xs)
                if (x.Shape != xs[0].Shape)
                    throw new ShapeException($"A sort needs operands of one shape, but got {xs[0]} and {x}.");
            return Array.ConvertAll(xs, x => x.Strong);
        }

        public override Lowered Lower(Aval[] xs) => throw new NotSupportedException("A sort rearranges its axes first; see Emit.");

        // The routine sorts the rows of matrices.
        public override Value[] Emit(ProgramBuilder builder, Value[] inputs)
        {
            var shape = inputs[0].Type.Shape;
            var length = shape[Axis];
            var batch = length == 0 ? 0 : checked((int)(shape.Size / length));
            int[] order = [.. Enumerable.Range(0, shape.Rank).Where(i => i != Axis), Axis];
            var types = Array.ConvertAll(inputs, v => v.Type.DType);
            var rows = Array.ConvertAll(inputs, v => Rows(builder, Move(builder, v, [.. order]), [batch, length]));
            var routine = new Sort(types, Keys, batch, length, Descending);
            var sorted = builder.Add(routine, rows, Array.ConvertAll(rows, r => r.Type));
            int[] inverse = [.. Enumerable.Range(0, Axis), shape.Rank - 1, .. Enumerable.Range(Axis, shape.Rank - 1 - Axis)];
            return Array.ConvertAll(sorted, v => Move(builder, Rows(builder, v, shape.Permute(order)), [.. inverse]));
        }

        static Value Rows(ProgramBuilder builder, Value value, Shape shape) => builder.Alias(value, new Aval(value.Type.DType, shape));

        static Value Move(ProgramBuilder builder, Value value, ValueList<int> permutation)
        {
            if (permutation.Select((p, i) => p == i).All(same => same))
                return value;
            return new TransposePrimitive(permutation).Emit(builder, [value])[0];
        }

        public override NDArray?[] Jvp(NDArray[] xs, NDArray[] ys, NDArray?[] dxs)
        {
            var permutation = Permutation(xs);
            return Array.ConvertAll(dxs, d => d is null ? null : TakeAlongAxis(d, permutation, Axis));
        }

        public override Batched[] Batch(int size, Batched[] xs) =>
            Array.ConvertAll(
                (this with { Axis = Axis + 1 }).BindAll(Array.ConvertAll(xs, x => x.Materialize(size))),
                y => new Batched(y, true)
            );
    }
}

public abstract partial class NDArray
{
    /// <inheritdoc cref="Ops.Sort"/>
    public NDArray Sort(int axis = -1, bool descending = false) => Ops.Sort(this, axis, descending);

    /// <inheritdoc cref="Ops.ArgSort"/>
    public NDArray ArgSort(int axis = -1, bool descending = false) => Ops.ArgSort(this, axis, descending);
}
