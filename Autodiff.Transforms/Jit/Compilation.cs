namespace Autodiff;

/// <summary>The way of a staged program to what a device runs. <c>AUTODIFF_PRINT</c> shows the stages as they are reached.</summary>
sealed class Compilation
{
    readonly Lazy<Program> optimized;
    readonly Lazy<Executable> executable;

    internal Compilation(Jaxpr jaxpr, Device device, string name)
    {
        optimized = new(() =>
        {
            StagePrinter.Print(Stage.Jaxpr, name, jaxpr.ToString);
            var program = ProgramBuilder.Build(
                jaxpr.InputTypes,
                (builder, inputs) => builder.Typed(jaxpr.Emit(builder, inputs), jaxpr.OutputTypes)
            );
            StagePrinter.Print(Stage.Program, name, () => ProgramPrinter.Print(program));
            var result = device.Optimize(program);
            StagePrinter.Print(Stage.Kernels, name, () => ProgramPrinter.Print(result));
            StagePrinter.Print(Stage.Cost, name, () => ProgramCost.Of(result).ToString());
            return result;
        });
        executable = new(() =>
        {
            var result = device.Translate(Optimized);
            StagePrinter.Print(Stage.Memory, name, () => ProgramMemory.Of(Optimized, result.ScratchBytes).ToString());
            return result;
        });
    }

    /// <summary>The program as the device runs it.</summary>
    internal Program Optimized => optimized.Value;

    internal Executable Executable => executable.Value;
}
