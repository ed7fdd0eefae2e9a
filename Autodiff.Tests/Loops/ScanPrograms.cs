using static Autodiff.Ops;

namespace Autodiff.Tests;

/// <summary>Scans and counted loops.</summary>
static class ScanPrograms
{
    static readonly NDArray Rows = new[] { 1.0, 4, 0.5 };

    internal static readonly LoopProgram[] All =
    [
        new("scan", (flow, x) => flow.Scan((c, q) => (Sin(c * q) * x + c, c), x, Rows).Carry, 1.2, 1.7, 3, 2),
        new("scan, ys", (flow, x) => Sum(flow.Scan((c, q) => (Sin(c * q) + x, c * c * q), x, Rows).Ys), 1.2, 1.7, 3, 2),
        new("scan in reverse", (flow, x) => flow.Scan((c, q) => (c * q + Sin(x), c), x, Rows, reverse: true).Carry, 1.2, 1.7, 3, 2),
        new(
            "scan in reverse, ys",
            (flow, x) => Dot(Rows, flow.Scan((c, q) => (c * q + Sin(x * c), c * q), x, Rows, reverse: true).Ys),
            1.2,
            1.7,
            3,
            2
        ),
        new("scan over the argument", (flow, x) => flow.Scan((c, q) => (Sin(c) * q, c), x, Stack([x, x * x, 1 + x])).Carry, 1.2, 1.7, 3, 2),
        new("scan of a carry that nothing changes", (flow, x) => flow.Scan((c, q) => (c, c * q), x, Rows).Ys[1], 1.2, 1.7, 3, 2),
        new("scan, nobody reads the carry", (flow, x) => Sum(flow.Scan((c, q) => (c * x, x * q), x, Rows).Ys), 1.2, 1.7, 3, 2),
        new(
            "scan over a tree of rows",
            (flow, x) =>
                flow.Scan(
                    (c, q) => (Sin(c * q["a"]) + Sum(q["b"]) * x, c),
                    x,
                    new Dictionary<string, NDArray>
                    {
                        ["a"] = Rows,
                        ["b"] = new[,]
                        {
                            { 0.1, 0.2 },
                            { 0.3, 0.4 },
                            { 0.5, 0.6 },
                        },
                    }
                ).Carry,
            1.2,
            1.7,
            3,
            2
        ),
        new(
            "scan, ys a tree",
            (flow, x) =>
            {
                var (c, ys) = flow.Scan((c, q) => (Sin(c) + q, (c * x, c * q)), x, Rows);
                return c + Sum(ys.Item1) * Sum(ys.Item2);
            },
            1.2,
            1.7,
            3,
            2
        ),
        new("scan, unrolled by 2 of 3", (flow, x) => flow.Scan((c, q) => (Sin(c * q) + x, c), x, Rows, unroll: 2).Carry, 1.2, 1.7, 3, 2),
        new(
            "scan, unrolled wholly, in reverse",
            (flow, x) => Dot(Rows, flow.Scan((c, q) => (Sin(c * q) + x, c), x, Rows, unroll: 0, reverse: true).Ys),
            1.2,
            1.7,
            3,
            2
        ),
        new("for", (flow, x) => flow.For(0, 5, (i, y) => y * Sin(x) + i, x), 1.2, 1.7, 3, 31),
        new("for from 2", (flow, x) => flow.For(2, 6, (i, y) => Sin(y) * i + x * y, x), 1.2, 1.7, 3, 31),
        new("for of no trips", (flow, x) => flow.For(3, 1, (_, y) => y / 0, x * x), 1.2, 1.7),
        new(
            "for, bounds from data",
            (flow, x) => flow.For(AsType(Floor(x), DType.Int64), AsType(Ceil(2 * x), DType.Int64), (i, y) => Sin(y * x) + i * 0.1 + y, x),
            1.2,
            2.7,
            0.2,
            4.1,
            -1
        ),
        new(
            "for, upper bound from data",
            (flow, x) => flow.For(0, AsType(3 * x, DType.Int32), (i, y) => y * x + Sin(y) * i, x),
            1.2,
            2.1,
            0.2
        ),
    ];
}
