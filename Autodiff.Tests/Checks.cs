using System.Runtime.CompilerServices;

namespace Autodiff.Tests;

/// <summary>
/// Every program that a test makes is checked when it is staged, when it is lowered and after every pass of the optimizer. Laws call functions with many
/// shapes, and need no warnings of that.
/// </summary>
static class Checks
{
    [ModuleInitializer]
    internal static void Enable()
    {
        Environment.SetEnvironmentVariable("AUTODIFF_CHECK", "1");
        CompileCache.Warnings = TextWriter.Null;
    }
}
