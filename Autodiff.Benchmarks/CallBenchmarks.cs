using BenchmarkDotNet.Attributes;

namespace Autodiff.Benchmarks;

/// <summary>What one call costs beside the arithmetic: eager operations and jitted functions of next to nothing.</summary>
[MemoryDiagnoser]
public class CallBenchmarks
{
    readonly NDArray scalar = Asarray(2.0);
    readonly NDArray vector = Ones(1024);
    readonly Func<NDArray, NDArray> jittedSquare = Jit(x => x * x);

    [Benchmark(Baseline = true)]
    public NDArray EagerAddOfScalars() => scalar + scalar;

    [Benchmark]
    public NDArray EagerAddOfVectors() => vector + vector;

    [Benchmark]
    public NDArray JittedScalar() => jittedSquare(scalar);

    [Benchmark]
    public NDArray EagerGradient() => Grad(Sin)(scalar);
}
