using System.Numerics;
using System.Runtime.InteropServices;
using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>Products that are large enough for several threads are right, and have the same bits on any number of them.</summary>
[Collection(typeof(ProcessSettings))]
public sealed class SharedProductTests
{
    public static TheoryData<int, int, int, int, bool, bool> Sizes =>
        new()
        {
            // In place, with a tail in every direction; packed because of the layout.
            { 1, 131, 133, 129, false, false },
            { 1, 257, 121, 67, true, true },
            // Several blocks of the inner dimension and of columns, with tails; few rows; few columns.
            { 1, 245, 1601, 530, false, false },
            { 1, 90, 700, 1030, true, false },
            { 1, 1500, 50, 600, false, true },
            { 1, 3000, 5, 700, false, false },
            // By a vector from either side, and from one.
            { 1, 3001, 1, 1001, false, false },
            { 1, 3001, 1, 1001, true, false },
            { 1, 1, 3001, 1001, false, false },
            { 1, 1, 3001, 1001, false, true },
            { 1, 2003, 1501, 1, false, false },
            // Few large ones, and many small ones.
            { 3, 150, 140, 130, false, true },
            { 70, 31, 33, 35, true, false },
        };

    [Theory, MemberData(nameof(Sizes))]
    public void OfFloat64(int batch, int m, int n, int k, bool transposeA, bool transposeB) =>
        Check<double>(DType.Float64, batch, m, n, k, transposeA, transposeB, 1e-14);

    [Theory, MemberData(nameof(Sizes))]
    public void OfFloat32(int batch, int m, int n, int k, bool transposeA, bool transposeB) =>
        Check<float>(DType.Float32, batch, m, n, k, transposeA, transposeB, 1e-6);

    [Theory, MemberData(nameof(Sizes))]
    public void OfInt64(int batch, int m, int n, int k, bool transposeA, bool transposeB) =>
        Check<long>(DType.Int64, batch, m, n, k, transposeA, transposeB, 0);

    static void Check<T>(DType type, int batch, int m, int n, int k, bool transposeA, bool transposeB, double tolerance)
        where T : unmanaged, INumber<T>
    {
        var keys = new RandomKey(batch + m + n + k).Split(2);
        var a = Floor(keys[0].Uniform(transposeA ? [batch, k, m] : [batch, m, k], -999, 999)).AsType(type);
        var b = Floor(keys[1].Uniform(transposeB ? [batch, n, k] : [batch, k, n], -999, 999)).AsType(type);
        var product = Jit((a, b) => Einsum($"{(transposeA ? "zki" : "zik")},{(transposeB ? "zjk" : "zkj")}->zij", a, b));
        // Nothing is laid out anew before it.
        Assert.Single(product.Lower(a, b).Kernels.ToString().Split('\n'), line => line.Contains(" = "));
        var before = ParallelLoop.MaxThreads;
        try
        {
            ParallelLoop.MaxThreads = 1;
            var alone = Values<T>(product(a, b));
            foreach (var threads in (int[])[2, 3])
            {
                ParallelLoop.MaxThreads = threads;
                for (var repeat = 0; repeat < 3; repeat++)
                    Assert.True(alone.AsSpan().SequenceEqual(Values<T>(product(a, b))), $"{threads} threads give other bits than one.");
            }
            var (random, left, right) = (new Random(7), Values<T>(a), Values<T>(b));
            for (var sample = 0; sample < 2000; sample++)
            {
                var (item, i, j) = (random.Next(batch), random.Next(m), random.Next(n));
                var (sum, size) = (0.0, 0.0);
                for (var p = 0; p < k; p++)
                {
                    var x = double.CreateTruncating(left[item * m * k + (transposeA ? p * m + i : i * k + p)]);
                    var y = double.CreateTruncating(right[item * k * n + (transposeB ? j * k + p : p * n + j)]);
                    sum += x * y;
                    size += Math.Abs(x * y);
                }
                Assert.Equal(sum, double.CreateTruncating(alone[(item * m + i) * n + j]), tolerance * size);
            }
        }
        finally
        {
            ParallelLoop.MaxThreads = before;
        }
    }

    static T[] Values<T>(NDArray x)
        where T : unmanaged
    {
        var array = (ConcreteArray)x;
        var bytes = new byte[array.Aval.ByteSize];
        array.Buffer.CopyTo(bytes);
        return MemoryMarshal.Cast<byte, T>(bytes).ToArray();
    }
}
