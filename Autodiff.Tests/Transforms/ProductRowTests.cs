using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>Products that hand on blocks of rows, or items of their batch, give what they give as a whole.</summary>
[Collection(typeof(ProcessSettings))]
public sealed class ProductRowTests : IDisposable
{
    static readonly RandomKey Key = new(23);

    readonly (long, long, int, double, int) before = (
        ProductMember.LeastBytes,
        RowGroup.MostBlockBytes,
        RowGroup.LeastBlock,
        BlockEmitter.LeastRegion,
        ParallelLoop.MaxThreads
    );

    // The smallest products are cut into several blocks, and any loop is shared between threads.
    public ProductRowTests() =>
        (ProductMember.LeastBytes, RowGroup.MostBlockBytes, RowGroup.LeastBlock, BlockEmitter.LeastRegion) = (0, 1 << 15, 2, 0);

    public void Dispose() =>
        (ProductMember.LeastBytes, RowGroup.MostBlockBytes, RowGroup.LeastBlock, BlockEmitter.LeastRegion, ParallelLoop.MaxThreads) =
            before;

    static NDArray Layer(NDArray x, NDArray w) => MatMul(x, w) + w[0];

    static NDArray Attention(NDArray q, NDArray k, NDArray v) => MatMul(Softmax(MatMul(q, k.MT) / Math.Sqrt(q.Shape[^1])), v);

    // Functions of rows x and of two weights, of as many columns as rows, in which sums are added up in one order.
    static readonly Dictionary<string, Func<NDArray, NDArray, NDArray, NDArray[]>> SameBits = new()
    {
        ["a map"] = (x, w, _) => [Relu(Layer(x, w))],
        ["a map of a transposed operand"] = (x, w, _) => [Relu(MatMul(x, w.T) * 2 - 1)],
        ["a softmax"] = (x, w, _) => [Softmax(Layer(x, w))],
        ["a layer norm and what was there"] = (x, w, _) => [Standardize(Layer(x, w)) + x],
        ["what the product reads"] = (x, w, _) => [Tanh(MatMul(Relu(x) * 2, w))],
        ["the product itself"] = (x, w, _) => MatMul(x, w) is var y ? [y, Sin(y), y.Max(1)] : [],
        ["a second layer"] = (x, w, v) => [MatMul(Relu(Layer(x, w)), v), x.Sum(1)],
        ["a second layer, transposed, and a third"] = (x, w, v) => [Sin(MatMul(MatMul(Relu(Layer(x, w)), v.T), w))],
        ["a gate"] = (x, w, v) => [Layer(x, w) * Sigmoid(Layer(x, v))],
        ["rows by their number"] = (x, w, _) => [MatMul(x, w) * ExpandDims(Arange(x.Shape[0]), 1) + Roll(x, 1, 0)],
        ["rows of two products"] = (x, w, v) => [MatMul(x, w) - MatMul(Tanh(x), v)],
        ["what reads across rows"] = (x, w, _) => MatMul(x, w) is var y ? [Relu(y) + Flip(y, 0)] : [],
        ["the weights again"] = (x, w, _) => [MatMul(x, w) * w.Sum(), MatMul(w, w)],
        ["integers"] = (x, w, _) =>
            [Maximum(MatMul(AsType(x * 9, DType.Int32), AsType(w * 9, DType.Int32)), 3), Any(MatMul(x > 0.9, w > 0.9), 1)],
        ["attention"] = (x, w, v) => [Attention(Heads(x), Heads(Layer(x, w)), Heads(Layer(x, v)))],
        ["a layer of sequences"] = (x, w, _) => [Relu(Layer(Heads(x), w)) + Heads(x), Standardize(MatMul(Sin(Heads(x)), w.T))],
        ["sequences by their number"] = (x, w, _) => [MatMul(Heads(x), w) + ExpandDims(Arange(Heads(x).Shape[1]), 1)],
        ["attention of several heads"] = (x, w, v) =>
            [Attention(Split(x), Split(x * 2), Split(x + 1)) * ExpandDims(Arange(Split(x).Shape[0]), [1, 2, 3]), Sin(Split(x))],
        ["attention of heads between features"] = (x, w, v) => [EinsumAttention(Split(x), Split(Tanh(x)), Split(x + 1))],
        ["gradients of attention"] = (x, w, v) =>
            Gradient(s => Sin(Attention(s.Item1, s.Item2, s.Item3)), (Heads(x), Heads(x * 2), Heads(x + 1))),
    };

    // Likewise where sums of rows are added up block by block.
    static readonly Dictionary<string, Func<NDArray, NDArray, NDArray, NDArray[]>> Sums = new()
    {
        ["sums"] = (x, w, _) => Layer(x, w) is var y ? [Square(y).Mean(), y.Sum(0), y.Sum(1)] : [],
        ["the gradient of a layer"] = (x, w, v) => Gradient(s => Square(Layer(s.Item1, s.Item2)), (x, w, v)),
        ["the gradient of two layers"] = (x, w, v) =>
            Gradient(s => Square(MatMul(Relu(Layer(s.Item1, s.Item2)), s.Item3[.., ..3]) - 1), (x, w, v)),
        ["the gradient of a classifier"] = (x, w, v) =>
            Gradient(s => -LogSoftmax(Layer(Tanh(Layer(s.Item1, s.Item2)), s.Item3))[.., 0], (x, w, v)),
        ["the gradient of a layer of sequences"] = (x, w, v) =>
            Gradient(s => Square(MatMul(Relu(Layer(s.Item1, s.Item2)), s.Item3.T)), (Heads(x), w, v)),
        ["gradients of attention of several heads"] = (x, w, v) =>
            Gradient(s => Sin(EinsumAttention(Split(s.Item1), Split(MatMul(s.Item1, s.Item2)), Split(s.Item1 + s.Item3[0]))), (x, w, v)),
        ["examples of their own"] = (x, w, v) =>
            Vmap(Grad((NDArray a, NDArray b) => Square(Dot(Tanh(Dot(a, b)), b)).Sum()), inAxes: [0, null])(x, w) is var g
                ? [g, g.Sum(0)]
                : [],
    };

    static NDArray[] Gradient(Func<(NDArray, NDArray, NDArray), NDArray> f, (NDArray, NDArray, NDArray) at) =>
        Grad<(NDArray, NDArray, NDArray)>(s => f(s).Sum())(at) is var (a, b, c) ? [a, b, c] : [];

    // Rows as a batch of matrices, if their number allows.
    static NDArray Heads(NDArray x) => x.Shape[0] % 8 == 0 ? x.Reshape(8, x.Shape[0] / 8, x.Shape[1]) : ExpandDims(x, 0);

    static NDArray Split(NDArray x) =>
        x.Shape[0] % 16 == 0 ? x.Reshape(2, 4, x.Shape[0] / 8, x.Shape[1]) : x.Reshape(1, 1, x.Shape[0], x.Shape[1]);

    static NDArray EinsumAttention(NDArray q, NDArray k, NDArray v) =>
        Einsum("bhqk,bkhd->bqhd", Softmax(Einsum("bqhd,bkhd->bhqk", q, k)), v);

    public static TheoryData<string, DType, int, int> Cases(bool sums)
    {
        var cases = new TheoryData<string, DType, int, int>();
        foreach (var name in (sums ? Sums : SameBits).Keys)
        {
            foreach (var (rows, columns) in new[] { (240, 70), (127, 80), (2, 96), (0, 20) })
                cases.Add(name, DType.Float64, rows, columns);
            cases.Add(name, DType.Float32, 1024, 32);
        }
        return cases;
    }

    static NDArray[] Inputs(DType type, int rows, int columns) =>
        [.. new[] { rows, columns, columns }.Select((r, i) => AsType(Key.FoldIn((uint)i).Normal([r, columns]) / 4, type))];

    static Func<NDArray[], NDArray[]> Compiled(Func<NDArray, NDArray, NDArray, NDArray[]> f) =>
        Jit((NDArray[] xs) => f(xs[0], xs[1], xs[2]));

    static NDArray[] Apart(Func<NDArray[], NDArray[]> f, NDArray[] xs)
    {
        ProductMember.LeastBytes = long.MaxValue;
        var results = f(xs);
        ProductMember.LeastBytes = 0;
        return results;
    }

    [Theory, MemberData(nameof(Cases), false)]
    public void Every_bit_is_as_without_blocks(string name, DType type, int rows, int columns)
    {
        var xs = Inputs(type, rows, columns);
        foreach (var device in Devices.All.Concat(Devices.OfWidths).Append(new OptimizedInterpreter()))
        {
            using var scope = device.Use();
            var expected = Apart(Compiled(SameBits[name]), xs);
            var f = Compiled(SameBits[name]);
            foreach (var threads in new[] { 1, 2, 3 })
            {
                ParallelLoop.MaxThreads = threads;
                Assert.Equal(expected.Select(Bits), f(xs).Select(Bits));
            }
        }
    }

    [Theory, MemberData(nameof(Cases), true)]
    public void Sums_are_those_without_blocks_and_the_same_on_any_number_of_threads(string name, DType type, int rows, int columns)
    {
        var xs = Inputs(type, rows, columns);
        foreach (var device in Devices.All.Concat(Devices.OfWidths).Append(new OptimizedInterpreter()))
        {
            using var scope = device.Use();
            var (expected, f) = (Apart(Compiled(Sums[name]), xs), Compiled(Sums[name]));
            var got = f(xs);
            for (var i = 0; i < expected.Length; i++)
                Agreement.Holds(expected[i], got[i], type == DType.Float32 ? 1e-3 : 1e-10);
            foreach (var threads in new[] { 1, 2, 3 })
            {
                ParallelLoop.MaxThreads = threads;
                Assert.Equal(got.Select(Bits), f(xs).Select(Bits));
            }
        }
    }

    static string Bits(NDArray x) =>
        $"{x.Aval}"
        + x.DType switch
        {
            DType.Float64 => string.Join(",", x.ToArray<double>().Select(v => double.IsNaN(v) ? -1 : BitConverter.DoubleToInt64Bits(v))),
            DType.Float32 => string.Join(",", x.ToArray<float>().Select(v => float.IsNaN(v) ? -1 : BitConverter.SingleToInt32Bits(v))),
            _ => string.Join(",", AsType(x, DType.Int64).ToArray<long>()),
        };

    /// <summary>What is compiled, interpreted.</summary>
    sealed class OptimizedInterpreter : Device
    {
        public override string Name => "optimized interpreter";

        public override Program Optimize(Program program) => CpuDevice.Instance.Optimize(program);

        public override Executable Translate(Program program) => InterpreterDevice.Instance.Translate(program);
    }

    [Theory]
    [InlineData("a map")]
    [InlineData("a softmax")]
    [InlineData("what the product reads")]
    [InlineData("a second layer, transposed, and a third")]
    [InlineData("a gate")]
    [InlineData("gradients of attention")]
    public void All_products_are_in_one_loop(string name) => HasOneLoop(SameBits[name]);

    [Theory]
    [InlineData("sums")]
    [InlineData("the gradient of two layers")]
    [InlineData("the gradient of a classifier")]
    public void All_products_are_in_one_loop_with_their_sums(string name) => HasOneLoop(Sums[name]);

    static void HasOneLoop(Func<NDArray, NDArray, NDArray, NDArray[]> f)
    {
        // As many rows as make up for the sums that each thread has.
        var (x, w) = (new AbstractArray(new(DType.Float64, [160_000, 16])), new AbstractArray(new(DType.Float64, [16, 16])));
        var text = Compiled(f).Lower([x, w, w]).Kernels;
        var lines = text.Split('\n');
        Assert.Contains(lines, l => l.Contains("= routine matmul", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, l => l.StartsWith("  %", StringComparison.Ordinal) && l.Contains("routine", StringComparison.Ordinal));
        Assert.Single(lines, l => l.StartsWith("  %", StringComparison.Ordinal) && l.Contains("= loop", StringComparison.Ordinal));
    }

    [Fact]
    public void A_nan_stays_in_its_row()
    {
        var xs = Inputs(DType.Float64, 240, 70);
        xs[0] = xs[0].At[100, 3].Set(double.NaN).At[7, 0].Set(double.PositiveInfinity);
        var (expected, got) = (Apart(Compiled(SameBits["a softmax"]), xs)[0], Compiled(SameBits["a softmax"])(xs)[0]);
        Assert.Equal(Bits(expected), Bits(got));
        Assert.Equal(2, (int)Any(IsNaN(got), 1).Sum());
    }

    [Fact]
    public void A_result_in_the_memory_of_the_rows_it_comes_from()
    {
        var w = Inputs(DType.Float64, 1, 64)[1];
        Func<NDArray, NDArray, NDArray> f = (x, w) => Relu(MatMul(x, w) + x);
        var expected = Bits(f(Key.Normal([512, 64]), w));
        var donating = Jit(f, donate: [0]);
        for (var i = 0; i < 3; i++)
            Assert.Equal(expected, Bits(donating(Key.Normal([512, 64]), w)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Random_chains_agree_with_those_without_blocks(int seed)
    {
        for (var i = 0; i < 30; i++)
        {
            var random = new Random(1000 * seed + i);
            var type = random.Next(2) == 0 ? DType.Float64 : DType.Float32;
            var xs = Inputs(type, random.Next(1, 30) * random.Next(1, 20), random.Next(8, 60));
            (RowGroup.MostBlockBytes, RowGroup.LeastBlock) = (1 << random.Next(10, 18), random.Next(2, 17));
            var chain = random.GetItems(Enumerable.Range(0, 10).ToArray(), random.Next(1, 7));
            var end = random.Next(4);
            NDArray[] F(NDArray x, NDArray w, NDArray v) => End(Chain(x, w, v, chain), x, w, v, end, chain);
            var (expected, got) = (Apart(Compiled(F), xs), Compiled(F)(xs));
            for (var r = 0; r < expected.Length; r++)
                Agreement.Holds(expected[r], got[r], type == DType.Float32 ? 2e-3 : 1e-9);
        }
    }

    static NDArray Chain(NDArray x, NDArray w, NDArray v, int[] steps)
    {
        var y = x;
        foreach (var step in steps)
            y = step switch
            {
                0 => MatMul(y, w) + v[0],
                1 => MatMul(y, v.T),
                2 => Relu(y),
                3 => Softmax(y),
                4 => Standardize(y) * w[0],
                5 => y + x,
                6 => y * Sigmoid(MatMul(y, v)),
                7 => y - y.Mean(0),
                8 => Tanh(y) / (1 + Sum(Square(y), [1], keepDims: true)),
                _ => Attention(Heads(y), Heads(x), Heads(MatMul(x, w))).Reshape(y.Shape[0], y.Shape[1]),
            };
        return y;
    }

    static NDArray[] End(NDArray y, NDArray x, NDArray w, NDArray v, int end, int[] chain) =>
        end switch
        {
            0 => [y],
            1 => [y.Sum(0), y.Max(1), Square(y).Mean()],
            2 => [MatMul(x.T, y), y * 2],
            _ => Gradient(s => Chain(s.Item1, s.Item2, s.Item3, chain), (x, w, v)),
        };
}
