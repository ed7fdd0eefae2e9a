namespace Autodiff;

/// <summary>
/// The reduced factors of each A [m, n] = Q·R: Q [m, k] with orthonormal columns and R [k, n] upper triangular, k the lesser of m and n.
/// </summary>
/// <remarks>Householder reflections: Golub and Van Loan, Matrix Computations, 5.2, with LAPACK's signs.</remarks>
public sealed unsafe class QrFactor(DType type, int batch, int m, int n) : MatrixRoutine(type, batch)
{
    public override string Name => "qr";

    public override string Options => "";

    private protected override double FlopsOfOne => Reflections(n) + Reflections(Math.Min(m, n));

    // The operations of applying reflection j, of length m − j, to the columns behind j.
    double Reflections(double columns)
    {
        double k = Math.Min(m, n);
        return 4 * k * (m * columns - k * (m + columns) / 2 + k * k / 3);
    }

    private protected override void Run<T>(byte** operands, byte** results, nint item)
    {
        nint k = Math.Min(m, n);
        var q = (T*)results[0] + item * m * k;
        var r = (T*)results[1] + item * k * n;
        // Reflections run along columns, so the work is on the transposed matrices.
        using var scratch = new Scratch((((nint)n + k) * m + k) * sizeof(T));
        var columns = (T*)scratch.Pointer;
        var qt = columns + (nint)n * m;
        var taus = qt + k * m;
        Transpose((T*)operands[0] + item * m * n, columns, m, n);
        Fill(r, T.Zero, k * n);
        for (nint j = 0; j < k; j++)
        {
            var v = columns + j * m + j;
            for (nint i = 0; i < j; i++)
                r[i * n + j] = columns[j * m + i];
            (taus[j], r[j * n + j]) = Reflect(v, m - j);
            for (var c = j + 1; c < n; c++)
                Apply(v, taus[j], columns + c * m + j, m - j);
        }
        for (var j = k; j < n; j++)
        for (nint i = 0; i < k; i++)
            r[i * n + j] = columns[j * m + i];
        Fill(qt, T.Zero, k * m);
        for (var j = k - 1; j >= 0; j--)
        {
            qt[j * m + j] = T.One;
            for (var c = j; c < k; c++)
                Apply(columns + j * m + j, taus[j], qt + c * m + j, m - j);
        }
        Transpose(qt, q, k, m);
    }

    static void Apply<T>(T* v, T tau, T* x, nint length)
        where T : unmanaged, System.Numerics.INumber<T> => AddScaled(x, -tau * Dot(v, x, length), v, length);
}
