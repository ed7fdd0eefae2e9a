namespace Autodiff;

/// <summary>
/// The factors of each square A with its rows permuted: A[permutation] = L·U. Results: L (unit diagonal, not stored) and U packed in one
/// matrix, and the permutation, Int32 [batch, n].
/// </summary>
/// <remarks>Gaussian elimination with partial pivoting: Golub and Van Loan, Matrix Computations, 3.4.</remarks>
public sealed unsafe class LuFactor(DType type, int batch, int n) : MatrixRoutine(type, batch)
{
    public override string Name => "lu";

    public override string Options => "";

    private protected override double FlopsOfOne => 2 * Math.Pow(n, 3) / 3;

    private protected override void Run<T>(byte** operands, byte** results, nint item)
    {
        var lu = (T*)results[0] + item * n * n;
        var permutation = (int*)results[1] + item * n;
        Copy((T*)operands[0] + item * n * n, lu, (nint)n * n);
        for (var i = 0; i < n; i++)
            permutation[i] = i;
        for (nint k = 0; k < n; k++)
        {
            var pivot = k;
            for (var i = k + 1; i < n; i++)
                if (T.Abs(lu[i * n + k]) > T.Abs(lu[pivot * n + k]))
                    pivot = i;
            if (pivot != k)
            {
                (permutation[k], permutation[pivot]) = (permutation[pivot], permutation[k]);
                for (nint j = 0; j < n; j++)
                    (lu[k * n + j], lu[pivot * n + j]) = (lu[pivot * n + j], lu[k * n + j]);
            }
            var top = lu + k * n;
            // A column of zeros leaves nothing to eliminate: U is singular, as A is.
            if (top[k] == T.Zero)
                continue;
            for (var i = k + 1; i < n; i++)
            {
                var row = lu + i * n;
                row[k] /= top[k];
                AddScaled(row + k + 1, -row[k], top + k + 1, n - k - 1);
            }
        }
    }
}
