using System.Numerics;
using System.Runtime.CompilerServices;

namespace Autodiff;

/// <summary>A computation on each of a batch of Float32 or Float64 matrices, in their own type.</summary>
public abstract unsafe class MatrixRoutine(DType type, int batch) : Routine
{
    public sealed override double Flops => batch * FlopsOfOne;

    /// <summary>The operations on one item of the batch; see <see cref="Routine.Flops"/>.</summary>
    private protected virtual double FlopsOfOne => 0;

    public sealed override void Run(byte** operands, byte** results)
    {
        for (nint item = 0; item < batch; item++)
            if (type == DType.Float32)
                Run<float>(operands, results, item);
            else
                Run<double>(operands, results, item);
    }

    /// <summary>Computes one item of the batch; the pointers are those of the whole batch.</summary>
    private protected abstract void Run<T>(byte** operands, byte** results, nint item)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>The inner product of two vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected static T Dot<T>(T* x, T* y, nint length)
        where T : unmanaged, INumber<T>
    {
        var (sum0, sum1) = (Vector<T>.Zero, Vector<T>.Zero);
        nint i = 0;
        for (; i + 2 * Vector<T>.Count <= length; i += 2 * Vector<T>.Count)
        {
            sum0 += Vector.Load(x + i) * Vector.Load(y + i);
            sum1 += Vector.Load(x + i + Vector<T>.Count) * Vector.Load(y + i + Vector<T>.Count);
        }
        var sum = Vector.Sum(sum0 + sum1);
        for (; i < length; i++)
            sum += x[i] * y[i];
        return sum;
    }

    /// <summary>y += factor·x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected static void AddScaled<T>(T* y, T factor, T* x, nint length)
        where T : unmanaged, INumber<T>
    {
        var factors = new Vector<T>(factor);
        nint i = 0;
        for (; i + Vector<T>.Count <= length; i += Vector<T>.Count)
            (Vector.Load(y + i) + factors * Vector.Load(x + i)).Store(y + i);
        for (; i < length; i++)
            y[i] += factor * x[i];
    }

    /// <summary>The rotation (x, y) ← (c·x − s·y, s·x + c·y).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected static void Rotate<T>(T* x, T* y, T c, T s, nint length)
        where T : unmanaged, INumber<T>
    {
        var (cs, ss) = (new Vector<T>(c), new Vector<T>(s));
        nint i = 0;
        for (; i + Vector<T>.Count <= length; i += Vector<T>.Count)
        {
            var (xs, ys) = (Vector.Load(x + i), Vector.Load(y + i));
            (cs * xs - ss * ys).Store(x + i);
            (ss * xs + cs * ys).Store(y + i);
        }
        for (; i < length; i++)
            (x[i], y[i]) = (c * x[i] - s * y[i], s * x[i] + c * y[i]);
    }

    /// <summary>Divides by the largest magnitude, unless that is 0, and gives it: squares of what is left cannot overflow.</summary>
    private protected static T Scale<T>(T* x, nint length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var largest = T.Zero;
        for (nint i = 0; i < length; i++)
            largest = T.Max(largest, T.Abs(x[i]));
        if (largest != T.Zero)
            for (nint i = 0; i < length; i++)
                x[i] /= largest;
        return largest;
    }

    /// <summary>The distance from 1 to the next number.</summary>
    private protected static T Precision<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => T.BitIncrement(T.One) - T.One;

    /// <summary>
    /// Makes of x a Householder vector v, with v[0] = 1, whose reflection I − τ·v·vᵀ takes x to (β, 0, …), with the signs of LAPACK's larfg
    /// (Golub and Van Loan, Matrix Computations, 5.1).
    /// </summary>
    private protected static (T Tau, T Beta) Reflect<T>(T* x, nint length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var scale = Scale(x, length);
        var alpha = x[0];
        x[0] = T.One;
        var rest = Dot(x + 1, x + 1, length - 1);
        if (rest == T.Zero)
            return (T.Zero, alpha * scale);
        var beta = -T.CopySign(T.Sqrt(alpha * alpha + rest), alpha);
        for (nint i = 1; i < length; i++)
            x[i] /= alpha - beta;
        return ((beta - alpha) / beta, beta * scale);
    }

    private protected static void Transpose<T>(T* source, T* target, nint rows, nint columns)
        where T : unmanaged
    {
        for (nint i = 0; i < rows; i++)
        for (nint j = 0; j < columns; j++)
            target[j * rows + i] = source[i * columns + j];
    }

    private protected static void Copy<T>(T* source, T* target, nint length)
        where T : unmanaged => Buffer.MemoryCopy(source, target, length * sizeof(T), length * sizeof(T));

    private protected static void Fill<T>(T* target, T value, nint length)
        where T : unmanaged
    {
        for (nint i = 0; i < length; i++)
            target[i] = value;
    }
}
