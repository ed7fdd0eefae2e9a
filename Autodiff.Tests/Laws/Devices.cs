namespace Autodiff.Tests;

/// <summary>The devices on which every law must hold.</summary>
public static class Devices
{
    public static readonly Device[] All = [InterpreterDevice.Instance, CpuDevice.Instance];

    /// <summary>The compiler for every vector width that the machine has besides the widest, and for none.</summary>
    public static readonly Device[] OfWidths =
    [
        .. from bits in new[] { 256, 128, 0 } where bits < KernelCompiler.WidestVector select CpuDevice.OfWidth(bits),
    ];

    public static Device Named(string name) => All.Concat(OfWidths).Single(d => d.Name == name);
}
