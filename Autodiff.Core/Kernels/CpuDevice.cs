namespace Autodiff;

/// <summary>The CPU. Programs run through the compiler.</summary>
public sealed class CpuDevice : Device
{
    public static readonly CpuDevice Instance = new();

    CpuDevice() { }

    public override string Name => "cpu";

    public override Executable Compile(Program program) => KernelCompiler.Compile(program);
}
