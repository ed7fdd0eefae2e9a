using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>Compilation is linear in the size of the program. What it allocates says so without a clock.</summary>
public class CompileBytesTests
{
    const int Few = 50;
    const int Many = 500;
    const double Most = 1.1;

    static AbstractArray Like(params ReadOnlySpan<int> shape) => new(Shape.Create(shape), DType.Float64);

    static NDArray Chain(int count, NDArray x, Func<NDArray, int, NDArray> next) => Enumerable.Range(0, count).Aggregate(x, next);

    public static TheoryData<string> Programs => [.. Compilations.Keys];

    static readonly Dictionary<string, Action<int>> Compilations = new()
    {
        ["gradient of layers"] = count =>
        {
            static NDArray Loss((NDArray W, NDArray B)[] layers, NDArray x) =>
                Sum(layers.Aggregate(x, (y, layer) => Tanh(MatMul(y, layer.W) + layer.B)));
            var layers = new (NDArray W, NDArray B)[count];
            Array.Fill(layers, (Like(32, 32), Like(32)));
            Jit(Grad<(NDArray W, NDArray B)[], NDArray>(Loss)).Lower(layers, Like(32, 32)).Compile();
        },
        ["chain of scalars"] = count => Jit((NDArray x) => Chain(count, x, (y, i) => Sin(y) * (i + 1.5))).Lower(Like()).Compile(),
        ["chain of rows"] = count =>
            Jit((NDArray x) => Chain(count, x, (y, i) => y / Sum(Exp(y * (i + 1.5)), [1], keepDims: true))).Lower(Like(256, 128)).Compile(),
        ["readers of one array"] = count =>
            Jit((NDArray x) => Chain(count, Zeros(), (y, i) => y + Sum(Sin(x + i)))).Lower(Like(1000)).Compile(),
        ["parts of one array"] = count =>
            Jit((NDArray x) => Stack([.. Enumerable.Range(0, count).Select(i => Sum(Sin(x + i)))])).Lower(Like(1000)).Compile(),
        ["updates of one array"] = count =>
            Jit((NDArray x) => Chain(count, x, (y, i) => y.At[i % 100].Add(Sum(y) + i))).Lower(Like(1000)).Compile(),
        ["loops one after another"] = count =>
            Jit((NDArray x) => Chain(count, x, (y, i) => ForiLoop(0, 10, (_, z) => Cos(z) + i, y))).Lower(Like(8)).Compile(),
    };

    [Theory]
    [MemberData(nameof(Programs))]
    public void Compilation_allocates_in_proportion_to_the_program(string name)
    {
        var compile = Compilations[name];
        compile(Few);
        Assert.InRange(BytesOf(compile, Many) / Many, 0, Most * BytesOf(compile, Few) / Few);
    }

    static double BytesOf(Action<int> compile, int count)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        compile(count);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
