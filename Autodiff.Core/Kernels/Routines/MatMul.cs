using System.Numerics;

namespace Autodiff;

/// <summary>
/// C[b] = op(A[b])·op(B[b]) for each of a batch: A is [batch, m, k], or [batch, k, m] where <paramref name="transposeA"/>; B is
/// [batch, k, n], or [batch, n, k] where <paramref name="transposeB"/>; C is [batch, m, n]. Integers wrap around;
/// truth values give the or of ands. The order of additions does not depend on the number of threads.
/// </summary>
public sealed unsafe class MatMul(DType type, int batch, int m, int n, int k, bool transposeA, bool transposeB) : Routine
{
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

    /// <summary>
    /// Whether rows of one matrix are rows of A, and come out the same, to the bit, in products of any two or more of them. Those of a vector, or of rows
    /// shorter than one, are added up in an order that depends on how many there are.
    /// </summary>
    internal bool HasEqualRows => batch == 1 && !transposeA && n > 1 && (n * type.Size >= 16 || !type.IsFloat);

    internal bool TransposesRight => transposeB;

    /// <summary>Whether one matrix is the sum of the products of rows, one of each operand.</summary>
    internal bool SumsRows => batch == 1 && transposeA && !transposeB;

    /// <summary>The same product of another number of rows.</summary>
    internal MatMul Resized(ProductAxis rows, int count) =>
        rows == ProductAxis.Sum ? new(type, batch, m, n, count, transposeA, transposeB) : Resized((int)rows, count);

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
        // A product that is worth it shares its own loops, unless there are enough products for all threads.
        var flops = 2.0 * m * n * k;
        var groups = batch == 1 ? 1 : ProductSharing.Parts(batch * flops, batch);
        if (groups == 1 || batch < 2 * ParallelLoop.Threads && ProductSharing.Parts(flops, long.MaxValue) > 1)
        {
            parts.Run(0, batch);
            return;
        }
        parts.Batch = batch;
        parts.Groups = (nint)groups;
        ParallelLoop.Run(groups, ProductSharing.Nanoseconds(batch * flops), parts.RunGroup);
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
            Groups;

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

        internal readonly void RunGroup(long group) =>
            Run(ProductSharing.Cut(Batch, group, Groups, 1), ProductSharing.Cut(Batch, group + 1, Groups, 1));
    }
}
