using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>What is donated changes no bit of any result, and nothing that is not donated.</summary>
public sealed class DonationLaws
{
    // So many examples that the smallest of arrays lies in native memory, which alone is written over.
    const int Examples = ArrayBuffer.ManagedLimit + 64;
    const int Programs = 400;

    public static TheoryData<string> Rows() => [.. OpTable.Rows.Where(r => r.Cases[0].Length > 0).Select(r => r.Name)];

    /// <summary>A batch of each operation of the table.</summary>
    [Theory, MemberData(nameof(Rows))]
    public void Operations(string row)
    {
        using var cpu = CpuDevice.Instance.Use();
        var op = OpTable.Named(row);
        var (shapes, type) = (op.Cases[0], op.Types[0]);
        NDArray[] examples = op.Draw(shapes, type);
        var size = Math.Max(2, Examples / (int)Math.Max(1, examples.Min(x => x.Aval.ByteSize)));
        NDArray[] xs = Array.ConvertAll(examples, x => Copy(BroadcastTo(x, [size, .. x.Shape.Dims])));
        var f = Vmap(op.Function, new BatchAxes { In = Array.ConvertAll(xs, _ => (int?)0) });
        Holds((NDArray[] all) => f(all), xs, 1);
    }

    [Fact]
    public void Random_programs()
    {
        using var cpu = CpuDevice.Instance.Use();
        var reused = 0;
        for (var seed = 0; seed < Programs; seed++)
        {
            var random = new Random(seed);
            var type = random.Next(2) == 0 ? DType.Float32 : DType.Float64;
            NDArray[] xs = [.. Enumerable.Range(0, random.Next(1, 5)).Select(k => new RandomKey(31 * seed + k).Normal([40, 33], type))];
            var donated = random.Next(1, 1 << xs.Length);
            NDArray[] Of(bool kept, NDArray[] all) => [.. all.Where((_, k) => (donated & 1 << k) != 0 != kept)];
            NDArray[] F(NDArray[] given, NDArray[] kept)
            {
                var (next, other) = (0, 0);
                return Program(seed, [.. xs.Select((_, k) => (donated & 1 << k) != 0 ? given[next++] : kept[other++])]);
            }
            try
            {
                Holds<NDArray[]>(given => F(given, Of(kept: true, xs)), Of(kept: false, xs), 2);
                var kept = Of(kept: true, xs);
                var before = Array.ConvertAll(kept, Blocks.Bytes);
                var f = Jit((NDArray[] given, NDArray[] rest) => F(given, rest), donate: [0]);
                f(Array.ConvertAll(Of(kept: false, xs), Copy), kept);
                Assert.Equal(before, kept.Select(Blocks.Bytes));
                var plain = Jit((NDArray[] given, NDArray[] rest) => F(given, rest));
                var (given, rest) = (Of(kept: false, xs), kept);
                reused += f.Lower(given, rest).Memory.ResultBytes < plain.Lower(given, rest).Memory.ResultBytes ? 1 : 0;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"program {seed}: {MakeJaxpr((NDArray[] all) => Program(seed, all), xs)}", e);
            }
        }
        Assert.True(reused > Programs / 4, $"only {reused} programs have results in the memory of their arguments");
    }

    static void Holds<T>(Func<NDArray[], T> f, NDArray[] xs, int calls)
        where T : IEnumerable<NDArray>
    {
        var expected = Jit((NDArray[] all) => f(all).ToArray())(xs).Select(Blocks.Bytes).ToArray();
        var donating = Jit((NDArray[] all) => f(all).ToArray(), donate: [0]);
        for (var i = 0; i < calls; i++)
        {
            NDArray[] given = Array.ConvertAll(xs, Copy);
            Assert.Equal(expected, donating(given).Select(Blocks.Bytes));
            Assert.All(given, x => Assert.True(x.IsReleased));
        }
    }

    static NDArray[] Program(int seed, NDArray[] xs)
    {
        var random = new Random(~seed);
        var values = new List<NDArray>(xs);
        NDArray Pick() => values[Math.Max(random.Next(values.Count), random.Next(values.Count))];
        for (var steps = random.Next(1, 12); steps > 0; steps--)
        {
            var (x, y, z) = (Pick(), Pick(), Pick());
            values.Add(
                random.Next(16) switch
                {
                    0 => Sin(x),
                    1 => x + y * 0.5,
                    2 => Where(x > y, x, z),
                    3 => Tanh(MatMul(MatMul(x, y.T), z) / 40),
                    4 => MatMul(x, y.T).Reshape(-1)[..1320].Reshape(40, 33) / 40,
                    5 => CumSum(Tanh(x), 0) / 40,
                    6 => Roll(x, 3, 0) - y,
                    7 => x.At[3..7].Add(y[1..5]),
                    8 => x.At[2].Set(y[4] * 2),
                    9 => ForiLoop(0, 3, (_, c) => Tanh(c) * 0.5 + y, x),
                    10 => Scan((c, row) => (c * 0.5 + row, c - row), x[0], y).Ys + z,
                    11 => Cond(x.Sum() > 0, c => c + y, c => z - c, x),
                    12 => WhileLoop(c => Sum(Square(c)) > 10, c => c * 0.7, x) + y,
                    13 => x - Max(y, [1], keepDims: true),
                    14 => Softmax(x) * z,
                    _ => ForiLoop(0, 2, (_, c) => (c.Item2 + z, c.Item1 * 0.5), (x, y)).Item1,
                }
            );
        }
        return [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Pick())];
    }
}
