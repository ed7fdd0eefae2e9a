using System.Numerics;
using System.Runtime.CompilerServices;

namespace Autodiff;

/// <summary>
/// Products of a matrix with a vector, which memory bounds: each element of the matrix is read once, in the order in which it lies.
/// </summary>
static unsafe class VectorProduct<T, V, L>
    where T : unmanaged, INumber<T>
    where V : unmanaged
    where L : ILanes<T, V>
{
    /// <summary>y[i] = Σ a[i, j]·x[j], where the rows of a are contiguous.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Dots(T* a, nint rowA, T* x, T* y, nint stepY, nint rows, nint columns)
    {
        nint i = 0;
        for (; i + 4 <= rows; i += 4)
        {
            var (p0, p1, p2, p3) = ((nint)a, (nint)(a + rowA), (nint)(a + 2 * rowA), (nint)(a + 3 * rowA));
            V v0 = default,
                v1 = default,
                v2 = default,
                v3 = default;
            nint j = 0;
            for (; j + L.Count <= columns; j += L.Count)
            {
                var xs = L.Load(x + j);
                v0 = L.MultiplyAdd(L.Load((T*)p0 + j), xs, v0);
                v1 = L.MultiplyAdd(L.Load((T*)p1 + j), xs, v1);
                v2 = L.MultiplyAdd(L.Load((T*)p2 + j), xs, v2);
                v3 = L.MultiplyAdd(L.Load((T*)p3 + j), xs, v3);
            }
            var (s0, s1, s2, s3) = (L.Sum(v0), L.Sum(v1), L.Sum(v2), L.Sum(v3));
            for (; j < columns; j++)
            {
                s0 += ((T*)p0)[j] * x[j];
                s1 += ((T*)p1)[j] * x[j];
                s2 += ((T*)p2)[j] * x[j];
                s3 += ((T*)p3)[j] * x[j];
            }
            y[i * stepY] = s0;
            y[(i + 1) * stepY] = s1;
            y[(i + 2) * stepY] = s2;
            y[(i + 3) * stepY] = s3;
            a += 4 * rowA;
        }
        for (; i < rows; i++, a += rowA)
            y[i * stepY] = Dot(a, x, columns);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static T Dot(T* a, T* x, nint length)
    {
        V v0 = default,
            v1 = default,
            v2 = default,
            v3 = default;
        nint j = 0;
        for (; j + 4 * L.Count <= length; j += 4 * L.Count)
        {
            v0 = L.MultiplyAdd(L.Load(a + j), L.Load(x + j), v0);
            v1 = L.MultiplyAdd(L.Load(a + j + L.Count), L.Load(x + j + L.Count), v1);
            v2 = L.MultiplyAdd(L.Load(a + j + 2 * L.Count), L.Load(x + j + 2 * L.Count), v2);
            v3 = L.MultiplyAdd(L.Load(a + j + 3 * L.Count), L.Load(x + j + 3 * L.Count), v3);
        }
        for (; j + L.Count <= length; j += L.Count)
            v0 = L.MultiplyAdd(L.Load(a + j), L.Load(x + j), v0);
        var sum = L.Sum(L.Add(L.Add(v0, v1), L.Add(v2, v3)));
        for (; j < length; j++)
            sum += a[j] * x[j];
        return sum;
    }

    // A matrix up to this size is walked in stripes, whose sums stay in registers; a larger one in the order in which it lies.
    const nint MostStripedBytes = 1 << 18;

    /// <summary>y[j] = Σ x[i]·a[i, j], where the rows of a, and y, are contiguous.</summary>
    internal static void Combine(T* a, nint rowA, T* x, nint stepX, T* y, nint rows, nint columns)
    {
        if (columns >= L.Count && rows * columns * sizeof(T) <= MostStripedBytes)
            CombineStripes(a, rowA, x, stepX, y, rows, columns);
        else
            CombineRows(a, rowA, x, stepX, y, rows, columns);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void CombineStripes(T* a, nint rowA, T* x, nint stepX, T* y, nint rows, nint columns)
    {
        nint j = 0;
        for (; j + 8 * L.Count <= columns; j += 8 * L.Count)
        {
            V v0 = default,
                v1 = default,
                v2 = default,
                v3 = default,
                v4 = default,
                v5 = default,
                v6 = default,
                v7 = default;
            var p = a + j;
            for (nint i = 0; i < rows; i++, p += rowA)
            {
                var xs = L.Broadcast(x[i * stepX]);
                v0 = L.MultiplyAdd(L.Load(p), xs, v0);
                v1 = L.MultiplyAdd(L.Load(p + L.Count), xs, v1);
                v2 = L.MultiplyAdd(L.Load(p + 2 * L.Count), xs, v2);
                v3 = L.MultiplyAdd(L.Load(p + 3 * L.Count), xs, v3);
                v4 = L.MultiplyAdd(L.Load(p + 4 * L.Count), xs, v4);
                v5 = L.MultiplyAdd(L.Load(p + 5 * L.Count), xs, v5);
                v6 = L.MultiplyAdd(L.Load(p + 6 * L.Count), xs, v6);
                v7 = L.MultiplyAdd(L.Load(p + 7 * L.Count), xs, v7);
            }
            L.Store(v0, y + j);
            L.Store(v1, y + j + L.Count);
            L.Store(v2, y + j + 2 * L.Count);
            L.Store(v3, y + j + 3 * L.Count);
            L.Store(v4, y + j + 4 * L.Count);
            L.Store(v5, y + j + 5 * L.Count);
            L.Store(v6, y + j + 6 * L.Count);
            L.Store(v7, y + j + 7 * L.Count);
        }
        for (; j + 2 * L.Count <= columns; j += 2 * L.Count)
        {
            V v0 = default,
                v1 = default,
                w0 = default,
                w1 = default;
            var p = a + j;
            nint i = 0;
            for (; i + 2 <= rows; i += 2, p += 2 * rowA)
            {
                var (x0, x1) = (L.Broadcast(x[i * stepX]), L.Broadcast(x[(i + 1) * stepX]));
                v0 = L.MultiplyAdd(L.Load(p), x0, v0);
                v1 = L.MultiplyAdd(L.Load(p + L.Count), x0, v1);
                w0 = L.MultiplyAdd(L.Load(p + rowA), x1, w0);
                w1 = L.MultiplyAdd(L.Load(p + rowA + L.Count), x1, w1);
            }
            if (i < rows)
            {
                var xs = L.Broadcast(x[i * stepX]);
                v0 = L.MultiplyAdd(L.Load(p), xs, v0);
                v1 = L.MultiplyAdd(L.Load(p + L.Count), xs, v1);
            }
            L.Store(L.Add(v0, w0), y + j);
            L.Store(L.Add(v1, w1), y + j + L.Count);
        }
        // The last stripes are narrower, and the very last one overlaps the one before.
        while (j < columns)
        {
            j = Math.Min(j, columns - L.Count);
            L.Store(CombineStripe(a + j, rowA, x, stepX, rows), y + j);
            j += L.Count;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static V CombineStripe(T* a, nint rowA, T* x, nint stepX, nint rows)
    {
        V v0 = default,
            v1 = default,
            v2 = default,
            v3 = default;
        nint i = 0;
        for (; i + 4 <= rows; i += 4, a += 4 * rowA)
        {
            v0 = L.MultiplyAdd(L.Load(a), L.Broadcast(x[i * stepX]), v0);
            v1 = L.MultiplyAdd(L.Load(a + rowA), L.Broadcast(x[(i + 1) * stepX]), v1);
            v2 = L.MultiplyAdd(L.Load(a + 2 * rowA), L.Broadcast(x[(i + 2) * stepX]), v2);
            v3 = L.MultiplyAdd(L.Load(a + 3 * rowA), L.Broadcast(x[(i + 3) * stepX]), v3);
        }
        for (; i < rows; i++, a += rowA)
            v0 = L.MultiplyAdd(L.Load(a), L.Broadcast(x[i * stepX]), v0);
        return L.Add(L.Add(v0, v1), L.Add(v2, v3));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void CombineRows(T* a, nint rowA, T* x, nint stepX, T* y, nint rows, nint columns)
    {
        nint i = 0;
        for (; i + 4 <= rows; i += 4)
        {
            var (x0, x1, x2, x3) = (x[i * stepX], x[(i + 1) * stepX], x[(i + 2) * stepX], x[(i + 3) * stepX]);
            var (v0, v1, v2, v3) = (L.Broadcast(x0), L.Broadcast(x1), L.Broadcast(x2), L.Broadcast(x3));
            nint j = 0;
            for (; j + L.Count <= columns; j += L.Count)
            {
                var p = a + j;
                var sum = i == 0 ? default : L.Load(y + j);
                sum = L.MultiplyAdd(v0, L.Load(p), sum);
                sum = L.MultiplyAdd(v1, L.Load(p + rowA), sum);
                sum = L.MultiplyAdd(v2, L.Load(p + 2 * rowA), sum);
                sum = L.MultiplyAdd(v3, L.Load(p + 3 * rowA), sum);
                L.Store(sum, y + j);
            }
            for (; j < columns; j++)
            {
                var p = a + j;
                var sum = x0 * p[0] + x1 * p[rowA] + x2 * p[2 * rowA] + x3 * p[3 * rowA];
                y[j] = i == 0 ? sum : y[j] + sum;
            }
            a += 4 * rowA;
        }
        for (; i < rows; i++, a += rowA)
            Accumulate(a, x[i * stepX], y, columns, i == 0);
    }

    /// <summary>y = x·a, or y += x·a unless <paramref name="first"/>, for a row a and a number x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Accumulate(T* a, T x, T* y, nint columns, bool first)
    {
        var xs = L.Broadcast(x);
        nint j = 0;
        for (; j + L.Count <= columns; j += L.Count)
            L.Store(L.MultiplyAdd(xs, L.Load(a + j), first ? default : L.Load(y + j)), y + j);
        for (; j < columns; j++)
            y[j] = first ? x * a[j] : y[j] + x * a[j];
    }
}
