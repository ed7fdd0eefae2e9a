namespace Autodiff;

/// <summary>
/// An estimate of the work of a program: floating-point operations (an elementary function counts as the additions it takes) and bytes of
/// arrays read and written. Loops count their static length, or one iteration where it is not known; branches the dearer side; of routines
/// only the bytes are known.
/// </summary>
public readonly record struct ProgramCost(double Flops, double BytesRead, double BytesWritten)
{
    public static ProgramCost operator +(ProgramCost a, ProgramCost b) =>
        new(a.Flops + b.Flops, a.BytesRead + b.BytesRead, a.BytesWritten + b.BytesWritten);

    public static ProgramCost operator *(double times, ProgramCost cost) =>
        new(times * cost.Flops, times * cost.BytesRead, times * cost.BytesWritten);

    public static ProgramCost Of(Program program) => Of(program.Body);

    static ProgramCost Of(Block block) => block.Steps.Aggregate(default(ProgramCost), (cost, step) => cost + Of(step));

    static ProgramCost Of(Step step)
    {
        switch (step)
        {
            case KernelStep s:
                return Of(s);
            case RoutineStep s:
                return new(0, s.Inputs.Sum(i => (double)i.Type.ByteSize), s.Outputs.Sum(o => (double)o.Type.ByteSize));
            case LoopStep s:
                var iteration = Of(s.Body) + (s.Condition is { } condition ? Of(condition) : default);
                return (s.Length ?? 1) * iteration;
            case BranchStep s:
                var (a, b) = (Of(s.IfTrue), Of(s.IfFalse));
                return new(Math.Max(a.Flops, b.Flops), Math.Max(a.BytesRead, b.BytesRead), Math.Max(a.BytesWritten, b.BytesWritten));
            default:
                return default;
        }
    }

    static ProgramCost Of(KernelStep step)
    {
        double size = step.Kernel.Space.Size;
        var (flops, read) = (0.0, new Dictionary<int, double>());
        foreach (var node in step.Kernel.Expressions.Nodes())
            if (node is Apply { Type.IsFloat: true, Op: not (ScalarOp.Select or ScalarOp.Convert or ScalarOp.Bitcast) } a)
                flops += size * FusionCost.Weight(a.Op);
            else if (node is Element e)
                // Loads of one element again, by this index or another, come from the cache.
                read[e.Operand] = Math.Min(size * e.Type.Size + read.GetValueOrDefault(e.Operand), step.Inputs[e.Operand].Type.ByteSize);
        var written = 0.0;
        foreach (var output in step.Kernel.Outputs)
        {
            flops += output.Fold == Fold.Set || !output.Type.DType.IsFloat ? 0 : size;
            written += output.Into is null ? output.Type.ByteSize : size * output.Type.DType.Size;
        }
        return new(flops, read.Values.Sum(), written);
    }
}
