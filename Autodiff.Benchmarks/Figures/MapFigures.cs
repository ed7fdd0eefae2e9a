namespace Autodiff.Benchmarks;

/// <summary>Elementwise functions, which should be one pass over memory.</summary>
static unsafe class MapFigures
{
    const double Target = 1.10;

    internal static IEnumerable<Figure> Of(params int[] sizes) =>
        from n in sizes
        from figure in Of<float, Polynomial<float>>("x²+3x+2", Compute, DType.Float32, n)
            .Concat(Of<double, Polynomial<double>>("x²+3x+2", Compute, DType.Float64, n))
            .Concat(Of<float, Gelu<float>>("gelu", x => Gelu(x), DType.Float32, n))
            .Concat(Of<double, Gelu<double>>("gelu", x => Gelu(x), DType.Float64, n))
        select figure;

    static NDArray Compute(NDArray x) => x * x + 3 * x + 2;

    static Figure[] Of<T, F>(string name, Func<NDArray, NDArray> f, DType type, int n)
        where T : unmanaged
        where F : IVectorFunction<T> => [One<T, F>(name, f, type, n, fresh: true), One<T, F>(name, f, type, n, fresh: false)];

    // Who owns the memory fills one array again and again. With the library that is to dispose of each result when it has been used: the next one takes
    // its place. A result that is kept needs fresh memory on both sides.
    static Figure One<T, F>(string name, Func<NDArray, NDArray> f, DType type, int n, bool fresh)
        where T : unmanaged
        where F : IVectorFunction<T> =>
        new(
            $"{name} {type.ShortName} {Sizes.Short(n)}{(fresh ? "" : ", result disposed of")}",
            fresh ? "loop into a fresh array" : "loop into one array",
            Unit.Microseconds,
            Target,
            () =>
            {
                var (x, jitted) = (Inputs.Normal(1, type, n), Jit(f));
                var into = fresh ? null : ConcreteArray.Allocate(x.Aval);
                var contest = Contest.Between(() => jitted(x), () => Arrays.Map<T>(MapLoops.Map<T, F>, x, into), Inputs.Tolerance(type));
                return fresh ? contest : contest with { Ours = new TimedSide(() => jitted(x).Dispose()) };
            }
        );
}
