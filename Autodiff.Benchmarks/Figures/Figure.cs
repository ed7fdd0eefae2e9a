namespace Autodiff.Benchmarks;

/// <summary>One entry of the table: a piece of work, what it stands beside, and how much of that, at most, it shall take.</summary>
/// <param name="Work">What is measured, with its sizes.</param>
/// <param name="Against">The baseline; null where the target is a number of <paramref name="Unit"/>s.</param>
/// <param name="Unit">What both are counted in.</param>
/// <param name="Target">The largest ratio of the medians, ours to the baseline's; without a baseline the largest median.</param>
/// <param name="Prepare">Makes inputs and compiles; what it makes is dropped after the measurement.</param>
sealed record Figure(string Work, string? Against, Unit Unit, double Target, Func<Contest> Prepare)
{
    internal string Name => Against is null ? Work : $"{Work} / {Against}";
}
