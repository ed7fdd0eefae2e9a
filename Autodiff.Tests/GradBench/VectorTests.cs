namespace Autodiff.Tests.GradBench;

/// <summary>The evals on vectors and matrices: hello, llsq, lse, kmeans, ode and det.</summary>
public sealed class VectorTests
{
    [Fact]
    public void Hello()
    {
        Tool.Gives(9, "hello", "square", 3);
        Tool.Gives(6, "hello", "double", 3);
        Tool.Gives(-1.5, "hello", "double", -0.75);
    }

    [Theory]
    [InlineData(3, 4)] // an odd number of points has one at 0, whose sign is 0
    [InlineData(6, 3)]
    [InlineData(2, 1)]
    public void Least_squares(int n, int m)
    {
        var x = Plain.Random(1, m);
        double Time(int i) => -1 + i * 2.0 / (n - 1);
        double Residual(int i) => Math.Sign(Time(i)) - x.Select((c, j) => c * Math.Pow(Time(i), j)).Sum();
        var points = Enumerable.Range(0, n).ToArray();
        Tool.Gives(points.Sum(i => Plain.Square(Residual(i))) / 2, "llsq", "primal", new { x, n });
        var gradient = x.Select((_, j) => -points.Sum(i => Residual(i) * Math.Pow(Time(i), j)));
        Tool.Gives(gradient, "llsq", "gradient", new { x, n });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)] // whose exponential overflows
    [InlineData(-1000)]
    public void Log_sum_exponential(double shift)
    {
        double[] small = [0.5, -1, 2, 2, 0];
        var x = Array.ConvertAll(small, e => e + shift);
        var sum = small.Sum(Math.Exp);
        Tool.Gives(shift + Math.Log(sum), "lse", "primal", new { x });
        Tool.Gives(small.Select(e => Math.Exp(e) / sum), "lse", "gradient", new { x });
    }

    [Fact]
    public void K_means()
    {
        var (points, centroids) = (Plain.Random(2, 12, 3), Plain.Random(3, 2, 3));
        double Distance(double[] a, double[] b) => a.Zip(b, (p, q) => Plain.Square(p - q)).Sum();
        Tool.Gives(points.Sum(p => centroids.Min(c => Distance(c, p))), "kmeans", "cost", new { points, centroids });

        // The gradient is 2 Σ (c − p) over a centroid's own points and the Hessian twice their number: the step is c less their mean.
        var own = points.ToLookup(p => centroids.MinBy(c => Distance(c, p)));
        var step = centroids.Select(c => c.Select((x, i) => x - own[c].Average(p => p[i])));
        Tool.Gives(step, "kmeans", "dir", new { points, centroids });
    }

    [Theory]
    [InlineData(6, 7)]
    [InlineData(3, 1)]
    [InlineData(1, 2)]
    public void Ordinary_differential_equation(int n, int s)
    {
        var x = Plain.Random(4, n, 0.5, 1.5);
        var end = RungeKutta(x, s);
        Tool.Gives(end, "ode", "primal", new { x, s });

        // The last element is a product of all x and a number.
        Tool.Gives(x.Select(e => end[^1] / e), "ode", "gradient", new { x, s });
    }

    [Fact]
    public void Ordinary_differential_equation_in_closed_form()
    {
        // yᵢ(t) = x₀⋯xᵢ tⁱ⁺¹/(i+1)!, a polynomial of a degree at which the method is exact.
        Tool.Gives(
            new[] { 2 * 3, 4 / 2.0 * 3 * 5, 8 / 6.0 * 3 * 5 * 0.5, 16 / 24.0 * 3 * 5 * 0.5 * 2 },
            "ode",
            "primal",
            new { x = new[] { 3, 5, 0.5, 2 }, s = 3 }
        );
    }

    static double[] RungeKutta(double[] x, int steps)
    {
        var (y, h) = (new double[x.Length], 2.0 / steps);
        double[] Slope(double[] k, double by)
        {
            var at = y.Select((e, i) => e + by * k[i]).ToArray();
            return [.. x.Select((e, i) => i == 0 ? e : e * at[i - 1])];
        }
        for (var step = 0; step < steps; step++)
        {
            var k1 = Slope(y, 0);
            var k2 = Slope(k1, h / 2);
            var k3 = Slope(k2, h / 2);
            var k4 = Slope(k3, h);
            y = [.. y.Select((e, i) => e + h / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]))];
        }
        return y;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Determinant(int ell)
    {
        var rows = Plain.Random(5, ell, ell);
        var input = new { A = rows.SelectMany(row => row), ell };
        Tool.Gives(Plain.Determinant(rows), "det", "primal", input);

        // The derivative by an element is its cofactor: the determinant with a 1 there and zeros in the rest of its row.
        var cofactors =
            from i in Enumerable.Range(0, ell)
            from j in Enumerable.Range(0, ell)
            select Plain.Determinant([.. rows.Select((row, r) => r == i ? [.. row.Select((_, c) => c == j ? 1.0 : 0)] : row)]);
        Tool.Gives(cofactors, "det", "gradient", input);
    }
}
