namespace Autodiff;

/// <summary>The CPU. Programs run through the compiler; those that may run only a few times start in the interpreter.</summary>
public sealed class CpuDevice : Device
{
    public static readonly CpuDevice Instance = new();

    CpuDevice() { }

    public override string Name => "cpu";

    public override Program Optimize(Program program) => Optimizer.Optimize(program);

    public override Executable Translate(Program program) => KernelCompiler.Compile(program);

    public override Executable Prepare(Program program) => new PreparedProgram(program, this);
}
