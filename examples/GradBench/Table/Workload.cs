namespace Autodiff.GradBench;

/// <summary>An eval at one size: the derivative to time, what it is the derivative of, and an input.</summary>
sealed record Workload(string Eval, string Size, string Function, string? Primal, Func<object> Input)
{
    public static IReadOnlyList<Workload> All { get; } =
    [
        new("llsq", "n=16384 m=128", "gradient", "primal", () => new { x = Numbers(128), n = 16384 }),
        new("lse", "n=1000000", "gradient", "primal", () => new { x = Numbers(1_000_000) }),
        new("gmm", "n=1000 d=10 k=25", "jacobian", "objective", () => Mixture(1000, 10, 25)),
        new("gmm", "n=1000 d=32 k=25", "jacobian", "objective", () => Mixture(1000, 32, 25)),
        new("kmeans", "k=100 n=10000 d=16", "dir", "cost", () => Points(100, 10_000, 16)),
        new("ode", "n=10000 s=100", "gradient", "primal", () => new { x = Numbers(10_000), s = 100 }),
        new("det", "ell=8", "gradient", "primal", () => new { A = Numbers(8 * 8), ell = 8 }),
        .. from modes in new[] { "ff", "fr", "rf", "rr" } select new Workload("particle", "w=0", modes, null, () => new { w = 0.0 }),
        .. from modes in new[] { "ff", "fr", "rf", "rr" }
        select new Workload("saddle", "start=(1, 1)", modes, null, () => new { start = new[] { 1.0, 1 } }),
    ];

    /// <summary>The first of the points are the centroids, so that each has a point.</summary>
    static object Points(int k, int n, int d)
    {
        var points = Numbers(n * d).Chunk(d).ToArray();
        return new { points, centroids = points[..k] };
    }

    static object Mixture(int n, int d, int k)
    {
        var random = new Random(Seed);
        double[][] Rows(int rows, int columns) => [.. Numbers(rows * columns, random).Select(e => 2 * e - 1).Chunk(columns)];
        return new
        {
            d,
            k,
            n,
            x = Rows(n, d),
            m = 0,
            gamma = 1.0,
            alpha = Rows(1, k)[0],
            mu = Rows(k, d),
            q = Rows(k, d),
            l = Rows(k, d * (d - 1) / 2),
        };
    }

    const int Seed = 31337;

    static double[] Numbers(int n, Random? random = null)
    {
        random ??= new Random(Seed);
        return [.. Enumerable.Range(0, n).Select(_ => random.NextDouble())];
    }
}
