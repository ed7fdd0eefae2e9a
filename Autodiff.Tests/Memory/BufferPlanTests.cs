using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>The plan of buffers: near the lower bound, and no value overwritten before it is read.</summary>
public partial class BufferPlanTests
{
    const double MostOverBound = 1.1;

    [PyTree]
    internal sealed partial record Network(NDArray W1, NDArray B1, NDArray W2, NDArray B2, NDArray W3, NDArray B3);

    static AbstractArray F32(params int[] shape) => new([.. shape], DType.Float32);

    static NDArray Loss(Network m, NDArray x, NDArray y)
    {
        var h = Relu(MatMul(x, m.W1) + m.B1);
        h = Relu(MatMul(h, m.W2) + m.B2);
        return -(LogSoftmax(MatMul(h, m.W3) + m.B3) * y).Mean();
    }

    static (Network, NDArray) Step(Network m, NDArray x, NDArray y)
    {
        var (value, grad) = ValueAndGrad<Network, NDArray, NDArray>(Loss)(m, x, y);
        return (Tree.Map((w, g) => w - 0.1f * g, m, grad), value);
    }

    static void IsNearBound(ProgramMemory memory, double most = MostOverBound)
    {
        Assert.InRange((double)memory.PeakBytes / memory.LowerBoundBytes, 1, most);
        // Arguments belong to the caller: without them the ratio means more.
        var fixedBytes = memory.ArgumentBytes + memory.ConstantBytes;
        Assert.InRange((double)(memory.PeakBytes - fixedBytes) / (memory.LowerBoundBytes - fixedBytes), 1, most);
    }

    [Fact]
    public void A_training_step_of_a_network()
    {
        var network = new Network(F32(784, 512), F32(512), F32(512, 512), F32(512), F32(512, 10), F32(10));
        IsNearBound(Jit((Network m, NDArray x, NDArray y) => Step(m, x, y)).Lower(network, F32(128, 784), F32(128, 10)).Memory);
        IsNearBound(Jit(Grad<Network, NDArray, NDArray>(Loss)).Lower(network, F32(128, 784), F32(128, 10)).Memory);
    }

    // Places are given out in the order of the program, and a carry that cannot be overwritten has two buffers: this is what it costs where it
    // costs more than a tenth.
    static readonly Dictionary<string, double> OverBound = new()
    {
        ["sums along an axis"] = 1.51,
        ["scan and its rows"] = 1.15,
        ["a loop that swaps its carry"] = 1.67,
        ["a loop that may not run"] = 1.51,
        ["loops in loops"] = 1.34,
        ["a sort"] = 1.51,
    };

    static readonly Dictionary<string, Func<NDArray, NDArray>> Programs = new()
    {
        ["maps between products"] = x => MatMul(Tanh(MatMul(Sin(x), x)), Exp(-x)),
        ["gradient of products"] = Grad(x =>
        {
            var y = x;
            for (var i = 0; i < 6; i++)
                y = Tanh(MatMul(y, x) / 40);
            return y.Sum();
        }),
        ["gradient of a softmax"] = Grad(x => Square(Softmax(x)).Sum()),
        ["transposes"] = x => MatMul(Exp(-x).T, x).T + Sin(x).T,
        ["sums along an axis"] = x =>
        {
            for (var i = 0; i < 4; i++)
                x = CumSum(Sin(Roll(x, 3, 0)), 0);
            return x;
        },
        ["scan and its rows"] = x =>
        {
            var (last, rows) = Scan(c => (MatMul(c, x) / 40, Tanh(c)), x, length: 5);
            return rows.Sum(0) + last;
        },
        ["gradient of a scan"] = Grad(x => Scan((c, _) => (Tanh(c) * x, c.Sum()), x, Zeros(20)).Ys.Sum()),
        ["gradient of a while loop"] = Grad(x => WhileLoop(c => c.Item1 < 5, c => (c.Item1 + 1, Sin(c.Item2) * x), (0.0, x)).Item2.Sum()),
        ["a loop that swaps its carry"] = x =>
        {
            var (a, b) = ForiLoop(0, 7, (_, c) => (c.Item2.T + 1, c.Item1 * 0.5), (x, x * 2));
            return MatMul(a, b) / 40;
        },
        ["a loop that may not run"] = x => Sin(WhileLoop(c => c.Sum() < -1e9, c => c.T * 2, Exp(-x)) + x) * x,
        ["loops in loops"] = x =>
            ForiLoop(
                0,
                3,
                (i, c) => ForiLoop(0, 2, (_, d) => MatMul(d, x) / 40 + d.T, Tanh(c)) + WhileLoop(d => d.Max() > 1, d => d.T / 2, c),
                x
            ),
        ["a branch"] = x => Cond(x.Sum() > 0, y => MatMul(Sin(y), y) + 1, y => Cos(y.T) - 1, Tanh(x) * 3) + x,
        ["scatters"] = x => (Tanh(x) * 2).At[1..3].Add(x[2..4]).At[0].Set(7) + Sin(x),
        ["a sort"] = x => Sort(Sort(x * 2, 0) + Sin(x).T, 1) - x,
    };

    public static TheoryData<string> Names() => [.. Programs.Keys];

    static NDArray Matrix => (Arange(60 * 60) * 0.7 % 3.1 - 1.5).Reshape(60, 60);

    [Theory]
    [MemberData(nameof(Names))]
    public void Stays_near_the_bound(string name) =>
        IsNearBound(Jit(Programs[name]).Lower(Matrix).Memory, OverBound.GetValueOrDefault(name, MostOverBound));

    [Theory]
    [MemberData(nameof(Names))]
    public void Nothing_is_overwritten_too_early(string name)
    {
        NDArray expected;
        using (InterpreterDevice.Instance.Use())
            expected = Jit(Programs[name])(Matrix);
        var f = Jit(Programs[name]);
        var (first, second) = (f(Matrix), f(Matrix));
        Agreement.Holds(expected, first);
        Agreement.Holds(expected, second);
    }

    [Fact]
    public void What_a_result_is_written_over_keeps_its_place_until_then()
    {
        // The sorted rows could be computed in the result, were it not written over the array that the product still reads.
        static (NDArray, NDArray) F(NDArray x)
        {
            var y = Sin(MatMul(x, x) / 40);
            var sorted = Sort(y[20..40], 1);
            var z = MatMul(y, x) + sorted.Sum();
            return (Concatenate([y[..20], sorted, y[40..]], 0), z);
        }
        var (a, b) = Jit((NDArray x) => F(x))(Matrix);
        var (p, q) = F(Matrix);
        Agreement.Holds(p, a);
        Agreement.Holds(q, b);
    }

    [Fact]
    public void Several_results_and_what_they_share()
    {
        static (NDArray, NDArray, NDArray, NDArray) F(NDArray x)
        {
            var y = Tanh(MatMul(x, x) / 40);
            var z = MatMul(y, x) / 40;
            return (y * z, z.T, Sin(z) + 1, MatMul(z, y));
        }
        IsNearBound(Jit((NDArray x) => F(x)).Lower(Matrix).Memory);
        var (a, b, c, d) = Jit((NDArray x) => F(x))(Matrix);
        var (p, q, r, s) = F(Matrix);
        Agreement.Holds(p, a);
        Agreement.Holds(q, b);
        Agreement.Holds(r, c);
        Agreement.Holds(s, d);
    }
}

/// <summary>Every loop program under every stack of transforms, with even the smallest arrays in the memory of others.</summary>
[Collection(typeof(ProcessSettings))]
public sealed class LoopBatteryInSharedMemory : LoopBattery, IDisposable
{
    readonly long before = BlockEmitter.SmallBytes;

    public LoopBatteryInSharedMemory()
        : base(CpuDevice.Instance) => BlockEmitter.SmallBytes = 0;

    public void Dispose() => BlockEmitter.SmallBytes = before;
}
