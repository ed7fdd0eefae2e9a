using System.Text.Json;
using Autodiff.GradBench;

namespace Autodiff.Tests.GradBench;

/// <summary>The tool in this process: a message in, an answer out.</summary>
static class Tool
{
    public static JsonElement Send(object message) => SendLine(JsonSerializer.Serialize(message));

    public static JsonElement SendLine(string line)
    {
        var answer = new Session(Registry.Modules).Answer(line);
        Assert.DoesNotContain('\n', answer);
        return JsonSerializer.Deserialize<JsonElement>(answer);
    }

    public static JsonElement Evaluate(string module, string function, object input) =>
        Send(
            new
            {
                id = 1,
                kind = "evaluate",
                module,
                function,
                input,
            }
        );

    /// <summary>The output is what is expected: the same names and lists, and numbers as close as the tolerance demands.</summary>
    public static void Gives(object expected, string module, string function, object input, double tolerance = 1e-10)
    {
        var answer = Evaluate(module, function, input);
        Assert.True(answer.GetProperty("success").GetBoolean(), answer.ToString());
        Same(JsonSerializer.SerializeToElement(expected), answer.GetProperty("output"), tolerance, "output");
    }

    static void Same(JsonElement expected, JsonElement actual, double tolerance, string path)
    {
        Assert.True(expected.ValueKind == actual.ValueKind, $"{path}: expected {expected}, but got {actual}");
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object:
                Assert.Equal(expected.EnumerateObject().Select(p => p.Name).Order(), actual.EnumerateObject().Select(p => p.Name).Order());
                foreach (var property in expected.EnumerateObject())
                    Same(property.Value, actual.GetProperty(property.Name), tolerance, $"{path}.{property.Name}");
                break;
            case JsonValueKind.Array:
                Assert.True(expected.GetArrayLength() == actual.GetArrayLength(), $"{path}: expected {expected}, but got {actual}");
                for (var i = 0; i < expected.GetArrayLength(); i++)
                    Same(expected[i], actual[i], tolerance, $"{path}[{i}]");
                break;
            default:
                var (wanted, got) = (expected.GetDouble(), actual.GetDouble());
                Assert.True(
                    Math.Abs(wanted - got) <= tolerance * Math.Max(1, Math.Abs(wanted)),
                    $"{path}: expected {wanted}, but got {got}"
                );
                break;
        }
    }
}
