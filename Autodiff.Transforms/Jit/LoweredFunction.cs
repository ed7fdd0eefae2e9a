namespace Autodiff;

/// <summary>
/// A jitted function for arguments of certain types, at each stage on its way to native code on the current device; see <c>Lower</c>. Stages
/// are made when they are first asked for.
/// </summary>
public sealed class LoweredFunction<F>
    where F : Delegate
{
    readonly StagedFunction staged;
    readonly Func<FlatCall, F> wrap;
    readonly Compilation compilation;

    internal LoweredFunction(StagedFunction staged, Device device, Func<FlatCall, F> wrap)
    {
        (this.staged, this.wrap) = (staged, wrap);
        compilation = staged.CompilationFor(device);
    }

    /// <summary>What the function does, in primitives. Arrays that it captured are constants.</summary>
    public Jaxpr Jaxpr => staged.Shown;

    /// <summary>
    /// How it is done: the text of the optimised program, its loop nests and routines, loops and branches. Arrays that the function captured are
    /// the first operands.
    /// </summary>
    public string Kernels => ProgramPrinter.Print(compilation.Optimized).TrimEnd();

    /// <summary>The work of the optimised program.</summary>
    public ProgramCost Cost => ProgramCost.Of(compilation.Optimized);

    /// <summary>The memory of one call; arrays that the function captured count as constants. The program is compiled for it.</summary>
    public ProgramMemory Memory
    {
        get
        {
            var memory = ProgramMemory.Of(compilation.Optimized, compilation.Executable);
            var captured = staged.Captured.Sum(c => c.Aval.Tape > 0 ? 0 : c.Aval.ByteSize);
            return memory with { ArgumentBytes = memory.ArgumentBytes - captured, ConstantBytes = memory.ConstantBytes + captured };
        }
    }

    /// <summary>
    /// The compiled function. It takes arguments of the types it was lowered for and is never traced again; transforms apply to it as to any
    /// function.
    /// </summary>
    /// <exception cref="TreeMismatchException">An argument has another structure (raised when called).</exception>
    /// <exception cref="ShapeException">An argument has another shape (raised when called).</exception>
    /// <exception cref="DTypeException">An argument has another element type (raised when called).</exception>
    public F Compile()
    {
        var executable = compilation.Executable;
        return wrap(arguments =>
        {
            staged.Check(arguments);
            return (staged.Run(arguments, executable), staged.Output);
        });
    }

    /// <summary>The text of the loop nests.</summary>
    public override string ToString() => Kernels;
}
