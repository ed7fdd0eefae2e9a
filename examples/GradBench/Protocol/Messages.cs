using System.Text.Json;
using System.Text.Json.Serialization;

namespace Autodiff.GradBench;

/// <summary>What an eval sends, one a line. Which fields are there depends on the kind.</summary>
sealed record Message(string? Kind = null, string? Module = null, string? Function = null, JsonElement? Input = null)
{
    public JsonElement? Id { get; init; }
    public string? Description { get; init; }
    public JsonElement? Of { get; init; }
    public bool? Valid { get; init; }
}

/// <summary>What the tool answers. An id of null answers a line in which there was none to read.</summary>
sealed record Answer([property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] JsonElement? Id)
{
    public string? Tool { get; init; }
    public JsonElement? Config { get; init; }
    public bool? Success { get; init; }
    public JsonElement? Output { get; init; }
    public IReadOnlyList<Timing>? Timings { get; init; }
    public string? Error { get; init; }
}

sealed record Timing(string Name, long Nanoseconds)
{
    public static Timing Of(string name, TimeSpan elapsed) => new(name, (long)elapsed.TotalNanoseconds);
}
