namespace Autodiff;

/// <summary>
/// The CPU without a compiler: for platforms where code cannot be emitted, such as NativeAOT, and as a second opinion in tests.
/// </summary>
public sealed class InterpreterDevice : Device
{
    public static readonly InterpreterDevice Instance = new();

    InterpreterDevice() { }

    public override string Name => "interpreter";

    public override Executable Translate(Program program) => new InterpretedProgram(new ProgramPlan(program));

    sealed class InterpretedProgram(ProgramPlan plan) : Executable
    {
        public override long ScratchBytes => plan.ArrayBytes;

        public override NDArray[] Run(NDArray[] inputs) => plan.Run(inputs, long.MaxValue)!;
    }
}
