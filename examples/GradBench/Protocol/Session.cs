using System.Text.Json;

namespace Autodiff.GradBench;

/// <summary>A conversation with an eval: a line in, a line out. Whatever goes wrong is an answer too, and the next line is read.</summary>
sealed class Session(IReadOnlyDictionary<string, Module> modules)
{
    public const string Tool = "autodiff";

    public string Answer(string line) => JsonSerializer.Serialize(Reply(line), Json.Options);

    Answer Reply(string line)
    {
        JsonElement? id = null;
        try
        {
            using var document = JsonDocument.Parse(line);
            if (document.RootElement.TryGetProperty("id", out var given))
                id = given.Clone();
            return Reply(new(id), document.RootElement.Deserialize<Message>(Json.Options)!);
        }
        catch (Exception e)
        {
            Console.Error.WriteLine(e);
            return new(id) { Success = false, Error = $"{e.GetType().Name}: {e.Message}" };
        }
    }

    Answer Reply(Answer empty, Message message)
    {
        switch (message.Kind)
        {
            case "start":
                return empty with { Tool = Tool, Config = JsonSerializer.SerializeToElement(Setting.Here, Json.Options) };
            case "define":
                _ = Find(message);
                return empty with { Success = true };
            case "evaluate":
                var input = message.Input ?? throw new ProtocolException("The message has no input.");
                var (output, timings) = Find(message).Function(message.Function).Evaluate(input);
                return empty with { Success = true, Output = output, Timings = timings };
            case "analysis":
                return empty;
            default:
                throw new ProtocolException(
                    $"There is no kind of message '{message.Kind}'; there are start, define, evaluate and analysis."
                );
        }
    }

    Module Find(Message message) =>
        modules.GetValueOrDefault(message.Module ?? "")
        ?? throw new ProtocolException($"There is no module '{message.Module}'; there are {string.Join(", ", modules.Keys)}.");
}

/// <summary>A message asks for what there is not.</summary>
sealed class ProtocolException(string message) : Exception(message);
