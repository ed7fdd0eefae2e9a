using System.Numerics;

namespace Autodiff;

/// <summary>
/// The thin singular value decomposition of each A [m, n] = U·diag(S)·Vᵀ, k the lesser of m and n. Results: U [m, k] with orthonormal
/// columns, S [k] descending, Vᵀ [k, n] with orthonormal rows. NaN throughout where A holds anything not finite.
/// </summary>
/// <remarks>
/// One-sided Jacobi rotations (Hestenes): Golub and Van Loan, Matrix Computations, 8.6. They turn the rows of A, or of its transpose where
/// that has fewer, until they are orthogonal; the turned rows are then the singular vectors of the long side, times the singular values.
/// </remarks>
public sealed unsafe class Svd(DType type, int batch, int m, int n) : MatrixRoutine(type, batch)
{
    const int MaxSweeps = 60;

    public override string Name => "svd";

    public override string Options => "";

    private protected override void Run<T>(byte** operands, byte** results, nint item)
    {
        nint count = Math.Min(m, n);
        nint length = Math.Max(m, n);
        if (count == 0)
            return;
        var a = (T*)operands[0] + item * m * n;
        var u = (T*)results[0] + item * m * count;
        var s = (T*)results[1] + item * count;
        var vt = (T*)results[2] + item * count * n;
        using var scratch = new Scratch(count * (length + count) * sizeof(T));
        var rows = (T*)scratch.Pointer;
        var turned = rows + count * length;
        if (m >= n)
            Transpose(a, rows, m, n);
        else
            Copy(a, rows, count * length);
        var scale = Scale(rows, count * length);
        if (!T.IsFinite(scale) || !Orthogonalize(rows, turned, count, length))
        {
            Fill(u, T.NaN, m * count);
            Fill(s, T.NaN, count);
            Fill(vt, T.NaN, count * n);
            return;
        }
        Normalize(rows, turned, s, count, length);
        for (nint i = 0; i < count; i++)
            s[i] *= scale;
        Transpose(m >= n ? rows : turned, u, count, m);
        Copy(m >= n ? turned : rows, vt, count * n);
    }

    /// <summary>
    /// Turns the rows until all are orthogonal; <paramref name="turned"/> is the product of all rotations. False without convergence.
    /// </summary>
    static bool Orthogonalize<T>(T* rows, T* turned, nint count, nint length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Fill(turned, T.Zero, count * count);
        for (nint i = 0; i < count; i++)
            turned[i * count + i] = T.One;
        var two = T.CreateChecked(2);
        var tolerance = Tolerance<T>(length);
        var shortest = Shortest(rows, count, length);
        for (var sweep = 0; sweep < MaxSweeps; sweep++)
        {
            var done = true;
            for (nint p = 0; p < count; p++)
            for (var q = p + 1; q < count; q++)
            {
                var (x, y) = ((nint)(rows + p * length), (nint)(rows + q * length));
                var xx = Dot((T*)x, (T*)x, length);
                var yy = Dot((T*)y, (T*)y, length);
                var xy = Dot((T*)x, (T*)y, length);
                if (T.Min(xx, yy) <= shortest * shortest || T.Abs(xy) <= tolerance * T.Sqrt(xx) * T.Sqrt(yy))
                    continue;
                done = false;
                var zeta = (yy - xx) / (two * xy);
                var t = T.CopySign(T.One, zeta) / (T.Abs(zeta) + T.Hypot(T.One, zeta));
                var c = T.One / T.Sqrt(T.One + t * t);
                Rotate((T*)x, (T*)y, c, c * t, length);
                Rotate(turned + p * count, turned + q * count, c, c * t, count);
            }
            if (done)
                return true;
        }
        return false;
    }

    // A sum of so many products is no more exact than this.
    static T Tolerance<T>(nint length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Precision<T>() * T.Sqrt(T.CreateChecked(length));

    // A row no longer than this, next to the whole matrix, is rounding error: its direction means nothing.
    static T Shortest<T>(T* rows, nint count, nint length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Tolerance<T>(length) * T.Sqrt(Dot(rows, rows, count * length));

    /// <summary>Orders the rows by length, longest first, and divides them by it.</summary>
    static void Normalize<T>(T* rows, T* turned, T* lengths, nint count, nint length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var shortest = Shortest(rows, count, length);
        for (nint i = 0; i < count; i++)
            lengths[i] = T.Sqrt(Dot(rows + i * length, rows + i * length, length));
        for (nint i = 0; i < count; i++)
        {
            var longest = i;
            for (var j = i + 1; j < count; j++)
                if (lengths[j] > lengths[longest])
                    longest = j;
            (lengths[i], lengths[longest]) = (lengths[longest], lengths[i]);
            Swap(rows + i * length, rows + longest * length, length);
            Swap(turned + i * count, turned + longest * count, count);
            if (lengths[i] <= shortest)
                Complete(rows, i, length);
            else
                for (nint j = 0; j < length; j++)
                    rows[i * length + j] /= lengths[i];
        }
    }

    /// <summary>
    /// Gives row <paramref name="at"/> a direction orthogonal to all before it: some unit vector is not too near their span.
    /// </summary>
    static void Complete<T>(T* rows, nint at, nint length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var row = rows + at * length;
        var least = T.One / (T.CreateChecked(2) * T.Sqrt(T.CreateChecked(length)));
        for (nint axis = 0; axis < length; axis++)
        {
            Fill(row, T.Zero, length);
            row[axis] = T.One;
            // Twice is enough (Kahan and Parlett).
            for (var pass = 0; pass < 2; pass++)
            for (nint i = 0; i < at; i++)
                AddScaled(row, -Dot(row, rows + i * length, length), rows + i * length, length);
            var norm = T.Sqrt(Dot(row, row, length));
            if (norm < least)
                continue;
            for (nint j = 0; j < length; j++)
                row[j] /= norm;
            return;
        }
    }

    static void Swap<T>(T* x, T* y, nint length)
        where T : unmanaged
    {
        for (nint i = 0; i < length; i++)
            (x[i], y[i]) = (y[i], x[i]);
    }
}
