using static Autodiff.Ops;

namespace Autodiff.Tests;

/// <summary>Loops that recompute instead of storing: the values are those of the plain loop.</summary>
static class CheckpointedPrograms
{
    static readonly double[] Points = [1.2, 1.7, 3];

    static NDArray Rows(int count) => 0.1 * (Arange(count) % 7) - 0.2;

    internal static readonly LoopProgram[] All =
    [
        Checkpointed("every 2 of 6", 6, Checkpointing.Every(2)),
        Checkpointed("every 3 of 7, a remainder", 7, Checkpointing.Every(3)),
        Checkpointed("every 3 of 7, a remainder, in reverse", 7, Checkpointing.Every(3), reverse: true),
        Checkpointed("every step", 4, Checkpointing.Every(1)),
        Checkpointed("every 9 of 4: none", 4, Checkpointing.Every(9)),
        Checkpointed("square root of 11", 11, Checkpointing.Sqrt),
        Checkpointed("recursive 20", 20, Checkpointing.Recursive),
        Checkpointed("recursive 19 in reverse", 19, Checkpointing.Recursive, reverse: true),
        new(
            "checkpointed for, the index read",
            (flow, x) => flow.For(1, 9, (i, y) => Sin(y * x) + 0.1 * i, x, Checkpointing.Every(3)),
            Points
        ),
        new(
            "checkpointed scan of a while",
            (flow, x) =>
                flow.Scan(
                    (c, q) => (Sin(flow.While(z => z < 3 + q, z => z * x + 1, c)) + 1, c),
                    x,
                    Rows(5),
                    checkpoint: Checkpointing.Every(2)
                ).Carry,
            Points
        ),
    ];

    static LoopProgram Checkpointed(string how, int count, Checkpointing checkpoint, bool reverse = false) =>
        new(
            $"checkpointed scan, {how}",
            (flow, x) =>
            {
                var rows = Rows(count);
                var (c, ys) = flow.Scan((c, q) => (Sin(c) + x * q, c * q), x, rows, reverse, checkpoint: checkpoint);
                return c + Dot(rows, ys);
            },
            Points
        );
}
