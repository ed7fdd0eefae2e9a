using System.Text.Json.Serialization;

namespace Autodiff.Benchmarks;

/// <summary>The medians of a figure, in its unit; null where they could not be measured.</summary>
/// <param name="Ratio">Ours over the baseline's; over the target where there is no baseline.</param>
sealed record Measurement(string Name, double? Ours, double? Baseline, string Unit, double? Ratio, double Target, bool? Reached)
{
    /// <summary>Why something was not measured.</summary>
    [JsonIgnore]
    public string? Note { get; init; }

    /// <summary>Whether the work failed or its results differ from the baseline's.</summary>
    [JsonIgnore]
    public bool IsWrong { get; init; }
}
