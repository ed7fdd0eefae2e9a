namespace Autodiff.Tests.GradBench;

/// <summary>The evals gmm and lstm.</summary>
public sealed class ModelTests
{
    [Theory]
    [InlineData(3, 2, 4, 2)]
    [InlineData(2, 3, 5, 0)]
    public void Gaussian_mixture(int d, int k, int n, int m)
    {
        const double Gamma = 1.3;
        var below = d * (d - 1) / 2;
        var x = Plain.Random(1, n, d, -2, 2);
        var (alpha, mu, q, l) = (Plain.Random(2, k), Plain.Random(3, k, d), Plain.Random(4, k, d, -0.5, 0.5), Plain.Random(5, k, below));
        var input = new
        {
            d,
            k,
            n,
            x,
            m,
            gamma = Gamma,
            alpha,
            mu,
            q,
            l,
        };
        double Posterior(double[] p)
        {
            var (means, diagonals, triangles) = (p[k..(k + k * d)], p[(k + k * d)..(k + 2 * k * d)], p[(k + 2 * k * d)..]);
            return LogPosterior(x, m, Gamma, p[..k], [.. means.Chunk(d)], [.. diagonals.Chunk(d)], [.. triangles.Chunk(below)]);
        }
        double[] all = [.. alpha, .. mu.SelectMany(r => r), .. q.SelectMany(r => r), .. l.SelectMany(r => r)];
        Tool.Gives(Posterior(all), "gmm", "objective", input);

        var gradient = Plain.Gradient(Posterior, all);
        var expected = new
        {
            alpha = gradient[..k],
            mu = gradient[k..(k + k * d)].Chunk(d),
            q = gradient[(k + k * d)..(k + 2 * k * d)].Chunk(d),
            l = gradient[(k + 2 * k * d)..].Chunk(below),
        };
        Tool.Gives(expected, "gmm", "jacobian", input, tolerance: 1e-8);
    }

    /// <summary>By the two densities as the specification has them.</summary>
    static double LogPosterior(double[][] x, int m, double gamma, double[] alpha, double[][] mu, double[][] q, double[][] l)
    {
        var d = x[0].Length;
        var freedom = d + m + 1;
        var precisions = q.Zip(l, Precision).ToArray();
        var likelihood = x.Sum(point =>
            Math.Log(alpha.Select((a, c) => Math.Exp(a) / alpha.Sum(Math.Exp) * Normal(point, mu[c], precisions[c])).Sum())
        );
        var logDeterminantOfV = -2 * d * Math.Log(gamma);
        var prior = precisions.Sum(p =>
            m / 2.0 * Math.Log(Plain.Determinant(p))
            - gamma * gamma / 2 * p.Select((row, i) => row[i]).Sum()
            - freedom * d / 2.0 * Math.Log(2)
            - freedom / 2.0 * logDeterminantOfV
            - d * (d - 1) / 4.0 * Math.Log(Math.PI)
            - Enumerable.Range(0, d).Sum(j => LogGammaOfHalf(freedom - j))
        );
        return likelihood + prior;
    }

    static double Normal(double[] x, double[] mean, double[][] precision)
    {
        var off = x.Zip(mean, (a, b) => a - b).ToArray();
        var square = Plain.Multiply(precision, off).Zip(off, (a, b) => a * b).Sum();
        return Math.Exp(-square / 2) * Math.Sqrt(Plain.Determinant(precision) / Math.Pow(2 * Math.PI, x.Length));
    }

    static double[][] Precision(double[] q, double[] l)
    {
        var factor = q.Select(_ => new double[q.Length]).ToArray();
        for (int column = 0, next = 0; column < q.Length; column++)
        {
            factor[column][column] = Math.Exp(q[column]);
            for (var row = column + 1; row < q.Length; row++)
                factor[row][column] = l[next++];
        }
        var transposed = q.Select((_, i) => factor.Select(row => row[i]).ToArray()).ToArray();
        return Plain.Multiply(transposed, factor);
    }

    /// <summary>log Γ(n/2).</summary>
    static double LogGammaOfHalf(int n) =>
        n switch
        {
            1 => Math.Log(Math.PI) / 2,
            2 => 0,
            _ => Math.Log(n / 2.0 - 1) + LogGammaOfHalf(n - 2),
        };

    [Theory]
    [InlineData(1, 3, 2)]
    [InlineData(2, 2, 4)]
    public void Long_short_term_memory(int layers, int units, int characters)
    {
        var main = Plain.Random(6, 2 * layers, 4 * units);
        var extra = Plain.Random(7, 3, units);
        var state = Plain.Random(8, 2 * layers, units);
        var sequence = Plain.Random(9, characters, units, 0, 1);
        var input = new
        {
            main_params = main,
            extra_params = extra,
            state,
            sequence,
        };
        double[] all = [.. main.SelectMany(r => r), .. extra.SelectMany(r => r)];
        double Of(double[] p) => Loss([.. p[..^(3 * units)].Chunk(4 * units)], [.. p[^(3 * units)..].Chunk(units)], state, sequence);
        Tool.Gives(Of(all), "lstm", "objective", input);
        Tool.Gives(Plain.Gradient(Of, all), "lstm", "jacobian", input, tolerance: 1e-8);
    }

    static double Loss(double[][] main, double[][] extra, double[][] state, double[][] sequence)
    {
        static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
        var units = extra[0].Length;
        var (s, total, count) = (state.Select(row => row.ToArray()).ToArray(), 0.0, 0);
        for (var t = 0; t + 1 < sequence.Length; t++)
        {
            var x = sequence[t].Select((e, i) => e * extra[0][i]).ToArray();
            for (var layer = 0; layer < s.Length; layer += 2)
            {
                var (weight, bias, hidden, cell) = (main[layer], main[layer + 1], s[layer], s[layer + 1]);
                for (var i = 0; i < units; i++)
                {
                    double Gate(int gate, double from) => from * weight[gate * units + i] + bias[gate * units + i];
                    var change = Math.Tanh(Gate(3, hidden[i]));
                    cell[i] = cell[i] * Sigmoid(Gate(0, x[i])) + Sigmoid(Gate(1, hidden[i])) * change;
                    hidden[i] = Sigmoid(Gate(2, x[i])) * Math.Tanh(cell[i]);
                }
                x = hidden;
            }
            var prediction = x.Select((e, i) => e * extra[1][i] + extra[2][i]).ToArray();
            var normalizer = Math.Log(prediction.Sum(Math.Exp) + 2);
            for (var i = 0; i < units; i++, count++)
                total += sequence[t + 1][i] * (prediction[i] - normalizer);
        }
        return -total / count;
    }
}
