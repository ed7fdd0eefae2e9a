using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>An array is computed in the order of the axes in which it is copied, instead of copied.</summary>
public sealed class CopyLayoutTests
{
    static readonly RandomKey Key = new(5);

    // Products of these sizes take their operands from memory.
    static readonly NDArray X = Key.Normal([7, 40, 12]);
    static readonly NDArray Y = Key.FoldIn(1).Normal([40, 12]);

    /// <summary>What else reads an array of the shape of X whose first two axes a product has in the other order.</summary>
    static readonly Dictionary<string, Func<NDArray, NDArray>> OtherReaders = new()
    {
        ["sums of columns"] = z => Sum(z, 1),
        ["sums of rows"] = z => Sum(z, 2),
        ["a map"] = z => Tanh(z),
        ["a transpose"] = z => Sum(Tanh(z.Transpose(2, 0, 1)), 2),
        ["a slice"] = z => Exp(z[2..5, 1.., ..^1]),
        ["a gather"] = z => z[new long[] { 6, 0, 2 }] * 2,
        ["a reshape"] = z => Tanh(z.Reshape(7, -1)),
        ["a loop"] = z => ForiLoop(0, 3, (i, y) => y + Sum(z * y[0], [1, 2]), Ones(7)),
        ["the caller"] = z => z,
        ["nobody"] = z => 1.0,
    };

    static (NDArray, NDArray) Program(NDArray x, Func<NDArray, NDArray> other)
    {
        var z = Exp(Sin(x) * x * Cos(x));
        return (MatMul(Y.T, z.Transpose(1, 0, 2).Reshape(40, -1)), other(z));
    }

    public static TheoryData<string> Names => [.. OtherReaders.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Readers_find_what_they_read(string name)
    {
        var (product, other) = Program(X, OtherReaders[name]);
        var jitted = Jit((NDArray x) => Program(x, OtherReaders[name]))(X);
        Agreement.Holds(product, jitted.Item1);
        Agreement.Holds(other, jitted.Item2);
    }

    [Theory]
    [InlineData("sums of columns", 0)]
    [InlineData("a gather", 0)]
    [InlineData("the caller", 1)]
    public void The_array_is_there_once_unless_it_is_a_result(string name, int ownOrder)
    {
        var text = Jit((NDArray x) => Program(x, OtherReaders[name])).Lower(X).Kernels;
        Assert.Equal(ownOrder, text.Split("f64[7,40,12] = for").Length - 1);
        Assert.Equal(1, text.Split("f64[40,7,12] = for").Length - 1);
    }

    [Fact]
    public void Gradients_of_sums_of_squares()
    {
        NDArray Loss(NDArray a) => Sum(Square(Einsum("il,kjl->kij", Y, a) - 1));
        var a = Key.FoldIn(2).Normal([7, 9, 12]);
        Agreement.Holds(Grad(Loss)(a), Jit(Grad(Loss))(a));
    }
}
