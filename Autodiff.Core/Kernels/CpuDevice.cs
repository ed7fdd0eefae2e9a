using System.Runtime.CompilerServices;

namespace Autodiff;

/// <summary>
/// The CPU. Programs run through the compiler, over the widest vectors that the machine has; those that may run only a few times start in the
/// interpreter. Where code cannot be emitted, as under NativeAOT, the interpreter runs them all.
/// </summary>
public sealed class CpuDevice : Device
{
    public static readonly CpuDevice Instance = new("cpu", KernelCompiler.WidestVector);

    readonly int vectorBits;

    CpuDevice(string name, int vectorBits) => (Name, this.vectorBits) = (name, vectorBits);

    /// <summary>A device of its own with vectors of 512, 256 or 128 bits, whatever the machine has, or with none (0).</summary>
    internal static CpuDevice OfWidth(int vectorBits) => new($"cpu, {vectorBits} bits", vectorBits);

    public override string Name { get; }

    public override Program Optimize(Program program) =>
        RuntimeFeature.IsDynamicCodeSupported
            ? KernelCompiler.Fit(Optimizer.Optimize(program))
            : InterpreterDevice.Instance.Optimize(program);

    public override Executable Translate(Program program) =>
        RuntimeFeature.IsDynamicCodeSupported ? KernelCompiler.Compile(program, vectorBits) : InterpreterDevice.Instance.Translate(program);

    public override Executable Prepare(Program program) => new PreparedProgram(program, this);
}
