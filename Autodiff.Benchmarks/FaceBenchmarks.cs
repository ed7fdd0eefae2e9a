using BenchmarkDotNet.Attributes;

namespace Autodiff.Benchmarks;

/// <summary>The programs of the README under Jit: a first call, which traces and compiles, and the calls after it.</summary>
[MemoryDiagnoser]
public class FaceBenchmarks
{
    readonly NDArray numbers = Arange(0, 1_000_000, 2);
    readonly NDArray starts = new double[] { 2, 3, 5, 11 };
    readonly NDArray weights = new double[] { 0.1, 0.2 };
    readonly NDArray inputs = new double[,]
    {
        { 1, 2 },
        { 3, 4 },
    };
    readonly NDArray targets = new double[] { 5, 6 };

    readonly Func<NDArray, NDArray> polynomial = Jit(Polynomial);
    readonly Func<NDArray, NDArray> sumOfRange = Jit(SumOfRange);
    readonly Func<NDArray, NDArray, NDArray, NDArray> regression = Jit(Grad(Loss));
    readonly Func<NDArray, NDArray> blowup = Jit(Vmap(Grad(Blowup)));

    static NDArray Polynomial(NDArray x) => x * x + 3 * x + 2;

    static NDArray SumOfRange(NDArray n) => ForiLoop(0, n, (i, total) => total + i, init: 0);

    static NDArray Loss(NDArray w, NDArray x, NDArray y) => Square(MatMul(x, w) - y).Mean();

    static NDArray Blowup(NDArray x) => WhileLoop(y => y < 100, y => y * y, init: x);

    [Benchmark]
    public NDArray PolynomialOfHalfAMillion() => polynomial(numbers);

    [Benchmark]
    public NDArray PolynomialFirstCall() => Jit(Polynomial)(numbers);

    [Benchmark]
    public NDArray LoopOfAMillion() => sumOfRange(1_000_000);

    [Benchmark]
    public NDArray LoopFirstCall() => Jit(SumOfRange)(10);

    [Benchmark]
    public NDArray GradientOfRegression() => regression(weights, inputs, targets);

    [Benchmark]
    public NDArray GradientOfRegressionFirstCall() => Jit(Grad(Loss))(weights, inputs, targets);

    [Benchmark]
    public NDArray GradientsThroughWhile() => blowup(starts);

    [Benchmark]
    public NDArray GradientsThroughWhileFirstCall() => Jit(Vmap(Grad(Blowup)))(starts);
}
