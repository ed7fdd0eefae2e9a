using Autodiff.GradBench;
using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests.GradBench;

/// <summary>The derivatives of every objective, in both modes, against differences.</summary>
public sealed class GradientTests
{
    static readonly NDArray X = new[] { 0.5, -1.2, 0.8 };

    [Fact]
    public void Hello() => CheckGrads(Square, 2, 0.7);

    [Fact]
    public void Least_squares() => CheckGrads(x => LeastSquares.Misfit(x, 5), 2, X);

    [Fact]
    public void Log_sum_exponential() => CheckGrads(LogSumExponential.Primal, 2, X);

    [Fact]
    public void Gaussian_mixture()
    {
        var mixture = new GaussianMixture.Mixture(
            Plain.Random(1, 2),
            Plain.Matrix(Plain.Random(2, 2, 3)),
            Plain.Matrix(Plain.Random(3, 2, 3, -0.5, 0.5)),
            Plain.Matrix(Plain.Random(4, 2, 3))
        );
        var data = new GaussianMixture.Data(mixture, Plain.Matrix(Plain.Random(5, 4, 3)), 1.3, 1);
        CheckGrads((GaussianMixture.Mixture m) => GaussianMixture.LogPosterior(m, data), 2, mixture);
    }

    [Fact]
    public void K_means()
    {
        var (points, centroids) = (Plain.Matrix(Plain.Random(6, 8, 2)), Plain.Matrix(Plain.Random(7, 2, 2)));
        CheckGrads(c => KMeans.Cost(c, points), 2, centroids);
    }

    [Fact]
    public void Ordinary_differential_equation() => CheckGrads(x => RungeKutta.Solve(x, 3), 2, X);

    [Fact]
    public void Determinant() => CheckGrads(Autodiff.GradBench.Determinant.Expand, 2, Plain.Matrix(Plain.Random(8, 3, 3)));

    [Fact]
    public void Long_short_term_memory()
    {
        NDArray Numbers(int seed, int rows) => Plain.Matrix(Plain.Random(seed, rows, 2));
        var input = new Lstm.Input(Plain.Matrix(Plain.Random(9, 4, 8)), Numbers(10, 3), Numbers(11, 4), Numbers(12, 3));
        CheckGrads((Lstm.Parameters p) => Lstm.Loss(p, input), 1, Lstm.Parameters.Of(input));
        CheckGrads((Lstm.Parameters p) => Lstm.Loss(p, input), 2, Lstm.Parameters.Of(input));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public void Bundle_adjustment(double turned)
    {
        // At second order a camera that is not turned would be a point where the formula changes.
        NDArray camera = new[] { 0.3 * turned, -0.2 * turned, 0.5 * turned, 0.1, 0.2, -3, 2, 0.4, -0.3, 0.05, -0.02 };
        var observation = new BundleAdjustment.Observation(camera, X, 0.6, new[] { 0.2, 0.9 });
        CheckGrads<BundleAdjustment.Observation, NDArray>(BundleAdjustment.ReprojectionError, turned == 0 ? 1 : 2, observation);
        CheckGrads(BundleAdjustment.WeightError, 2, 0.6);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Hand_tracking(bool complicated)
    {
        var problem = HandTests.Problem(complicated);
        CheckGrads(theta => HandTracking.Residuals(theta, problem.Us, problem), 1, problem.Theta);
        if (problem.Us is { } us)
            CheckGrads(u => HandTracking.Residuals(problem.Theta, u, problem), 2, us);
    }

    [Fact]
    public void Particle()
    {
        CheckGrads(w => Autodiff.GradBench.Particle.SquaredMiss(w, GradientDescent.Forward), 1, 0.1);
        CheckGrads(w => Autodiff.GradBench.Particle.SquaredMiss(w, GradientDescent.Reverse), 1, 0.1);
    }

    [Fact]
    public void Saddle() => CheckGrads(((NDArray X, NDArray Y) p) => Autodiff.GradBench.Saddle.Height(p.X, p.Y), 2, (X, Y: 2 * X));
}
