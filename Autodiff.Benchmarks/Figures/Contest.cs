namespace Autodiff.Benchmarks;

/// <summary>A figure made ready: both sides on the same inputs, and whether they do the same.</summary>
/// <param name="Check">What is wrong with the results, null if nothing is; asked before anything is timed.</param>
sealed record Contest(Side Ours, Side? Baseline, Func<string?> Check)
{
    /// <summary>The most threads that the library uses meanwhile.</summary>
    internal int Threads { get; init; } = 1;

    /// <summary>How long each side rests before the other runs: threads that wait for more work by spinning are asleep after it.</summary>
    internal TimeSpan Pause { get; init; } = TimeSpan.Zero;

    /// <summary>Why the baseline cannot be measured here, if it cannot.</summary>
    internal string? Missing { get; init; }

    /// <summary>Two ways to the same results.</summary>
    /// <param name="tolerance">The largest difference of two elements, relative to the largest element of the baseline's array.</param>
    internal static Contest Between(Func<NDArray[]> ours, Func<NDArray[]> baseline, double tolerance) =>
        new(new TimedSide(() => ours()), new TimedSide(() => baseline()), () => ResultCheck.Of(ours(), baseline(), tolerance));

    /// <inheritdoc cref="Between(Func{NDArray[]}, Func{NDArray[]}, double)"/>
    internal static Contest Between(Func<NDArray> ours, Func<NDArray> baseline, double tolerance) =>
        new(new TimedSide(() => ours()), new TimedSide(() => baseline()), () => ResultCheck.Of([ours()], [baseline()], tolerance));
}
