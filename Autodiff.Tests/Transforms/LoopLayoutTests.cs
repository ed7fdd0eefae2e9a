using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>A matrix that a loop multiplies vectors by is laid out by columns before the loop, once.</summary>
public sealed class LoopLayoutTests
{
    static readonly RandomKey Key = new(3);

    static NDArray Iterate(NDArray a, NDArray c) => ForiLoop(0, 20, (_, c) => Tanh(Dot(a, c)), c);

    public static TheoryData<int, int> Sizes =>
        new(from n in new[] { 2, 5, 8, 33, 64, 70 } from nested in new[] { 0, 1 } select (n, nested));

    [Theory, MemberData(nameof(Sizes))]
    public void LoopsGiveWhatEagerCodeGives(int n, int nested)
    {
        var (a, c) = (Key.Normal([n, n]) / n, Key.FoldIn(1).Normal([n]));
        NDArray Program(NDArray a) => (nested == 0 ? Iterate(a, c) : ForiLoop(0, 9, (_, c) => Iterate(a, c), c)).Sum();
        Agree(Program(a), Jit(Program)(a));
        Agree(Grad(Program)(a), Jit(Grad(Program))(a));
    }

    static void Agree(NDArray expected, NDArray got) =>
        Assert.True((bool)AllClose(expected, got, 1e-10, 1e-12), $"{expected} is not {got}");

    [Fact]
    public void TheMatrixIsTurnedBeforeTheOutermostLoop()
    {
        NDArray Program(NDArray a, NDArray c) => ForiLoop(0, 10, (_, c) => Iterate(a, c), c);
        var text = Jit<Func<NDArray, NDArray, NDArray>>(Program).Lower(Zeros(64, 64), Zeros(64)).Kernels;
        var turned = text.IndexOf("[j,i]", StringComparison.Ordinal);
        Assert.True(turned > 0 && turned < text.IndexOf("loop", StringComparison.Ordinal), text);
    }

    [Fact]
    public void AShortLoopLeavesTheMatrixAsItIs()
    {
        NDArray Program(NDArray a, NDArray c) => ForiLoop(0, 3, (_, c) => Tanh(Dot(a, c)), c);
        Assert.DoesNotContain("[j,i]", Jit<Func<NDArray, NDArray, NDArray>>(Program).Lower(Zeros(64, 64), Zeros(64)).Kernels);
    }
}
