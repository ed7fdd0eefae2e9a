namespace Autodiff.GradBench;

/// <summary>The evals that this tool answers.</summary>
static class Registry
{
    public static IReadOnlyDictionary<string, Module> Modules { get; } =
        new Dictionary<string, Module>
        {
            ["hello"] = Hello.Module,
            ["llsq"] = LeastSquares.Module,
            ["lse"] = LogSumExponential.Module,
            ["gmm"] = GaussianMixture.Module,
            ["kmeans"] = KMeans.Module,
            ["ode"] = RungeKutta.Module,
            ["lstm"] = Lstm.Module,
            ["ba"] = BundleAdjustment.Module,
            ["ht"] = HandTracking.Module,
            ["det"] = Determinant.Module,
            ["particle"] = Particle.Module,
            ["saddle"] = Saddle.Module,
        };
}
