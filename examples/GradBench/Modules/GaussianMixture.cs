namespace Autodiff.GradBench;

/// <summary>
/// The log posterior of a mixture of k Gaussians in d dimensions, given n points, with a Wishart prior on the precision matrices QᵀQ.
/// </summary>
static partial class GaussianMixture
{
    public static Module Module { get; } =
        new()
        {
            ["objective"] = Function.Of((Input i) => Data.Of(i), (Data data) => LogPosterior(data.Mixture, data)),
            ["jacobian"] = Function.Of((Input i) => Data.Of(i), (Data data) => Grad((Mixture m) => LogPosterior(m, data))(data.Mixture)),
        };

    internal sealed record Input(int D, int K, int N, NDArray X, int M, double Gamma, NDArray Alpha, NDArray Mu, NDArray Q, NDArray L);

    /// <summary>What is differentiated: weights, means, and the precision factors' diagonals (as logarithms) and lower triangles.</summary>
    [PyTree]
    internal sealed partial record Mixture(NDArray Alpha, NDArray Mu, NDArray Q, NDArray L);

    [PyTree]
    internal sealed partial record Data(Mixture Mixture, NDArray X, NDArray Gamma, [property: Static] int M)
    {
        public static Data Of(Input i) => new(new(i.Alpha, i.Mu, i.Q, i.L.Reshape(i.K, -1)), i.X, i.Gamma, i.M);
    }

    internal static NDArray LogPosterior(Mixture mixture, Data data) =>
        LogLikelihood(mixture, data.X) + LogPrior(mixture, data.Gamma, data.M);

    static NDArray LogLikelihood(Mixture mixture, NDArray x)
    {
        var (n, d) = (x.Shape[0], x.Shape[1]);
        var distances = Vmap((NDArray mu, NDArray q, NDArray l) => SquaredDistances(x, mu, Factor(q, l)))(mixture.Mu, mixture.Q, mixture.L);
        var beta = (mixture.Alpha + Sum(mixture.Q, 1))[.., Slice.NewAxis] - 0.5 * distances;
        return Sum(LogSumExp(beta, 0)) - n * (0.5 * d * Math.Log(2 * Math.PI) + LogSumExp(mixture.Alpha));
    }

    /// <summary>|Q x − Q μ|² for each of the points.</summary>
    static NDArray SquaredDistances(NDArray x, NDArray mu, NDArray factor) => Sum(Square(MatMul(x, factor.T) - MatMul(factor, mu)), 1);

    /// <summary>The lower triangular Q: its diagonal is exp q, and l fills the rest column by column.</summary>
    static NDArray Factor(NDArray q, NDArray l)
    {
        var below = (
            from column in Enumerable.Range(0, q.Length)
            from row in Enumerable.Range(0, q.Length)
            where row > column
            select (row, column)
        ).ToArray();
        NDArray rows = Array.ConvertAll(below, e => e.row);
        NDArray columns = Array.ConvertAll(below, e => e.column);
        return Diag(Exp(q)).At[rows, columns].Set(l, uniqueIndices: true);
    }

    static NDArray LogPrior(Mixture mixture, NDArray gamma, int m)
    {
        var (k, d) = (mixture.Q.Shape[0], mixture.Q.Shape[1]);
        var freedom = d + m + 1;
        var norms = Sum(Square(Exp(mixture.Q))) + Sum(Square(mixture.L));
        var normalizer = freedom * d * Log(gamma / Math.Sqrt(2)) - LogMultivariateGamma(0.5 * freedom, d);
        return k * normalizer - 0.5 * Square(gamma) * norms + m * Sum(mixture.Q);
    }

    static NDArray LogMultivariateGamma(double a, int d) => d * (d - 1) / 4.0 * Math.Log(Math.PI) + Sum(GammaLn(a - 0.5 * Arange(d)));
}
