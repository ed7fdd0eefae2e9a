using System.Text.Json;

namespace Autodiff.GradBench;

/// <summary>
/// The log of a session, as GradBench's command <c>run</c> writes it: the eval's message and the tool's response in turn, one a line, each
/// in an object of its own.
/// </summary>
static class SessionLog
{
    /// <summary>What was measured in a session. An evaluation whose input has no name is left out.</summary>
    /// <exception cref="JsonException">A line is not JSON, or there is neither a message nor a response in it.</exception>
    public static IReadOnlyCollection<Measurement> Read(IEnumerable<string> lines)
    {
        var (tool, setting) = ("", (Setting?)null);
        var measured = new Dictionary<string, Measurement>();
        foreach (var (message, response) in Exchanges(lines))
            switch (message.Kind)
            {
                case "start":
                    (tool, setting) = (response?.Tool ?? "", Told(response));
                    break;
                case "evaluate" when message.Description is not null:
                    measured[$"{message.Id}"] = Measured(tool, message, response) with { Setting = setting };
                    break;
                case "analysis" when measured.TryGetValue($"{message.Of}", out var analyzed):
                    measured[$"{message.Of}"] = analyzed with { Valid = message.Valid };
                    break;
            }
        return measured.Values;
    }

    /// <summary>The last message has no response if the tool ended, or took too long.</summary>
    static IEnumerable<(Message Message, Answer? Response)> Exchanges(IEnumerable<string> lines) =>
        from pair in lines.Select(line => JsonSerializer.Deserialize<Entry?>(line, Json.Options)).Chunk(2)
        let message = pair[0]?.Message ?? throw new JsonException("A log has a message and its response in turn, but there is no message.")
        select (message, pair.ElementAtOrDefault(1)?.Response);

    static Measurement Measured(string tool, Message message, Answer? response)
    {
        var times = (response?.Timings ?? []).ToLookup(t => t.Name, t => t.Nanoseconds / 1e6);
        double? median = response?.Success == true && times["evaluate"].Order().ToArray() is [_, ..] runs ? runs[runs.Length / 2] : null;
        double? compile = times["compile"].Any() ? times["compile"].Sum() : null;
        return new(tool, message.Module ?? "", Size(message), message.Function ?? "", median, compile);
    }

    /// <summary>The eval ht has the same names for the inputs of both variants, and of both models of a hand.</summary>
    static string Size(Message message)
    {
        if (message is not { Module: "ht", Input: { } input })
            return message.Description!;
        var variant = input.GetProperty("us").GetArrayLength() == 0 ? "simple" : "complicated";
        var vertices = input.GetProperty("data").GetProperty("model").GetProperty("base_positions").GetArrayLength();
        return $"{variant} v={vertices} {message.Description}";
    }

    /// <summary>Other tools tell other things, or nothing.</summary>
    static Setting? Told(Answer? response) =>
        response is { Tool: Session.Tool, Config: { } config } ? config.Deserialize<Setting>(Json.Options) : null;

    sealed record Entry(Message? Message = null, Answer? Response = null);
}
