using System.Runtime.InteropServices;

namespace Autodiff.GradBench;

/// <summary>Where the tool runs, which it tells as a session begins.</summary>
sealed record Setting(string Processor, int Threads)
{
    public static Setting Here { get; } = new(ProcessorName(), ParallelLoop.MaxThreads);

    static string ProcessorName() =>
        File.Exists("/proc/cpuinfo")
        && File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) is { } line
            ? line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
            : RuntimeInformation.ProcessArchitecture.ToString();
}
