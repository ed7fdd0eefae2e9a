using System.Runtime.CompilerServices;

namespace Autodiff;

// Factorisations and solutions, of the matrices in the last two axes.
public static partial class Ops
{
    /// <summary>The transposes of the matrices in the last two axes.</summary>
    /// <exception cref="ShapeException">There are fewer than two axes.</exception>
    public static NDArray MatrixTranspose(NDArray x)
    {
        if (x.NotNull().Rank < 2)
            throw new ShapeException($"MatrixTranspose needs at least two axes, but got {x.Aval}.");
        return Transpose(x, [.. Enumerable.Range(0, x.Rank - 2), x.Rank - 1, x.Rank - 2]);
    }

    /// <summary>
    /// The lower triangular L with L·Lᵀ = x, for positive definite matrices in the last two axes; of their symmetric part, if they are not
    /// symmetric. NaN where one is not positive definite.
    /// </summary>
    /// <exception cref="ShapeException">The last two axes differ in size.</exception>
    public static NDArray Cholesky(NDArray x)
    {
        x = SquareMatrices("Cholesky", x);
        return new CholeskyPrimitive().Bind((x + MatrixTranspose(x)) * 0.5);
    }

    /// <summary>
    /// The x with a·x = b, or aᵀ·x = b if <paramref name="transpose"/>, for triangular matrices a in the last two axes, of which the other
    /// triangle is not read; nor is the diagonal if it is known to be ones. b is a vector or holds columns; the axes before the last two
    /// broadcast.
    /// </summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static NDArray TriangularSolve(NDArray a, NDArray b, bool lower = false, bool transpose = false, bool unitDiagonal = false) =>
        SolveColumns(
            "TriangularSolve",
            a,
            b,
            (m, columns) => new TriangularSolvePrimitive(lower, transpose, unitDiagonal).Bind(m, columns)
        );

    /// <summary>
    /// The x with a·x = b, for square matrices a in the last two axes. b is a vector or holds columns; the axes before broadcast.
    /// </summary>
    /// <remarks>By LU with partial pivoting; the derivative solves with the same factors: x′ = a⁻¹·(b′ − a′·x).</remarks>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static NDArray Solve(NDArray a, NDArray b) =>
        SolveColumns(
            "Solve",
            a,
            b,
            (m, columns) =>
            {
                var (factors, permutation) = LuFactor(StopGradient(m));
                return new SolvePrimitive(false).Bind(m, factors, permutation, columns);
            }
        );

    /// <summary>
    /// Gaussian elimination with partial pivoting, of square matrices in the last two axes: the rows of x in the order of the permutation
    /// (Int32) are L·U. The unit lower triangular L and the upper triangular U are packed in one matrix.
    /// </summary>
    /// <exception cref="ShapeException">The last two axes differ in size.</exception>
    public static (NDArray Factors, NDArray Permutation) LuFactor(NDArray x)
    {
        var results = new LuPrimitive().BindAll(SquareMatrices("LuFactor", x));
        return (results[0], results[1]);
    }

    static NDArray SquareMatrices(string operation, NDArray x, [CallerArgumentExpression(nameof(x))] string name = "") =>
        x.NotNull(name).Rank >= 2 && x.Shape[x.Rank - 1] == x.Shape[x.Rank - 2]
            ? Broadcasting.ToFloat(x)
            : throw new ShapeException($"{operation} needs square matrices in the last two axes, but got {x.Aval}.");

    // Brings the operands into one type and the same axes before the last two; a vector is one column.
    static NDArray SolveColumns(string name, NDArray a, NDArray b, Func<NDArray, NDArray, NDArray> solve)
    {
        var promoted = Broadcasting.PromoteFloat(SquareMatrices(name, a), b.NotNull());
        a = promoted[0];
        var n = a.Shape[a.Rank - 1];
        var columns = b.Rank == 1 ? ReshapeTo(promoted[1], promoted[1].Shape.Insert(1, 1)) : promoted[1];
        if (columns.Rank < 2 || columns.Shape[columns.Rank - 2] != n)
            throw new ShapeException($"{name} with {a.Aval} needs a vector, or columns, of {n} numbers, but got {b.Aval}.");
        var batch =
            Shape.Broadcast(Shape.Create(a.Shape.Dims[..^2]), Shape.Create(columns.Shape.Dims[..^2]))
            ?? throw new ShapeException($"{name} got {a.Aval} and {b.Aval}, whose axes before the last two do not broadcast.");
        var x = solve(BroadcastTo(a, batch.Concat([n, n])), BroadcastTo(columns, batch.Concat([n, columns.Shape[columns.Rank - 1]])));
        return b.Rank == 1 ? ReshapeTo(x, x.Shape.Remove(x.Rank - 1)) : x;
    }

    // The triangle on and below (above) diagonal k, and zeros.
    static NDArray Triangle(string operation, NDArray x, bool lower, int k = 0)
    {
        if (x.NotNull().Rank < 2)
            throw new ShapeException($"{operation} needs at least two axes, but got {x.Aval}.");
        Shape shape = [.. x.Shape.Dims[^2..]];
        var (row, column) = (Iota(DType.Int64, shape, 0) + k, Iota(DType.Int64, shape, 1));
        return Where(lower ? row >= column : row <= column, x, 0);
    }

    static int MatrixCount(Aval x) => checked((int)Shape.Create(x.Shape.Dims[..^2]).Size);

    static void CheckSolve(string name, Aval a, Aval b)
    {
        if (a.DType != b.DType || !a.DType.IsFloat)
            throw new DTypeException($"'{name}' needs operands of one floating-point type, but got {a} and {b}.");
        var n = a.Rank < 2 ? -1 : a.Shape[a.Rank - 1];
        if (a.Rank != b.Rank || a.Shape != b.Shape.Replace(b.Rank - 1, n) || a.Shape[a.Rank - 2] != n)
            throw new ShapeException($"'{name}' needs square matrices and as many blocks of columns, but got {a} and {b}.");
    }

    internal sealed record CholeskyPrimitive : SingleResult
    {
        protected override Aval InferSingle(Aval[] xs)
        {
            CheckSolve(Name, xs[0], xs[0]);
            return xs[0].Strong;
        }

        public override Lowered Lower(Aval[] xs) => new Cholesky(xs[0].DType, MatrixCount(xs[0]), xs[0].Shape[xs[0].Rank - 1]);

        // L′ = L·Φ(L⁻¹·A′·L⁻ᵀ), where Φ takes the lower triangle and half of the diagonal: Murray, "Differentiation of the Cholesky
        // decomposition" (2016).
        protected override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs)
        {
            if (dxs[0] is not { } dx)
                return null;
            var solve = new TriangularSolvePrimitive(true, false, false);
            var middle = solve.Bind(y, MatrixTranspose(solve.Bind(y, dx)));
            return MatMul(y, 0.5 * (Triangle(Name, middle, true) + Triangle(Name, middle, true, -1)));
        }

        protected override Batched BatchSingle(int size, Batched[] xs) => new(Bind(xs[0].Value), true);
    }

    /// <summary>Operands: triangular matrices and as many blocks of columns. Linear in the columns.</summary>
    internal sealed record TriangularSolvePrimitive(bool IsLower, bool IsTransposed, bool UnitDiagonal) : SingleResult
    {
        protected override Aval InferSingle(Aval[] xs)
        {
            CheckSolve(Name, xs[0], xs[1]);
            return xs[1].Strong;
        }

        public override Lowered Lower(Aval[] xs)
        {
            var b = xs[1];
            var (n, m) = (b.Shape[b.Rank - 2], b.Shape[b.Rank - 1]);
            return new TriangularSolve(b.DType, MatrixCount(b), n, m, IsLower, IsTransposed, UnitDiagonal);
        }

        // A·X = B gives A·X′ = B′ − A′·X.
        protected override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs)
        {
            if (dxs[0] is not { } da)
                return dxs[1] is { } d ? Bind(xs[0], d) : null;
            da = Triangle(
                Name,
                da,
                IsLower,
                !UnitDiagonal ? 0
                    : IsLower ? -1
                    : 1
            );
            var change = -MatMul(IsTransposed ? MatrixTranspose(da) : da, y);
            return Bind(xs[0], Tangents.Sum(dxs[1], change)!);
        }

        protected override void TransposeSingle(NDArray ct, Operand[] xs, Cotangents into) =>
            into.Add(1, (this with { IsTransposed = !IsTransposed }).Bind(xs[0].Known, ct));

        protected override Batched BatchSingle(int size, Batched[] xs) => new(Bind(xs[0].Materialize(size), xs[1].Materialize(size)), true);
    }

    /// <summary>Results: the packed factors, and the order of the rows.</summary>
    internal sealed record LuPrimitive : Primitive
    {
        public override Aval[] Infer(Aval[] xs)
        {
            CheckSolve(Name, xs[0], xs[0]);
            return [xs[0].Strong, new Aval(DType.Int32, xs[0].Shape.Remove(xs[0].Rank - 1))];
        }

        public override Lowered Lower(Aval[] xs) => new LuFactor(xs[0].DType, MatrixCount(xs[0]), xs[0].Shape[xs[0].Rank - 1]);

        // With F = L⁻¹·PA′·U⁻¹: L′ = L·tril(F, −1) and U′ = triu(F)·U.
        public override NDArray?[] Jvp(NDArray[] xs, NDArray[] ys, NDArray?[] dxs)
        {
            if (dxs[0] is not { } dx)
                return [null, null];
            var (factors, order) = (ys[0], ys[1]);
            var rows = TakeAlongAxis(dx, ReshapeTo(order, order.Shape.Insert(order.Rank, 1)), -2, IndexMode.PromiseInBounds);
            var left = new TriangularSolvePrimitive(true, false, true).Bind(factors, rows);
            var both = MatrixTranspose(new TriangularSolvePrimitive(false, true, false).Bind(factors, MatrixTranspose(left)));
            var below = Triangle(Name, both, true, -1);
            var lower = below + MatMul(Triangle(Name, factors, true, -1), below);
            return [lower + MatMul(Triangle(Name, both, false), Triangle(Name, factors, false)), null];
        }

        public override Batched[] Batch(int size, Batched[] xs) => Array.ConvertAll(BindAll(xs[0].Value), y => new Batched(y, true));
    }

    /// <summary>
    /// Operands: square matrices A, their packed LU factors, the order of the rows (of a transposed system: its inverse), and as many
    /// blocks of columns. Linear in the columns. The derivative is that with respect to A: the factors must come without any.
    /// </summary>
    internal sealed record SolvePrimitive(bool IsTransposed) : SingleResult
    {
        protected override Aval InferSingle(Aval[] xs)
        {
            CheckSolve(Name, xs[0], xs[3]);
            CheckSolve(Name, xs[1], xs[3]);
            return xs[3].Strong;
        }

        public override Lowered Lower(Aval[] xs) => throw new NotSupportedException("A solve is two triangular ones; see Emit.");

        // PA = LU: x = U⁻¹·L⁻¹·Pb, and x = Pᵀ·L⁻ᵀ·U⁻ᵀ·b for Aᵀ.
        public override Value[] Emit(ProgramBuilder builder, Value[] inputs)
        {
            var (factors, order, columns) = (inputs[1], inputs[2], inputs[3]);
            var type = columns.Type.Strong;
            var (n, m) = (type.Shape[type.Rank - 2], type.Shape[type.Rank - 1]);
            if (!IsTransposed)
                columns = Reorder(columns);
            columns = Triangular(columns, lower: !IsTransposed);
            columns = Triangular(columns, lower: IsTransposed);
            return [IsTransposed ? Reorder(columns) : columns];

            Value Triangular(Value b, bool lower) =>
                builder.Add(
                    new TriangularSolve(type.DType, MatrixCount(type), n, m, lower, IsTransposed, unitDiagonal: lower),
                    [factors, b],
                    [type]
                )[0];

            Value Reorder(Value b)
            {
                var index = Kernel.Indices(type.Rank);
                var read = (Scalar[])index.Clone();
                read[^2] = new Element(1, order.Type.DType, index[..^1]).Convert(DType.Int64);
                return builder.Add(Kernel.Map(type, new Element(0, type.DType, read)), [b, order], [type])[0];
            }
        }

        protected override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs)
        {
            var change = dxs[0] is { } da ? -MatMul(IsTransposed ? MatrixTranspose(da) : da, y) : null;
            return Tangents.Sum(dxs[3], change) is { } right ? Bind(xs[0], xs[1], xs[2], right) : null;
        }

        protected override void TransposeSingle(NDArray ct, Operand[] xs, Cotangents into) =>
            into.Add(3, new SolvePrimitive(!IsTransposed).Bind(xs[0].Known, xs[1].Known, ArgSort(xs[2].Known), ct));

        protected override Batched BatchSingle(int size, Batched[] xs) => new(Bind([.. xs.Select(x => x.Materialize(size))]), true);
    }
}

public abstract partial class NDArray
{
    /// <inheritdoc cref="Ops.MatrixTranspose"/>
    public NDArray MT => Ops.MatrixTranspose(this);
}
