namespace Autodiff;

/// <summary>A program that is interpreted while that is cheaper than compiling it.</summary>
sealed class PreparedProgram(Program program, Device device) : Executable
{
    // Compiling takes about a millisecond, an interpreted operation a few nanoseconds.
    const long Budget = 20_000;
    const int MostRuns = 8;

    Executable? compiled;
    int runs;

    // The interpreter's frame is small: what needs more than the budget is compiled.
    public override long ScratchBytes => compiled?.ScratchBytes ?? 0;

    public override NDArray[] Run(NDArray[] inputs)
    {
        if (compiled is { } ready)
            return ready.Run(inputs);
        if (Interlocked.Increment(ref runs) <= MostRuns && Interpreter.TryRun(program, inputs, Budget, out var results))
            return results;
        return (compiled = device.Compile(program)).Run(inputs);
    }
}
