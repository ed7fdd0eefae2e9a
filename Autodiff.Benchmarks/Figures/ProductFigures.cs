namespace Autodiff.Benchmarks;

/// <summary>Products of square matrices beside OpenBLAS.</summary>
static class ProductFigures
{
    const double Target = 1.10;

    // OpenBLAS's threads wait for more work by spinning, for about a tenth of a second, and would take the second core from us.
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    internal static IEnumerable<Figure> Of(Sizes sizes) =>
        from threads in Enumerable.Range(1, 2)
        from type in Inputs.Floats
        from n in sizes.Products
        select One(type, n, threads);

    static Figure One(DType type, int n, int threads) =>
        new(
            $"matrix product {type.ShortName} n={n}, {threads} thread{(threads > 1 ? "s" : "")}",
            "OpenBLAS",
            Unit.Microseconds,
            Target,
            () =>
            {
                var (a, b, jitted) = (Inputs.Normal(1, type, n, n), Inputs.Normal(2, type, n, n), Jit((a, b) => MatMul(a, b)));
                NDArray Ours() => jitted(a, b);
                if (!OpenBlas.IsInstalled)
                    return new(new TimedSide(() => Ours()), null, () => null) { Threads = threads, Missing = "OpenBLAS is not installed" };
                NDArray Theirs() => OpenBlas.Multiply(a, b, threads);
                return Contest.Between(Ours, Theirs, 10 * Inputs.Tolerance(type)) with
                {
                    Threads = threads,
                    Pause = threads > 1 ? Pause : TimeSpan.Zero,
                };
            }
        );
}
