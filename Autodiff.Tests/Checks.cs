using System.Runtime.CompilerServices;

namespace Autodiff.Tests;

/// <summary>Every program that a test makes is checked when it is staged, when it is lowered and after every pass of the optimizer.</summary>
static class Checks
{
    [ModuleInitializer]
    internal static void Enable() => Environment.SetEnvironmentVariable("AUTODIFF_CHECK", "1");
}
