using System.Diagnostics;
using System.Globalization;

namespace Autodiff.Benchmarks;

/// <summary>The same compilation as the first thing that a process asks of the library.</summary>
static class FirstCompile
{
    internal const string Argument = "first-compile";

    /// <summary>Prints the seconds; the runtime has started, but nothing of the library has run.</summary>
    internal static int Print()
    {
        Console.WriteLine(CompileFigures.SecondsOfStep(Sizes.Full).ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    /// <summary>The seconds that a new process prints.</summary>
    internal static double InNewProcess()
    {
        var program = Path.ChangeExtension(typeof(FirstCompile).Assembly.Location, OperatingSystem.IsWindows() ? ".exe" : null);
        using var process = Process.Start(new ProcessStartInfo(program, Argument) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? double.Parse(output, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"{program} {Argument} failed with exit code {process.ExitCode}.");
    }
}
