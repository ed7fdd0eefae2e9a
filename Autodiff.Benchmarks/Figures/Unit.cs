namespace Autodiff.Benchmarks;

/// <summary>What a figure is counted in: <paramref name="Scale"/> of it are a second, or one of what is counted.</summary>
sealed record Unit(string Name, double Scale)
{
    internal static Unit Milliseconds { get; } = new("ms", 1e3);
    internal static Unit Microseconds { get; } = new("µs", 1e6);
    internal static Unit Nanoseconds { get; } = new("ns", 1e9);
    internal static Unit Bytes { get; } = new("bytes", 1);
    internal static Unit Kilobytes { get; } = new("KB", 1e-3);
}
