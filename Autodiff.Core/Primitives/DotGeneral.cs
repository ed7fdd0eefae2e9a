namespace Autodiff;

public static partial class Ops
{
    /// <summary>
    /// The sum of products over the contracted axes, for each index of the batch axes (XLA's dot_general): axis XContract[i] meets
    /// YContract[i], XBatch[i] meets YBatch[i]. The result's axes are the batch axes, the free axes of x, the free axes of y.
    /// </summary>
    internal sealed record DotGeneralPrimitive(
        ValueList<int> XContract,
        ValueList<int> YContract,
        ValueList<int> XBatch,
        ValueList<int> YBatch
    ) : SingleResult
    {
        // Multiplications, in all and in each matrix of a batch, below which a call of the routine costs more than they do; a kernel fuses with its neighbours.
        const long KernelLimit = 4096;
        const long MatrixLimit = 64;

        static int[] Free(int rank, ValueList<int> contract, ValueList<int> batch) =>
            [.. Enumerable.Range(0, rank).Where(a => !contract.Contains(a) && !batch.Contains(a))];

        protected override Aval InferSingle(Aval[] xs)
        {
            var (x, y) = (xs[0], xs[1]);
            if (x.DType != y.DType)
                throw new DTypeException($"'{Name}' needs operands of one element type, but got {x} and {y}. Convert one of them.");
            var pairs = XContract.Zip(YContract).Concat(XBatch.Zip(YBatch)).ToArray();
            if (XContract.Count != YContract.Count || XBatch.Count != YBatch.Count || Array.Exists(pairs, p => !Fits(p)))
                throw new ShapeException(
                    $"'{Name}' of {x} and {y} cannot pair axes {XContract} with {YContract} and batch axes {XBatch} with {YBatch}."
                );
            bool Fits((int X, int Y) pair) => pair.X < x.Rank && pair.Y < y.Rank && x.Shape[pair.X] == y.Shape[pair.Y];
            var batch = XBatch.Select(a => x.Shape[a]);
            var (rows, columns) = (Free(x.Rank, XContract, XBatch), Free(y.Rank, YContract, YBatch));
            return new(x.DType, [.. batch, .. rows.Select(a => x.Shape[a]), .. columns.Select(a => y.Shape[a])], x.Weak && y.Weak);
        }

        public override Lowered Lower(Aval[] xs)
        {
            var (x, y) = (xs[0], xs[1]);
            var result = InferSingle(xs);
            var (rows, columns) = (Free(x.Rank, XContract, XBatch), Free(y.Rank, YContract, YBatch));
            var at = Kernel.Indices(result.Rank + XContract.Count);
            var (summed, first) = (at[result.Rank..], XBatch.Count);
            var (left, right) = (new Scalar[x.Rank], new Scalar[y.Rank]);
            Put(left, XBatch, at[..first]);
            Put(right, YBatch, at[..first]);
            Put(left, rows, at[first..]);
            Put(right, columns, at[(first + rows.Length)..]);
            Put(left, XContract, summed);
            Put(right, YContract, summed);
            var (a, b) = (new Element(0, x.DType, left), new Element(1, y.DType, right));
            var truth = x.DType == DType.Bool;
            var fold =
                summed.Length == 0 ? Fold.Set
                : truth ? Fold.Or
                : Fold.Add;
            Shape space = [.. result.Shape, .. XContract.Select(c => x.Shape[c])];
            return new Kernel(space, summed.Length, new KernelOutput(result.Strong, truth ? a & b : a * b, fold));
        }

        static void Put(Scalar[] index, IReadOnlyList<int> axes, Scalar[] values)
        {
            for (var i = 0; i < axes.Count; i++)
                index[axes[i]] = values[i];
        }

        public override Value[] Emit(ProgramBuilder builder, Value[] inputs)
        {
            var (x, y) = (inputs[0].Type, inputs[1].Type);
            var result = InferSingle([x, y]);
            var k = SizeOf(x, XContract);
            var products = result.Shape.Size * k;
            if (products <= KernelLimit || products <= MatrixLimit * SizeOf(x, XBatch) || XContract.Count == 0)
                return builder.Add(Lower([x, y]), inputs, [result]);
            var (rows, columns) = (Free(x.Rank, XContract, XBatch), Free(y.Rank, YContract, YBatch));
            var (batch, m, n) = (SizeOf(x, XBatch), SizeOf(x, rows), SizeOf(y, columns));
            // The contracted axes may be taken in any order: in that of the larger operand, which then need not move.
            var byX = x.Shape.Size >= y.Shape.Size;
            int[] pairs = [.. Enumerable.Range(0, XContract.Count).OrderBy(i => byX ? XContract[i] : YContract[i])];
            var a = Matrix(builder, inputs[0], [.. XBatch], rows, [.. pairs.Select(i => XContract[i])], batch, out var transposeA);
            var b = Matrix(builder, inputs[1], [.. YBatch], [.. pairs.Select(i => YContract[i])], columns, batch, out var transposeB);
            var routine = new MatMul(x.DType, batch, m, n, k, transposeA, transposeB);
            var product = builder.Add(routine, [a, b], [new Aval(x.DType, [batch, m, n])]);
            return [builder.Alias(product[0], result)];
        }

        static int SizeOf(Aval x, IEnumerable<int> axes) => checked((int)axes.Aggregate(1L, (n, a) => n * x.Shape[a]));

        /// <summary>
        /// An operand as a batch of matrices, or of their transposes where that is how it lies in memory; else it is moved.
        /// </summary>
        static Value Matrix(ProgramBuilder builder, Value x, int[] batch, int[] rows, int[] columns, int size, out bool transposed)
        {
            var type = x.Type;
            var (m, n) = (SizeOf(type, rows), SizeOf(type, columns));
            int[] order = [.. batch, .. rows, .. columns];
            transposed = !InPlace(order) && InPlace([.. batch, .. columns, .. rows]);
            if (!transposed && !InPlace(order))
            {
                var moved = new TransposePrimitive([.. order]);
                x = builder.Add(moved.Lower([type]), [x], moved.Infer([type]))[0];
            }
            return builder.Alias(x, new Aval(type.DType, transposed ? [size, n, m] : [size, m, n]));

            bool InPlace(int[] axes)
            {
                var wide = axes.Where(a => type.Shape[a] != 1).ToArray();
                return wide.SequenceEqual(wide.Order());
            }
        }

        protected override NDArray? JvpSingle(NDArray[] xs, NDArray z, NDArray?[] dxs) =>
            Tangents.Sum(dxs[0] is { } dx ? Bind(dx, xs[1]) : null, dxs[1] is { } dy ? Bind(xs[0], dy) : null);

        protected override void TransposeSingle(NDArray ct, Operand[] xs, Cotangents into)
        {
            var (rows, columns) = (Free(xs[0].Aval.Rank, XContract, XBatch), Free(xs[1].Aval.Rank, YContract, YBatch));
            var first = XBatch.Count;
            if (xs[0].IsLinear)
                into.Add(0, Pull(ct, xs[1].Known, first + rows.Length, columns, YContract, YBatch, rows, XContract, XBatch));
            else
                into.Add(1, Pull(ct, xs[0].Known, first, rows, XContract, XBatch, columns, YContract, YBatch));
        }

        // The cotangent of one operand is that of the result times the other one, summed over the other one's free axes, which are the
        // result's axes from shared on. It comes with axes batch, free, contracted in the other one's order (or contracted before free, if the factors are
        // swapped); each goes back to its place, and the order of the factors is the one in which it is there already, if there is one.
        static NDArray Pull(
            NDArray ct,
            NDArray other,
            int shared,
            int[] otherFree,
            ValueList<int> otherContract,
            ValueList<int> otherBatch,
            int[] free,
            ValueList<int> contract,
            ValueList<int> batch
        )
        {
            ValueList<int> summed = [.. Enumerable.Range(shared, otherFree.Length)];
            ValueList<int> ctBatch = [.. Enumerable.Range(0, batch.Count)];
            var contracted = Enumerable.Range(0, contract.Count).OrderBy(i => otherContract[i]).Select(i => contract[i]);
            int[] axes = [.. batch, .. contracted, .. free];
            var swapped = axes.SequenceEqual(axes.Order());
            if (!swapped)
                axes = [.. batch, .. free, .. contracted];
            var product = swapped
                ? new DotGeneralPrimitive([.. otherFree], summed, otherBatch, ctBatch).Bind(other, ct)
                : new DotGeneralPrimitive(summed, [.. otherFree], ctBatch, otherBatch).Bind(ct, other);
            return Ops.Transpose(product, [.. Enumerable.Range(0, axes.Length).OrderBy(i => axes[i])]);
        }

        protected override Batched BatchSingle(int size, Batched[] xs)
        {
            var (x, y) = (xs[0], xs[1]);
            var (xContract, xBatch) = x.IsBatched ? (Shift(XContract), Shift(XBatch)) : (XContract, XBatch);
            var (yContract, yBatch) = y.IsBatched ? (Shift(YContract), Shift(YBatch)) : (YContract, YBatch);
            if (x.IsBatched && y.IsBatched)
                return new(new DotGeneralPrimitive(xContract, yContract, [0, .. xBatch], [0, .. yBatch]).Bind(x.Value, y.Value), true);
            // The batch is one more free axis of its operand, so that products of matrices and vectors become products of matrices. A batch of
            // vectors comes first, and the results lie one behind the other.
            if (y.IsBatched && XBatch.Count == 0 && y.Value.Rank == 1 + YContract.Count)
                return new(new DotGeneralPrimitive(yContract, xContract, yBatch, xBatch).Bind(y.Value, x.Value), true);
            var product = new DotGeneralPrimitive(xContract, yContract, xBatch, yBatch).Bind(x.Value, y.Value);
            var at = x.IsBatched ? XBatch.Count : x.Value.Rank - XContract.Count;
            return new(MoveAxis(product, at, 0), true);
        }

        static ValueList<int> Shift(ValueList<int> axes) => [.. axes.Select(a => a + 1)];
    }
}
