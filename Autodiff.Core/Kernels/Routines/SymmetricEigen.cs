using System.Numerics;

namespace Autodiff;

/// <summary>
/// The eigenvalues of each symmetric A, ascending [batch, n], and its orthonormal eigenvectors as columns [batch, n, n]. NaN throughout
/// where A holds anything not finite.
/// </summary>
/// <remarks>
/// Householder tridiagonalisation, then implicit QL steps: Golub and Van Loan, Matrix Computations, 8.3; Dubrulle's form of the step.
/// </remarks>
public sealed unsafe class SymmetricEigen(DType type, int batch, int n) : MatrixRoutine(type, batch)
{
    const int MaxStepsPerValue = 60;

    public override string Name => "eigh";

    public override string Options => "";

    private protected override void Run<T>(byte** operands, byte** results, nint item)
    {
        var values = (T*)results[0] + item * n;
        var vectors = (T*)results[1] + item * n * n;
        using var scratch = new Scratch(((2L * n + 3) * n) * sizeof(T));
        var a = (T*)scratch.Pointer;
        var z = a + (nint)n * n;
        var diagonal = z + (nint)n * n;
        var off = diagonal + n;
        Copy((T*)operands[0] + item * n * n, a, (nint)n * n);
        var scale = Scale(a, (nint)n * n);
        Tridiagonalize(a, z, diagonal, off, off + n);
        if (!Diagonalize(z, diagonal, off))
        {
            Fill(values, T.NaN, n);
            Fill(vectors, T.NaN, (nint)n * n);
            return;
        }
        for (nint to = 0; to < n; to++)
        {
            nint least = to;
            for (var i = to + 1; i < n; i++)
                if (diagonal[i] < diagonal[least])
                    least = i;
            values[to] = diagonal[least] * scale;
            (diagonal[least], diagonal[to]) = (diagonal[to], diagonal[least]);
            for (nint i = 0; i < n; i++)
            {
                vectors[i * n + to] = z[least * n + i];
                z[least * n + i] = z[to * n + i];
            }
        }
    }

    /// <summary>
    /// A = Q·T·Qᵀ: the diagonal of T, the elements beside it, and Qᵀ in z. The Householder vectors replace the rows of a.
    /// </summary>
    void Tridiagonalize<T>(T* a, T* z, T* diagonal, T* off, T* p)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (nint k = 0; k < n; k++)
        {
            var length = n - k - 1;
            var v = a + k * n + k + 1;
            diagonal[k] = a[k * n + k];
            off[k] = T.Zero;
            if (length == 0)
                break;
            (var tau, off[k]) = Reflect(v, length);
            a[k * n + k] = tau;
            if (tau == T.Zero)
                continue;
            // The symmetric rank-two update A −= v·wᵀ + w·vᵀ with w = p − ½τ(pᵀv)·v, p = τ·A·v.
            var block = a + (k + 1) * n + k + 1;
            for (nint i = 0; i < length; i++)
                p[i] = tau * Dot(block + i * n, v, length);
            AddScaled(p, -tau * Dot(p, v, length) / T.CreateChecked(2), v, length);
            for (nint i = 0; i < length; i++)
            {
                AddScaled(block + i * n, -v[i], p, length);
                AddScaled(block + i * n, -p[i], v, length);
            }
        }
        Fill(z, T.Zero, (nint)n * n);
        for (nint k = n - 1; k >= 0; k--)
        {
            z[k * n + k] = T.One;
            var length = n - k - 1;
            var v = a + k * n + k + 1;
            for (var i = k + 1; length > 0 && i < n; i++)
            {
                var row = z + i * n + k + 1;
                AddScaled(row, -a[k * n + k] * Dot(row, v, length), v, length);
            }
        }
    }

    /// <summary>Turns the tridiagonal matrix into its eigenvalues, and the rows of z with it. False where that does not converge.</summary>
    bool Diagonalize<T>(T* z, T* diagonal, T* off)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (nint low = 0; low < n; low++)
        for (var steps = 0; ; steps++)
        {
            var high = low;
            while (high < n - 1 && !Negligible(diagonal, off, high))
                high++;
            if (high == low)
                break;
            if (steps == MaxStepsPerValue)
                return false;
            Step(z, diagonal, off, low, high);
        }
        for (nint i = 0; i < n; i++)
            if (!T.IsFinite(diagonal[i]))
                return false;
        return true;
    }

    // Measured by the whole matrix, whose largest element is 1: nothing smaller than its rounding error is known of it.
    static bool Negligible<T>(T* diagonal, T* off, nint i)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        T.Abs(off[i]) <= Precision<T>() * T.Max(T.One, T.Abs(diagonal[i]) + T.Abs(diagonal[i + 1]));

    // One implicit QL step on rows low to high, shifted by the eigenvalue of the leading two by two that is nearer the first element.
    void Step<T>(T* z, T* diagonal, T* off, nint low, nint high)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var two = T.CreateChecked(2);
        var g = (diagonal[low + 1] - diagonal[low]) / (two * off[low]);
        g = diagonal[high] - diagonal[low] + off[low] / (g + T.CopySign(T.Hypot(g, T.One), g));
        var (s, c, shift) = (T.One, T.One, T.Zero);
        for (var i = high - 1; i >= low; i--)
        {
            var f = s * off[i];
            var b = c * off[i];
            var r = T.Hypot(f, g);
            off[i + 1] = r;
            if (r == T.Zero)
            {
                diagonal[i + 1] -= shift;
                off[high] = T.Zero;
                return;
            }
            (s, c) = (f / r, g / r);
            g = diagonal[i + 1] - shift;
            r = (diagonal[i] - g) * s + two * c * b;
            shift = s * r;
            diagonal[i + 1] = g + shift;
            g = c * r - b;
            Rotate(z + i * n, z + (i + 1) * n, c, s, n);
        }
        diagonal[low] -= shift;
        off[low] = g;
        off[high] = T.Zero;
    }
}
