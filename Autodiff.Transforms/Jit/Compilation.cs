namespace Autodiff;

/// <summary>The way of a staged program to what a device runs. <c>AUTODIFF_PRINT</c> shows the stages as they are reached.</summary>
sealed class Compilation
{
    readonly Lazy<Program> optimized;
    readonly Lazy<Executable> executable;

    // The donated inputs are those, by number, whose memory the program may overwrite.
    internal Compilation(Jaxpr jaxpr, int[] donated, Device device, string name)
    {
        optimized = new(() =>
        {
            StagePrinter.Print(Stage.Jaxpr, name, jaxpr.ToString);
            var lowered = ProgramBuilder.Build(
                jaxpr.InputTypes,
                (builder, inputs) => builder.Typed(jaxpr.Emit(builder, inputs), jaxpr.OutputTypes)
            );
            var program = new Program(lowered.Body) { Donated = donated };
            StagePrinter.Print(Stage.Program, name, () => ProgramPrinter.Print(program));
            var result = device.Optimize(program);
            StagePrinter.Print(Stage.Kernels, name, () => ProgramPrinter.Print(result));
            StagePrinter.Print(Stage.Cost, name, () => ProgramCost.Of(result).ToString());
            return result;
        });
        executable = new(() =>
        {
            var result = device.Translate(Optimized);
            StagePrinter.Print(Stage.Memory, name, () => ProgramMemory.Of(Optimized, result).ToString());
            return result;
        });
    }

    /// <summary>The program as the device runs it.</summary>
    internal Program Optimized => optimized.Value;

    internal Executable Executable => executable.Value;
}
