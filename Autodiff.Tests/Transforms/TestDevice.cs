using System.Runtime.CompilerServices;

namespace Autodiff.Tests;

/// <summary>The device on which the tests run, in one place.</summary>
static class TestDevice
{
    [ModuleInitializer]
    internal static void Choose() => Device.Current = InterpreterDevice.Instance;
}
