using static Autodiff.Ops;

namespace Autodiff.Tests;

/// <summary>Lanes that are done, or not in a branch, where the body would divide by zero, leave its domain or never end.</summary>
static class LanePrograms
{
    internal static readonly LoopProgram[] All =
    [
        // A finished lane would soon feed log a negative number.
        new("log until small", (flow, x) => flow.While(y => y > 1.2, y => Log(y), x), 2, 30, 1e6, 1.21),
        // 0/0 in a finished lane and in a lane of no trips.
        new("division by the finished value", (flow, x) => flow.While(y => y > 0, y => y - 1 / (y / y), x), 3, 0, 1, 2),
        new(
            "an inner loop that would never end in a finished lane",
            (flow, x) => flow.While(y => y > 0, y => flow.While(w => w * w < 100, w => w * (1 + y), y) * 0 + y - 1, x),
            3,
            0,
            1
        ),
        new(
            "a condition guards a loop that would never end",
            (flow, x) => flow.Cond(x > 0, a => flow.While(w => w < 100, w => w * (1 + a), a) + Sqrt(a), a => -a, x),
            2,
            0,
            1,
            -3
        ),
        new(
            "a count guards a body that divides by zero",
            (flow, x) => flow.For(0, AsType(x, DType.Int64), (i, y) => y + 1 / (x - i), x),
            3.5,
            0,
            1.5,
            0
        ),
        new(
            "a switch guards the domains of its branches",
            (flow, x) => flow.Switch(AsType(Sign(x), DType.Int64) + 1, [a => Log(-a), a => a, a => Log(a) * Sqrt(a)], x),
            2,
            0,
            -1,
            3
        ),
    ];
}
