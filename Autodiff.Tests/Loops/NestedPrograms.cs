using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>Loops and branches in loops and branches.</summary>
static class NestedPrograms
{
    static readonly NDArray Rows = new[] { 1.0, 4, 0.5 };

    internal static readonly LoopProgram[] All =
    [
        new(
            "while in while",
            (flow, x) => flow.While(y => y < 50, y => y + flow.While(z => z < 3 * y, z => z * 1.5 + x * Sin(y), y), x),
            2,
            0.9,
            13,
            60
        ),
        new(
            "while in scan",
            (flow, x) =>
                flow.Scan(
                    (c, q) =>
                    {
                        var w = flow.While(z => z < 3 + q * 5, z => z * x + Sin(c), c);
                        return (Sin(w) + c, w);
                    },
                    x,
                    Rows
                ).Carry,
            1.2,
            1.7,
            3,
            2
        ),
        new(
            "while in scan in reverse, ys",
            (flow, x) =>
                Sum(
                    flow.Scan(
                        (c, q) =>
                        {
                            var w = flow.While(z => z < 3 + q * 5, z => z * x + Sin(c), c);
                            return (Sin(w) + c, w * w);
                        },
                        x,
                        Rows,
                        reverse: true
                    ).Ys
                ),
            1.2,
            1.7,
            3,
            2
        ),
        new(
            "scan in while",
            (flow, x) => flow.While(y => y < 30, y => flow.Scan((c, q) => (c + 0.1 * Sin(c * q) * x + 1, c), y, Rows).Carry, x),
            1,
            2.5,
            0.3,
            31
        ),
        new(
            "scan in scan",
            (flow, x) => flow.Scan((c, q) => (flow.Scan((d, r) => (Sin(d * r) + q * x, d), c, Rows).Carry, c), x, Rows).Carry,
            1.2,
            1.7,
            3
        ),
        new(
            "while in cond in scan in while",
            (flow, x) =>
                flow.While(
                    y => y < 40,
                    y =>
                        flow.Scan(
                            (c, q) =>
                                (
                                    flow.Cond(
                                        c > q + 1,
                                        a => flow.While(z => z < a + q * 3, z => z * 1.3 + Sin(x * z), a),
                                        a => a * x + q,
                                        c
                                    ),
                                    c
                                ),
                            y,
                            Rows
                        ).Carry + 1,
                    x
                ),
            1.5,
            0.8,
            3,
            45
        ),
        new(
            "grad of while in while",
            (flow, x) => flow.While(y => y < 30, y => y + 0.01 * Grad(z => flow.While(w => w < 10 + y, w => w * w + z * x, z))(y) + 1, x),
            1.5,
            2.5,
            3,
            31
        ),
        new(
            "grad of while in scan",
            (flow, x) =>
                flow.Scan((c, q) => (Sin(Grad(z => flow.While(w => w < 10 + q, w => w * w + z * x + 1, z))(c)) + c, c), x, Rows).Carry,
            1.5,
            2.5,
            3
        ),
        new(
            "invariant while in scan",
            (flow, x) =>
                flow.Scan(
                    (c, q) =>
                    {
                        var w = flow.While(z => z < 9, z => z * x + 1, x);
                        return (Sin(c * w) + c * q, w);
                    },
                    x,
                    Rows
                ).Carry,
            1.2,
            1.7,
            3,
            2
        ),
        new(
            "invariant while in while",
            (flow, x) => flow.While(y => y < 30, y => y * 1.5 + Sin(y * flow.While(z => z < 9, z => z * x + 1, x)), x),
            1.2,
            1.7,
            3,
            31
        ),
        new(
            "for in while, bounds from the carry",
            (flow, x) =>
                flow.While(
                    y => y < 30,
                    y => flow.For(0, AsType(y / 4, DType.Int64) + 1, (i, z) => z + (1.1 + Sin(z * x)) * 0.3 * i, y) + 2,
                    x
                ),
            1.2,
            7.1,
            3,
            31
        ),
        new(
            "cond, one branch a loop",
            (flow, x) => flow.Cond(x > 2, a => flow.While(z => z < 9, z => z * a + 1, a), a => a * a * Sin(x), x),
            1.2,
            2.7,
            3,
            -2
        ),
        new(
            "switch of loops",
            (flow, x) =>
                flow.Switch(
                    AsType(x, DType.Int32),
                    [
                        a => flow.Scan((c, q) => (Sin(c * q) + a, c), a, Rows).Carry,
                        a => flow.While(z => z < 9, z => z * a + 1, a),
                        a => flow.For(0, 3, (i, c) => c * a + i, a),
                    ],
                    x
                ),
            1.2,
            0.7,
            2.3,
            -2,
            7
        ),
    ];
}
