namespace Autodiff.Tests;

/// <summary>The devices on which every law must hold.</summary>
public static class Devices
{
    public static readonly Device[] All = [InterpreterDevice.Instance, CpuDevice.Instance];

    public static Device Named(string name) => All.Single(d => d.Name == name);
}
