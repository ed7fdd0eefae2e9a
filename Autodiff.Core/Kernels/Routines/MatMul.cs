using System.Numerics;

namespace Autodiff;

/// <summary>
/// C[b] = op(A[b])·op(B[b]) for each of a batch: A is [batch, m, k], or [batch, k, m] where <paramref name="transposeA"/>; B is
/// [batch, k, n], or [batch, n, k] where <paramref name="transposeB"/>; C is [batch, m, n]. Integers wrap around;
/// truth values give the or of ands. The order of additions does not depend on the number of threads.
/// </summary>
public sealed unsafe class MatMul(DType type, int batch, int m, int n, int k, bool transposeA, bool transposeB) : Routine
{
    // From here on the work is worth waking another core.
    const double ParallelFlops = 2e7;

    // A part small enough to balance cores, large enough to pay for packing its operands.
    const int PartRows = 480;
    const int LeastRows = 96;
    const int PartColumns = 768;

    // Parts are cut where tiles end, whatever their size.
    const int RowUnit = 24;
    const int ColumnUnit = 48;

    // The least work to claim a chunk for.
    const double ChunkFlops = 2e5;

    public override string Name => "matmul";

    public override string Options =>
        (transposeA, transposeB) switch
        {
            (false, false) => "",
            (true, false) => "left transposed",
            (false, true) => "right transposed",
            _ => "both transposed",
        };

    /// <summary>Whether one matrix, by rows, is multiplied by one vector.</summary>
    internal bool IsMatrixTimesVector => batch == 1 && n == 1 && m > 1 && k > 1 && !transposeA && type.IsFloat;

    /// <summary>The same product where an operand, or both, are given the other way around.</summary>
    internal MatMul Transposed(bool left, bool right) => new(type, batch, m, n, k, transposeA ^ left, transposeB ^ right);

    /// <summary>The axes of both operands that an axis of the result comes from.</summary>
    internal (int? Left, int? Right) AxesOf(int axis) =>
        axis switch
        {
            0 => (0, 0),
            1 => (transposeA ? 2 : 1, null),
            _ => (null, transposeB ? 1 : 2),
        };

    /// <summary>The same product where an axis of the result has another size.</summary>
    internal MatMul Resized(int axis, int size) =>
        axis switch
        {
            0 => new(type, size, m, n, k, transposeA, transposeB),
            1 => new(type, batch, size, n, k, transposeA, transposeB),
            _ => new(type, batch, m, size, k, transposeA, transposeB),
        };

    public override double Flops => type.IsFloat ? 2.0 * batch * m * n * k : 0;

    public override void Run(byte** operands, byte** results)
    {
        switch (type)
        {
            case DType.Float64:
                Run<double>(operands, results, &Product<double>.Multiply);
                break;
            case DType.Float32:
                Run<float>(operands, results, &Product<float>.Multiply);
                break;
            case DType.Int64:
                Run<long>(operands, results, &Product<long>.Multiply);
                break;
            case DType.Int32:
                Run<int>(operands, results, &Product<int>.Multiply);
                break;
            case DType.UInt32:
                Run<uint>(operands, results, &Product<uint>.Multiply);
                break;
            case DType.UInt8:
                Run<byte>(operands, results, &Product<byte>.Multiply);
                break;
            default:
                Run<byte>(operands, results, &Product<byte>.AnyOfBoth);
                break;
        }
    }

    void Run<T>(byte** operands, byte** results, delegate* <Strided<T>, Strided<T>, T*, nint, nint, nint, nint, void> multiply)
        where T : unmanaged, INumber<T>
    {
        var parts = new Parts<T>
        {
            A = transposeA ? new((T*)operands[0], 1, m) : new((T*)operands[0], k, 1),
            B = transposeB ? new((T*)operands[1], 1, k) : new((T*)operands[1], n, 1),
            C = (T*)results[0],
            Multiply = multiply,
            M = m,
            N = n,
            K = k,
        };
        var flops = 2.0 * m * n * k;
        if (batch * flops < ParallelFlops)
        {
            parts.Run(0, batch);
            return;
        }
        parts.Batch = batch;
        if (flops < ChunkFlops)
        {
            parts.Group = (nint)(ChunkFlops / Math.Max(1, flops));
            ParallelLoop.Run((batch + parts.Group - 1) / parts.Group, parts.RunGroup);
            return;
        }
        // As many parts for each thread, as long as each keeps a few tiles; alone, a thread packs each block of B only once.
        var threads = ParallelLoop.MaxThreads;
        var rows = (m + PartRows - 1) / PartRows;
        parts.Rows = threads == 1 ? 1 : Math.Min((rows + threads - 1) / threads * threads, Math.Max(1, m / LeastRows));
        parts.Columns = (n + PartColumns - 1) / PartColumns;
        ParallelLoop.Run((long)batch * parts.Rows * parts.Columns, parts.RunPart);
    }

    struct Parts<T>
        where T : unmanaged
    {
        internal Strided<T> A,
            B;
        internal T* C;
        internal delegate* <Strided<T>, Strided<T>, T*, nint, nint, nint, nint, void> Multiply;
        internal nint M,
            N,
            K;
        internal nint Batch,
            Group;
        internal nint Rows,
            Columns;

        internal readonly void Run(nint from, nint to)
        {
            for (var item = from; item < to; item++)
                Multiply(
                    new(A.Start + item * M * K, A.Row, A.Column),
                    new(B.Start + item * K * N, B.Row, B.Column),
                    C + item * M * N,
                    N,
                    M,
                    N,
                    K
                );
        }

        internal readonly void RunGroup(long chunk) => Run((nint)chunk * Group, Math.Min(Batch, ((nint)chunk + 1) * Group));

        internal readonly void RunPart(long chunk)
        {
            var (whole, column) = Math.DivRem((nint)chunk, Columns);
            var (item, row) = Math.DivRem(whole, Rows);
            var (i, i1) = (Cut(M, row, Rows, RowUnit), Cut(M, row + 1, Rows, RowUnit));
            var (j, j1) = (Cut(N, column, Columns, ColumnUnit), Cut(N, column + 1, Columns, ColumnUnit));
            Multiply(
                new(A.Start + item * M * K + i * A.Row, A.Row, A.Column),
                new(B.Start + item * K * N + j * B.Column, B.Row, B.Column),
                C + item * M * N + i * N + j,
                N,
                i1 - i,
                j1 - j,
                K
            );
        }

        static nint Cut(nint length, nint part, nint parts, nint unit) => part == parts ? length : length * part / parts / unit * unit;
    }
}
