namespace Autodiff;

/// <summary>
/// The work of a program, counted in its text: at every index of a loop nest every expression counts once, whatever the compiler then moves
/// out of loops or keeps in registers.
/// <list type="bullet">
/// <item><paramref name="Flops"/>: floating-point additions, subtractions, multiplications, divisions, remainders, minima, maxima,
/// comparisons, negations, absolute values, roundings and square roots, one each; a fused multiply-add is two; a reduction, cumulation or
/// scatter that combines floats is one an element. Of routines: a product of an m×k and a k×n matrix is 2mnk, and factorizations and triangular
/// solves have the leading terms of Golub and Van Loan, Matrix Computations. Selections, conversions, moves, integers and indices count nothing, and
/// neither do sorts, singular values and eigenvalues, whose work depends on the elements.</item>
/// <item><paramref name="Transcendentals"/>: elementary and special functions of floats (exp, log, sin, tanh, pow, cbrt, erf, lgamma …), one
/// each.</item>
/// <item><paramref name="BytesRead"/>: the bytes of the array elements that kernels load, an array's own size at most for each kernel, and of the operands of
/// routines. <paramref name="BytesWritten"/>: those of the arrays that kernels and routines give; a scatter reads and writes what it visits. Scalars
/// live in registers and count nothing.</item>
/// <item>A loop of static length counts that many times. <paramref name="LoopsOfUnknownLength"/> is the number of loops whose length depends on
/// data: each counts as one iteration, with one test of its condition. Of a branch the dearer side counts, by each figure.</item>
/// </list>
/// </summary>
public readonly record struct ProgramCost(
    double Flops,
    double Transcendentals,
    double BytesRead,
    double BytesWritten,
    int LoopsOfUnknownLength = 0
)
{
    public static ProgramCost operator +(ProgramCost a, ProgramCost b) =>
        new(
            a.Flops + b.Flops,
            a.Transcendentals + b.Transcendentals,
            a.BytesRead + b.BytesRead,
            a.BytesWritten + b.BytesWritten,
            a.LoopsOfUnknownLength + b.LoopsOfUnknownLength
        );

    /// <summary>The cost of doing something so many times; the loops of unknown length in it stay as many.</summary>
    public static ProgramCost operator *(double times, ProgramCost cost) =>
        new(times * cost.Flops, times * cost.Transcendentals, times * cost.BytesRead, times * cost.BytesWritten, cost.LoopsOfUnknownLength);

    public override string ToString()
    {
        var loops = LoopsOfUnknownLength switch
        {
            0 => "",
            1 => "; 1 loop of unknown length counts as one iteration",
            _ => $"; {LoopsOfUnknownLength} loops of unknown length count as one iteration each",
        };
        return $"{Flops:N0} flops, {Transcendentals:N0} transcendentals, {BytesRead:N0} bytes read, {BytesWritten:N0} bytes written{loops}";
    }

    public static ProgramCost Of(Program program)
    {
        ArgumentNullException.ThrowIfNull(program);
        return Of(program.Body);
    }

    static ProgramCost Of(Block block) => block.Steps.Aggregate(default(ProgramCost), (cost, step) => cost + Of(step));

    static ProgramCost Of(Step step)
    {
        switch (step)
        {
            case KernelStep s:
                return Of(s);
            case RoutineStep s:
                return new(s.Routine.Flops, 0, s.Inputs.Sum(i => ArrayBytes(i.Type)), s.Outputs.Sum(o => ArrayBytes(o.Type)));
            case LoopStep s:
                var iteration = Of(s.Body) + (s.Condition is { } condition ? Of(condition) : default);
                return s.Length is { } length
                    ? length * iteration
                    : iteration with
                    {
                        LoopsOfUnknownLength = iteration.LoopsOfUnknownLength + 1,
                    };
            case BranchStep s:
                var (a, b) = (Of(s.IfTrue), Of(s.IfFalse));
                return new(
                    Math.Max(a.Flops, b.Flops),
                    Math.Max(a.Transcendentals, b.Transcendentals),
                    Math.Max(a.BytesRead, b.BytesRead),
                    Math.Max(a.BytesWritten, b.BytesWritten),
                    a.LoopsOfUnknownLength + b.LoopsOfUnknownLength
                );
            default:
                return default;
        }
    }

    static ProgramCost Of(KernelStep step)
    {
        double size = step.Kernel.Space.Size;
        var (flops, transcendentals, written) = (0.0, 0.0, 0.0);
        var read = new Dictionary<int, double>();
        void Read(int operand, DType type) =>
            // Loads of one element again, by this index or another, come from the cache.
            read[operand] = Math.Min(size * type.Size + read.GetValueOrDefault(operand), ArrayBytes(step.Inputs[operand].Type));

        foreach (var node in step.Kernel.Expressions.Nodes())
            if (node is Element e)
                Read(e.Operand, e.Type);
            else if (node is Apply { Type.IsFloat: true } function && Elementary.IsElementary(function.Op))
                transcendentals += size;
            else if (node is Apply operation)
                flops += size * Operations(operation);
        foreach (var output in step.Kernel.Outputs)
        {
            if (output.Fold != Fold.Set && output.Value.Type.IsFloat)
                flops += size;
            if (output.Into is { } into && output.Fold != Fold.Set)
                Read(into, output.Type.DType);
            written += output.Into is null ? ArrayBytes(output.Type) : size * output.Type.DType.Size;
        }
        return new(flops, transcendentals, read.Values.Sum(), written);
    }

    static double ArrayBytes(Aval type) => type.IsScalar ? 0 : type.ByteSize;

    static int Operations(Apply node) =>
        !node.Arguments[0].Type.IsFloat
            ? 0
            : node.Op switch
            {
                ScalarOp.Select or ScalarOp.Convert or ScalarOp.Bitcast => 0,
                ScalarOp.Fma => 2,
                _ => 1,
            };
}
