namespace Autodiff.Tests.GradBench;

/// <summary>Arithmetic on plain arrays, of which the expected answers are made.</summary>
static class Plain
{
    public static double[] Random(int seed, int n, double low = -1, double high = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, n).Select(_ => low + (high - low) * random.NextDouble())];
    }

    public static double[][] Random(int seed, int rows, int columns, double low = -1, double high = 1) =>
        [.. Random(seed, rows * columns, low, high).Chunk(columns)];

    public static NDArray Matrix(double[][] rows) => Ops.Asarray(rows.SelectMany(r => r).ToArray()).Reshape(rows.Length, -1);

    public static double Square(double x) => x * x;

    public static double[][] Multiply(double[][] a, double[][] b) =>
        [.. a.Select(row => Enumerable.Range(0, b[0].Length).Select(j => row.Select((x, i) => x * b[i][j]).Sum()).ToArray())];

    public static double[] Multiply(double[][] a, double[] x) => [.. a.Select(row => row.Zip(x, (p, q) => p * q).Sum())];

    /// <summary>The rotation about an axis by the axis's length: (1 − c) n nᵀ + c I + s [n]ₓ.</summary>
    public static double[][] Rotation(double[] axis)
    {
        var angle = Math.Sqrt(axis.Sum(Square));
        if (angle == 0)
            return
            [
                [1, 0, 0],
                [0, 1, 0],
                [0, 0, 1],
            ];
        var (s, c) = Math.SinCos(angle);
        var (x, y, z) = (axis[0] / angle, axis[1] / angle, axis[2] / angle);
        return
        [
            [x * x * (1 - c) + c, x * y * (1 - c) - z * s, x * z * (1 - c) + y * s],
            [y * x * (1 - c) + z * s, y * y * (1 - c) + c, y * z * (1 - c) - x * s],
            [z * x * (1 - c) - y * s, z * y * (1 - c) + x * s, z * z * (1 - c) + c],
        ];
    }

    /// <summary>A determinant as the sum over all permutations.</summary>
    public static double Determinant(double[][] a)
    {
        double Sum(int row, int used, double product)
        {
            if (row == a.Length)
                return product;
            var total = 0.0;
            for (var column = 0; column < a.Length; column++)
                if ((used >> column & 1) == 0)
                {
                    var inversions = int.PopCount(used >> column);
                    total += Sum(row + 1, used | 1 << column, (inversions % 2 == 0 ? 1 : -1) * product * a[row][column]);
                }
            return total;
        }
        return Sum(0, 0, 1);
    }

    /// <summary>The derivatives of a function's results by each argument, [result][argument], by differences over five points.</summary>
    public static double[][] Jacobian(Func<double[], double[]> f, double[] at, double step = 1e-3)
    {
        double[] Moved(int i, double by)
        {
            var moved = (double[])at.Clone();
            moved[i] += by;
            return f(moved);
        }
        var columns = Enumerable
            .Range(0, at.Length)
            .Select(i =>
            {
                var (a, b, c, d) = (Moved(i, -2 * step), Moved(i, -step), Moved(i, step), Moved(i, 2 * step));
                return a.Select((_, r) => (a[r] - 8 * b[r] + 8 * c[r] - d[r]) / (12 * step)).ToArray();
            })
            .ToArray();
        return [.. Enumerable.Range(0, columns[0].Length).Select(r => columns.Select(column => column[r]).ToArray())];
    }

    public static double[] Gradient(Func<double[], double> f, double[] at, double step = 1e-3) => Jacobian(x => [f(x)], at, step)[0];
}
