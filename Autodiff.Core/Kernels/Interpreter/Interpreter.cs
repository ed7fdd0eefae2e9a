using System.Runtime.CompilerServices;

namespace Autodiff;

/// <summary>
/// Runs the lowered form without emitting code. It is the portable way to run a program, and the cheaper one for a small program that
/// runs only a few times.
/// </summary>
static class Interpreter
{
    static readonly ConditionalWeakTable<Program, ProgramPlan> Plans = new();

    /// <summary>Runs a program unless that takes more than <paramref name="budget"/> scalar operations in all, which is false.</summary>
    internal static bool TryRun(Program program, NDArray[] inputs, long budget, out NDArray[] results)
    {
        results = [];
        // A plan is not made in vain for a program that is plainly too long.
        if (LeastCost(program.Body) > budget)
            return false;
        if (Plans.GetValue(program, p => new(p)).Run(inputs, budget) is not { } given)
            return false;
        results = given;
        return true;
    }

    /// <summary>At least one operation for each index of each kernel that is certain to run.</summary>
    static double LeastCost(Block block)
    {
        var cost = 0.0;
        foreach (var step in block.Steps)
            cost += step switch
            {
                KernelStep s => s.Kernel.Space.Size,
                LoopStep { Length: { } length } s => length * (1 + LeastCost(s.Body)),
                _ => 0,
            };
        return cost;
    }
}
