namespace Autodiff;

/// <summary>
/// The lower triangular L with L·Lᵀ = A for each symmetric positive definite A, of which the lower triangle is read; NaN throughout where A
/// is not positive definite.
/// </summary>
/// <remarks>Golub and Van Loan, Matrix Computations, 4.2, row by row, so that all sums run along rows.</remarks>
public sealed unsafe class Cholesky(DType type, int batch, int n) : MatrixRoutine(type, batch)
{
    public override string Name => "cholesky";

    public override string Options => "";

    private protected override double FlopsOfOne => Math.Pow(n, 3) / 3;

    private protected override void Run<T>(byte** operands, byte** results, nint item)
    {
        var a = (T*)operands[0] + item * n * n;
        var l = (T*)results[0] + item * n * n;
        for (nint i = 0; i < n; i++)
        {
            var row = l + i * n;
            for (nint j = 0; j < i; j++)
                row[j] = (a[i * n + j] - Dot(row, l + j * n, j)) / l[j * n + j];
            var square = a[i * n + i] - Dot(row, row, i);
            if (!(square > T.Zero))
            {
                Fill(l, T.NaN, (nint)n * n);
                return;
            }
            row[i] = T.Sqrt(square);
            Fill(row + i + 1, T.Zero, n - i - 1);
        }
    }
}
