namespace Autodiff;

/// <summary>
/// Turns a program as it was lowered, one step for each operation, into one a device runs fast: a few fused kernels, loops without what
/// does not change in them, no step whose result is not read. It knows nothing of any device. Every pass takes time linear in the program.
/// </summary>
static class Optimizer
{
    static readonly (string Name, Func<Program, ProgramFacts, Program> Run)[] Passes =
    [
        ("dead code", DeadCode.Remove),
        ("simplification", Simplification.Run),
        ("common subexpressions", CommonSubexpressions.Merge),
        ("loop invariants", LoopInvariants.Hoist),
        ("transposed operands", TransposedOperands.Run),
        ("loop layouts", LoopLayouts.Run),
        ("gather pushdown", GatherPushdown.Run),
        ("scatter accumulation", ScatterAccumulation.Run),
        ("dead code", DeadCode.Remove),
        ("inlining", Inlining.Run),
        ("short folds", ShortFolds.Run),
        ("postponed sums", PostponedSums.Run),
        ("merging", Merging.Run),
        // Kernels that were merged are one reader of what they share.
        ("dead code", DeadCode.Remove),
        ("inlining", Inlining.Run),
        ("simplification", Simplification.Run),
        ("dead code", DeadCode.Remove),
        ("copy layouts", CopyLayouts.Run),
        ("joined axes", JoinedAxes.Run),
        ("row fusion", RowFusion.Run),
    ];

    internal static Program Optimize(Program program) => Optimize(program, Checking.Enabled);

    /// <summary>With <paramref name="check"/>, checks the program before the first and after every pass.</summary>
    internal static Program Optimize(Program program, bool check)
    {
        if (check)
            ProgramChecker.Check(program, "lowering");
        var (facts, donated) = (new ProgramFacts(), program.Donated);
        foreach (var (name, run) in Passes)
        {
            program = run(program, facts);
            if (check)
                ProgramChecker.Check(program, name);
        }
        return new(program.Body) { Donated = donated };
    }
}
