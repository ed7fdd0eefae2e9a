namespace Autodiff;

/// <summary>A rough estimate of the time of steps, in nanoseconds of one thread: enough to tell what is worth sharing between threads.</summary>
static class Work
{
    const double PerOperation = 0.05;
    const double PerElement = 0.1;
    const double PerFlopOfRoutine = 0.02;

    // What a loop of unknown length is taken to run.
    const int UnknownLength = 64;

    internal static double Of(Step step) =>
        step switch
        {
            KernelStep s => Of(s.Kernel),
            RoutineStep s => PerFlopOfRoutine * s.Routine.Flops
                + PerElement * s.Inputs.Concat(s.Outputs).Sum(v => (double)v.Type.Shape.Size),
            LoopStep s => (s.Length ?? UnknownLength) * s.Body.Steps.Sum(Of),
            BranchStep s => Math.Max(s.IfTrue.Steps.Sum(Of), s.IfFalse.Steps.Sum(Of)),
            _ => 0,
        };

    internal static double Of(Kernel kernel)
    {
        var cost = FusionCost.Of(kernel.Expressions);
        return kernel.Space.Size * (PerOperation * (cost.Arithmetic + cost.Indexing) + PerElement * (cost.Loads + kernel.Outputs.Length));
    }
}
