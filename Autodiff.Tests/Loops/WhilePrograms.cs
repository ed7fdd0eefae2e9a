using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>While loops, alone and with what a body may hold.</summary>
static class WhilePrograms
{
    internal static readonly LoopProgram[] All =
    [
        new("while", (flow, x) => flow.While(y => y < 100, y => y * y, x), 2, 3, 5, 11),
        new("while, some lanes of no trips", (flow, x) => x * flow.While(y => y < 4, y => y * y, x), 5, 1.5, 7, 2),
        new("while, constant accumulates", (flow, x) => flow.While<NDArray>(y => y < 20, y => y + y * Sin(x) + x, 1), 0.7, 1.3, 2, 0.2),
        new("while, constant in condition", (flow, x) => flow.While<NDArray>(y => y < 5 * x, y => y * x + 1, 1), 1.5, 3, 1.1, 2),
        new("while, linear body", (flow, x) => flow.While(y => y < 100, y => y * 3, x), 2, 3, 5, 101),
        new(
            "while, Newton with Grad in body",
            (flow, x) => flow.While(y => Square(y * y - x) > 1e-6, y => y - (y * y - x) / Grad(z => z * z - x)(y), x),
            2,
            9,
            5,
            0.5
        ),
        // An inner Grad that mistook the outer tangent for its own would see x·y where it should see 0.
        new(
            "while, perturbation confusion",
            (flow, x) =>
                flow.While(y => y < 30, y => y * x + Grad(z => x * z * y)(2.0) * Grad(_ => x * y)(1.0) + Grad(z => x * z * y)(3.0), x),
            1.5,
            2,
            3,
            31
        ),
        new(
            "while, Vmap in body",
            (flow, x) =>
                flow.While(
                    y => y < 30,
                    y => y + Sum(flow.Each(q => flow.While(w => w < 4, w => w * w * q + x, 1 + Sin(y)), new[] { 1.0, 2, 3 })),
                    x
                ),
            1.5,
            2,
            3,
            31
        ),
        new(
            "while, Jit in body",
            (flow, x) =>
                flow.While(y => y < 50, flow.Jit(y => y + flow.Jit(z => flow.While(w => w < 3 * y, w => w * 1.5 + x * Sin(y), z))(y)), x),
            2,
            0.9,
            13,
            60
        ),
        new(
            "while, Checkpoint in body",
            (flow, x) =>
                flow.While(y => y < 50, y => flow.Checkpoint(z => z + flow.While(w => w < 3 * z, w => w * 1.5 + x * Sin(z), z))(y), x),
            2,
            0.9,
            13,
            60
        ),
        new(
            "while, Cond in body",
            (flow, x) => flow.While(y => y < 30, y => flow.Cond(Sin(y) > 0, a => a * x + Sin(a), a => a * 1.2 + Exp(x * 0.3), y), x),
            1.5,
            2.5,
            1.2,
            40
        ),
        new(
            "while, Switch in body, index past the ends",
            (flow, x) =>
                flow.While(
                    y => y < 40,
                    y =>
                        flow.Switch(
                            AsType(Floor(y / 8), DType.Int64) - 1,
                            [a => a * x + 1, a => a + Exp(x * 0.2) + 1, a => a * 1.5 + Sin(a * x)],
                            y
                        ),
                    x
                ),
            1.5,
            2.5,
            17,
            41
        ),
        new(
            "while, Where in body",
            (flow, x) => flow.While(y => y < 40, y => Where(Sin(y) > 0, y * 1.5 + x, y + x * x), x),
            1.5,
            2.5,
            1.2,
            41
        ),
        new(
            "while, StopGradient in body",
            (flow, x) => flow.While(y => y < 40, y => y * x + StopGradient(y) * Sin(x), x),
            1.5,
            2.5,
            1.2,
            41
        ),
    ];
}
