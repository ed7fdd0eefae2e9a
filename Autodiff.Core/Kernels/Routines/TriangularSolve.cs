using System.Numerics;

namespace Autodiff;

/// <summary>
/// X with op(A)·X = B for each triangular A [n, n] and B [n, m]; op transposes where <paramref name="transpose"/>. Only the named triangle
/// of A is read, and not its diagonal where <paramref name="unitDiagonal"/>.
/// </summary>
/// <remarks>Substitution: Golub and Van Loan, Matrix Computations, 3.1.</remarks>
public sealed unsafe class TriangularSolve(
    DType type,
    int batch,
    int n,
    int m,
    bool lower,
    bool transpose = false,
    bool unitDiagonal = false
) : MatrixRoutine(type, batch)
{
    public override string Name => "triangular_solve";

    public override string Options =>
        $"{(lower ? "lower" : "upper")}{(transpose ? ", transposed" : "")}{(unitDiagonal ? ", unit diagonal" : "")}";

    private protected override double FlopsOfOne => (double)n * n * m;

    private protected override void Run<T>(byte** operands, byte** results, nint item)
    {
        var a = (T*)operands[0] + item * n * n;
        var x = (T*)results[0] + item * n * m;
        Copy((T*)operands[1] + item * n * m, x, (nint)n * m);
        var forward = lower != transpose;
        for (nint step = 0; step < n; step++)
        {
            var i = forward ? step : n - 1 - step;
            if (m == 1)
                SolveOne(a, x, i, forward);
            else
                SolveRow(a, x, i, forward);
        }
    }

    void SolveRow<T>(T* a, T* x, nint i, bool forward)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var row = x + i * m;
        var from = forward ? 0 : i + 1;
        var to = forward ? i : n;
        for (var j = from; j < to; j++)
            AddScaled(row, -(transpose ? a[j * n + i] : a[i * n + j]), x + j * m, m);
        if (!unitDiagonal)
            for (nint j = 0; j < m; j++)
                row[j] /= a[i * n + i];
    }

    // One column lies in a straight line, as do the rows of A: a sum along A's row, or a row of A taken from what is left to solve.
    void SolveOne<T>(T* a, T* x, nint i, bool forward)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var row = a + i * n;
        if (!transpose)
            x[i] -= forward ? Dot(row, x, i) : Dot(row + i + 1, x + i + 1, n - i - 1);
        if (!unitDiagonal)
            x[i] /= row[i];
        if (!transpose)
            return;
        if (forward)
            AddScaled(x + i + 1, -x[i], row + i + 1, n - i - 1);
        else
            AddScaled(x, -x[i], row, i);
    }
}
