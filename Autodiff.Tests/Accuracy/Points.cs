namespace Autodiff.Tests.Accuracy;

/// <summary>Where functions are measured: the same points each time.</summary>
static class Points
{
    const int PerRange = 500;
    const int OfAllBinades = 3 * PerRange;
    const int Neighbours = 12;

    static readonly double[] Special =
    [
        0,
        double.Epsilon,
        float.Epsilon,
        1e-310,
        1e-40,
        2.2250738585072014e-308,
        1.17549435e-38,
        1e-20,
        1e-8,
        0.1,
        1.0 / 3,
        1,
        1e9,
        16777216,
        9007199254740992,
        4.5e15,
        1e22,
        1e30,
        float.MaxValue,
        1e300,
        double.MaxValue,
        double.PositiveInfinity,
    ];

    /// <summary>The arguments of a function, one array for each.</summary>
    internal static double[][] Of(ElementaryFunction function, DType type)
    {
        var random = new Random(function.Name.Aggregate(17, (hash, c) => hash * 31 + c));
        double Fit(double x) => type == DType.Float32 ? (float)x : x;
        double[] common =
        [
            double.NaN,
            .. Special.SelectMany(x => new[] { Fit(x), -Fit(x) }),
            .. Enumerable.Range(-20, 41).Select(i => i / 2.0),
        ];
        if (function.Arity == 2)
        {
            var pairs = common
                .SelectMany(x => common.Select(y => (x, y)))
                .Concat(function.Name == "pow" ? Powers(random) : Directions(random));
            var list = pairs.Select(p => (X: Fit(p.Item1), Y: Fit(p.Item2))).ToArray();
            return [Array.ConvertAll(list, p => p.X), Array.ConvertAll(list, p => p.Y)];
        }
        double[] all =
        [
            .. common,
            .. function.Difficult.SelectMany(x => Around(Fit(x), type)),
            .. function.Ranges.SelectMany(range => Uniform(random, range.From, range.To).Take(PerRange)).Select(Fit),
            .. Enumerable.Range(0, OfAllBinades).Select(_ => Anything(random, type)),
        ];
        return
        [
            [.. all.Where(function.Domain)],
        ];
    }

    static IEnumerable<double> Uniform(Random random, double from, double to)
    {
        while (true)
            yield return from + (to - from) * random.NextDouble();
    }

    static double Anything(Random random, DType type)
    {
        while (true)
        {
            var bits = random.NextInt64();
            var x =
                type == DType.Float32 ? BitConverter.Int32BitsToSingle((int)bits) : BitConverter.Int64BitsToDouble(bits << 1 | bits & 1);
            if (double.IsFinite(x))
                return x;
        }
    }

    /// <summary>The numbers next to x, and some at growing distances.</summary>
    internal static IEnumerable<double> Around(double x, DType type)
    {
        yield return x;
        for (var sign = -1; sign <= 1; sign += 2)
        for (var i = 0; i < Neighbours; i++)
        {
            var steps = sign * (i < 4 ? i + 1 : 1L << (i - 1) * (type == DType.Float32 ? 2 : 4));
            yield return type == DType.Float32
                ? BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits((float)x) + (int)steps)
                : BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(x) + steps);
        }
    }

    // Bases of all sizes to powers that are in range, bases next to 1, and negative bases to integers.
    static IEnumerable<(double, double)> Powers(Random random)
    {
        for (var i = 0; i < PerRange; i++)
        {
            var result = 2100 * random.NextDouble() - 1080;
            var small = 280 * random.NextDouble() - 150;
            var (far, near) = (
                Math.Pow(2, 60 * random.NextDouble() - 30),
                1 + Math.Pow(2, -20 * random.NextDouble()) * (random.NextDouble() - 0.5)
            );
            yield return (far, result / Math.Log2(far));
            yield return (far, small / Math.Log2(far));
            yield return (near, result / Math.Log2(near));
            yield return (near, small / Math.Log2(near));
            yield return (10 * random.NextDouble(), 20 * random.NextDouble() - 10);
            yield return (-10 * random.NextDouble(), random.Next(-40, 40));
            yield return (10 * random.NextDouble(), random.Next(-40, 40) / 2.0);
        }
    }

    static IEnumerable<(double, double)> Directions(Random random)
    {
        for (var i = 0; i < 3 * PerRange; i++)
        {
            var y = 20 * random.NextDouble() - 10;
            yield return (y, 20 * random.NextDouble() - 10);
            yield return (y, y * (0.9 + 0.2 * random.NextDouble()));
            yield return (y, y * Math.Pow(2, 200 * random.NextDouble() - 100));
        }
    }
}
