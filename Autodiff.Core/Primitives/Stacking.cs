using System.Runtime.CompilerServices;

namespace Autodiff;

public static partial class Ops
{
    const int MostOperands = 32;

    /// <summary>Arrays of one shape, along a new first axis; types are promoted. A collection expression of arrays calls this.</summary>
    /// <exception cref="ShapeException">The shapes differ, or there is no array.</exception>
    public static NDArray Stack(ReadOnlySpan<NDArray> rows)
    {
        if (rows.NotNull().IsEmpty)
            return Zeros(0);
        for (var i = 1; i < rows.Length; i++)
            if (rows[i].Shape != rows[0].Shape)
                throw new ShapeException(
                    $"Stack, which [a, b, …] calls, needs arrays of one shape, but element 0 is {rows[0].Aval} and element {i} is {rows[i].Aval}. "
                        + "Pad the shorter, or join them end to end with Concatenate."
                );
        var (type, _) = rows.ToArray().Select(r => (r.DType, r.Aval.Weak)).Aggregate(DTypes.Promote);
        if (AreNumbers(rows))
            return StackNumbers(rows, type);
        var lifted = new NDArray[rows.Length];
        for (var i = 0; i < lifted.Length; i++)
            lifted[i] = ReshapeTo(ConvertTo(rows[i], type, false), rows[i].Shape.Prepend(1));
        return ConcatenateAll(lifted, 0);
    }

    /// <summary>Arrays of one shape, along a new axis.</summary>
    public static NDArray Stack(ReadOnlySpan<NDArray> arrays, int axis)
    {
        var stacked = Stack(arrays.NotNull());
        return MoveAxis(stacked, 0, NormalizeAxis(axis, stacked, "Stack"));
    }

    /// <summary>Arrays one after another along an axis they have; types are promoted.</summary>
    /// <exception cref="ShapeException">There is no array, or the shapes differ on another axis.</exception>
    public static NDArray Concatenate(ReadOnlySpan<NDArray> arrays, int axis = 0)
    {
        if (arrays.NotNull().IsEmpty)
            throw new ShapeException("Concatenate needs at least one array.");
        return ConcatenateAll(Broadcasting.Promote(arrays.ToArray()), NormalizeAxis(axis, arrays[0], "Concatenate"));
    }

    static NDArray ConcatenateAll(NDArray[] arrays, int axis)
    {
        // A kernel finds the operand of an element by one comparison after another: of many operands some are put together first.
        while (arrays.Length > MostOperands)
            arrays = [.. arrays.Chunk(MostOperands).Select(some => ConcatenateAll(some, axis))];
        return arrays.Length == 1 ? arrays[0] : new ConcatenatePrimitive(axis).Bind(arrays);
    }

    static bool AreNumbers(ReadOnlySpan<NDArray> rows)
    {
        foreach (var row in rows)
            if (row is not ConcreteArray { Rank: 0 })
                return false;
        return true;
    }

    static ConcreteArray StackNumbers(ReadOnlySpan<NDArray> rows, DType type)
    {
        var stacked = ConcreteArray.Allocate(new Aval(type, [rows.Length]));
        for (var i = 0; i < rows.Length; i++)
            if (type is DType.Int64)
                stacked.Ref<long>(i) = ((ConcreteArray)rows[i]).LoadInteger(0);
            else
                stacked.Store(i, ((ConcreteArray)rows[i]).Load(0));
        return stacked;
    }

    internal sealed record ConcatenatePrimitive(int Axis) : SingleResult
    {
        protected override Aval InferSingle(Aval[] xs)
        {
            foreach (var x in xs)
                if (x.DType != xs[0].DType || x.Rank != xs[0].Rank || x.Shape.Replace(Axis, 0) != xs[0].Shape.Replace(Axis, 0))
                    throw new ShapeException(
                        $"Concatenate along axis {Axis} needs arrays alike but for that axis, but got {xs[0]} and {x}."
                    );
            return xs[0].Strong with { Shape = xs[0].Shape.Replace(Axis, xs.Sum(x => x.Shape[Axis])) };
        }

        // A scatter of each operand into its place would touch each once too, but selects fuse with what comes before and after.
        public override Lowered Lower(Aval[] xs)
        {
            var result = InferSingle(xs);
            var index = Kernel.Indices(result.Rank);
            var at = index[Axis];
            Scalar? body = null;
            var end = result.Shape[Axis];
            for (var k = xs.Length - 1; k >= 0; k--)
            {
                var start = end - xs[k].Shape[Axis];
                if (start == end)
                    continue;
                var read = (Scalar[])index.Clone();
                read[Axis] = at - Scalar.Constant(start);
                var element = new Element(k, result.DType, read);
                body = body is null ? element : (at < Scalar.Constant(end)).Select(element, body);
                end = start;
            }
            return Kernel.Map(result, body ?? Scalar.Constant(result.DType, 0));
        }

        protected override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs) =>
            Bind([.. dxs.Select((d, i) => d ?? ZerosOf(xs[i].Aval))]);

        protected override void TransposeSingle(NDArray ct, Operand[] xs, Cotangents into)
        {
            var start = 0;
            for (var i = 0; i < xs.Length; i++)
            {
                var size = xs[i].Aval.Shape[Axis];
                if (xs[i].IsLinear)
                    into.Add(i, SliceAxis(ct, Axis, start, start + size));
                start += size;
            }
        }

        protected override Batched BatchSingle(int size, Batched[] xs) =>
            new(new ConcatenatePrimitive(Axis + 1).Bind([.. xs.Select(x => x.Materialize(size))]), true);
    }

    /// <summary>Positions start … limit − 1 along one axis.</summary>
    internal static NDArray SliceAxis(NDArray x, int axis, int start, int limit, int stride = 1)
    {
        var (starts, limits, strides) = (new int[x.Rank], x.Shape.Dims.ToArray(), new int[x.Rank]);
        Array.Fill(strides, 1);
        (starts[axis], limits[axis], strides[axis]) = (start, limit, stride);
        return StaticSlice(x, [.. starts], [.. limits], [.. strides]);
    }

    /// <summary>The array with axis <paramref name="source"/> at position <paramref name="destination"/> and the others in order.</summary>
    public static NDArray MoveAxis(NDArray x, int source, int destination)
    {
        var (from, to) = (NormalizeAxis(source, x, "MoveAxis"), NormalizeAxis(destination, x, "MoveAxis"));
        var axes = Enumerable.Range(0, x.Rank).Where(a => a != from).ToList();
        axes.Insert(to, from);
        return Transpose(x, [.. axes]);
    }
}

[CollectionBuilder(typeof(Ops), nameof(Ops.Stack))]
public abstract partial class NDArray
{
    /// <summary>The rows: the arrays along the first axis.</summary>
    public IEnumerator<NDArray> GetEnumerator()
    {
        for (var i = 0; i < Length; i++)
            yield return Ops.ReshapeTo(Ops.SliceAxis(this, 0, i, i + 1), Shape.Tail);
    }
}
