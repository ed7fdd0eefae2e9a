namespace Autodiff.Tests.GradBench;

/// <summary>The evals particle and saddle: gradients through searches, in all four pairs of modes.</summary>
public sealed class SearchTests
{
    [Theory]
    [InlineData("ff")]
    [InlineData("fr")]
    [InlineData("rf")]
    [InlineData("rr")]
    public void Particle(string modes)
    {
        var w = ArgMin(p => Miss(p[0]), p => [(Miss(p[0] + 1e-5) - Miss(p[0] - 1e-5)) / 2e-5], [0.1])[0];
        Tool.Gives(w, "particle", modes, new { w = 0.1 }, tolerance: 1e-6);

        // Where it comes down is near the origin indeed.
        Assert.InRange(Math.Sqrt(Miss(w)), 0, 1e-4);
    }

    /// <summary>The square of the place where the particle crosses the horizontal axis.</summary>
    static double Miss(double w)
    {
        const double Step = 0.1;
        var (x, y, vx, vy) = (0.0, 8.0, 0.75, 0.0);
        while (y + Step * vy > 0)
        {
            var (near, far) = (Math.Pow(double.Hypot(x - 10, y - (10 - w)), -3), Math.Pow(double.Hypot(x - 10, y), -3));
            var (ax, ay) = ((near + far) * (x - 10), near * (y - (10 - w)) + far * y);
            (x, y, vx, vy) = (x + Step * vx, y + Step * vy, vx + Step * ax, vy + Step * ay);
        }
        return Plain.Square(x - y / vy * vx);
    }

    [Theory]
    [InlineData("ff")]
    [InlineData("fr")]
    [InlineData("rf")]
    [InlineData("rr")]
    public void Saddle(string modes)
    {
        double[] start = [1, -1.3]; // much nearer, the first step would be below the precision
        double Square(double[] x) => x.Sum(Plain.Square);
        double[] Twice(double[] x) => [.. x.Select(e => 2 * e)];
        var y = ArgMin(Square, Twice, start);
        var x = ArgMin(at => Square(at) - Square(y), Twice, start);
        Assert.All([.. x, .. y], e => Assert.InRange(e, -2e-5, 2e-5));
        Tool.Gives((double[])[.. x, .. y], "saddle", modes, new { start }, tolerance: 1e-9);
    }

    /// <summary>Gradient descent as the evals prescribe it, with a gradient that is given.</summary>
    static double[] ArgMin(Func<double[], double> f, Func<double[], double[]> gradient, double[] start)
    {
        const double Precision = 1e-5;
        static double Norm(IEnumerable<double> x) => Math.Sqrt(x.Sum(Plain.Square));
        var (x, value, slope, rate, successes) = (start, f(start), gradient(start), 1e-5, 0);
        while (Norm(slope) > Precision)
        {
            if (successes == 10)
            {
                (rate, successes) = (2 * rate, 0);
                continue;
            }
            double[] next = [.. x.Zip(slope, (e, s) => e - rate * s)];
            if (Norm(next.Zip(x, (a, b) => a - b)) <= Precision)
                return x;
            var below = f(next);
            if (below < value)
                (x, value, slope, successes) = (next, below, gradient(next), successes + 1);
            else
                (rate, successes) = (rate / 2, 0);
        }
        return x;
    }
}
