using static Autodiff.Ops;

namespace Autodiff.Tests;

/// <summary>The state of a mass on a spring: a tree of two numbers and a count.</summary>
[PyTree]
sealed partial record Spring(NDArray Position, NDArray Velocity, NDArray Steps);

/// <summary>Carries of many types and structures.</summary>
static class CarryPrograms
{
    static readonly NDArray Rows = new[] { 1.0, 4, 0.5 };

    static readonly NDArray Mixing = new[,]
    {
        { 0.9, 0.2 },
        { -0.1, 0.8 },
    };

    internal static readonly LoopProgram[] All =
    [
        new(
            "record carry with an integer",
            (flow, x) =>
                flow.While(
                    s => (s.Position > 0.1) & (s.Steps < 20),
                    s => new Spring(s.Position + 0.2 * s.Velocity, s.Velocity - 0.2 * x * s.Position, s.Steps + 1),
                    new Spring(x, 0, 0)
                ).Position,
            1.2,
            1.7,
            3,
            0.05
        ),
        new(
            "integer carry used as a number",
            (flow, x) => flow.While(c => c.Item1 < 5, c => (c.Item1 + 1, c.Item2 * Sin(x) + c.Item1), ((NDArray)0, x)).Item2,
            1.2,
            1.7,
            3,
            31
        ),
        new(
            "boolean carry",
            (flow, x) => flow.While(c => !c.Item1, c => (c.Item2 > 20, c.Item2 * x + 1), (Equal(x, 0), x)).Item2,
            1.2,
            1.7,
            3,
            31
        ),
        new(
            "vector carry",
            (flow, x) => Sum(flow.While(v => Sum(v) < 40, v => v * 1.3 + Sin(v * x) + 0.5, Stack([x, 2 * x, x * x]))),
            1.2,
            1.7,
            3,
            31
        ),
        new(
            "matrix carry",
            (flow, x) => Sum(flow.Scan((m, q) => (MatMul(Mixing, m) + q * Tanh(m * x), m), x * Mixing, Rows).Carry),
            1.2,
            1.7,
            3
        ),
        new(
            "matrix constant, vector carry",
            (flow, x) =>
            {
                var matrix = Mixing * x;
                return Sum(flow.While(v => Sum(v * v) < 50, v => Dot(matrix, v) + v * 0.5 + 1, Stack([x, x])));
            },
            1.2,
            1.7,
            3,
            0.4
        ),
        new(
            "dictionary carry",
            (flow, x) =>
                flow.While(
                    d => d["b"] < 40,
                    d => new Dictionary<string, NDArray> { ["b"] = d["b"] * d["a"] + 1, ["a"] = d["a"] + 0.1 * x },
                    new Dictionary<string, NDArray> { ["a"] = x, ["b"] = Sin(x) }
                )["b"],
            1.2,
            1.7,
            3
        ),
        new(
            "list of records in a tuple",
            (flow, x) =>
            {
                var (_, springs) = flow.For(
                    0,
                    4,
                    (i, c) =>
                        (c.Item1 + c.Item2[0].Position, [.. c.Item2.Select(s => s with { Position = Sin(s.Position * c.Item1) + i })]),
                    (x, new List<Spring> { new(x, 1, 0), new(x * x, 2, 0) })
                );
                return springs[0].Position * springs[1].Position;
            },
            1.2,
            1.7,
            3
        ),
        new(
            "carries swap places",
            (flow, x) => flow.For<(NDArray, NDArray)>(0, 5, (_, c) => (c.Item2, c.Item1 * Sin(c.Item2) + 1), (x, 1)).Item1,
            1.2,
            1.7,
            3
        ),
        // Only the first of three carries has a tangent before the first round, all three after the third.
        new(
            "tangents spread from carry to carry",
            (flow, x) =>
                flow.For<(NDArray, NDArray, NDArray)>(
                    0,
                    5,
                    (_, c) => (c.Item1 * 1.1, c.Item2 + Sin(c.Item1), c.Item3 * 0.5 + c.Item2 * c.Item2),
                    (x, 1.0, 2.0)
                ).Item3,
            1.2,
            1.7,
            3
        ),
        new(
            "float32 carry",
            (flow, x) => AsType(flow.While(y => y < 100, y => y * y + 1, AsType(x, DType.Float32)), DType.Float64),
            2,
            3,
            5,
            11
        )
        {
            Tolerance = 1e-5,
        },
        new(
            "float32 scan",
            (flow, x) =>
                AsType(
                    flow.Scan((c, q) => (Sin(c * q) + c, c), AsType(x, DType.Float32), AsType(Rows, DType.Float32)).Carry,
                    DType.Float64
                ),
            2,
            3,
            5
        )
        {
            Tolerance = 1e-4,
        },
        new(
            "indexing and updating a carry",
            (flow, x) => Sum(flow.For(0, 4, (i, v) => v.At[i % 3].Set(Sin(v[(i + 1) % 3] * x) + v[i % 3]), Stack([x, x * x, Sin(x)]))),
            1.2,
            1.7,
            3
        ),
    ];
}
