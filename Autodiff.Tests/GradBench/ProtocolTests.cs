using System.Diagnostics;
using System.Text.Json;

namespace Autodiff.Tests.GradBench;

/// <summary>The protocol: every line has one answer, whatever is wrong with it.</summary>
public sealed class ProtocolTests
{
    [Fact]
    public void Start_names_the_tool_and_where_it_runs()
    {
        var answer = Tool.SendLine("""{"id": 4, "kind": "start", "eval": "hello"}""");
        Assert.Equal(["id", "tool", "config"], answer.EnumerateObject().Select(p => p.Name));
        Assert.Equal((4, "autodiff"), (answer.GetProperty("id").GetInt32(), answer.GetProperty("tool").GetString()));
        Assert.Equal(["processor", "threads"], answer.GetProperty("config").EnumerateObject().Select(p => p.Name));
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("llsq")]
    [InlineData("lse")]
    [InlineData("gmm")]
    [InlineData("kmeans")]
    [InlineData("ode")]
    [InlineData("lstm")]
    [InlineData("ba")]
    [InlineData("ht")]
    [InlineData("det")]
    [InlineData("particle")]
    [InlineData("saddle")]
    public void All_modules_are_defined(string module) =>
        Assert.True(
            Succeeds(
                new
                {
                    id = 1,
                    kind = "define",
                    module,
                }
            )
        );

    [Fact]
    public void An_analysis_is_taken_note_of()
    {
        var answer = Tool.SendLine("""{"id": 9, "kind": "analysis", "of": 3, "valid": false, "error": "wrong"}""");
        Assert.Equal("""{"id":9}""", answer.GetRawText());
    }

    [Fact]
    public void Runs_are_as_many_as_demanded_and_timed_one_by_one()
    {
        var answer = Tool.Evaluate("lse", "gradient", new { x = new[] { 0.0, 1 }, min_runs = 7 });
        Assert.Equal(["prepare", "compile"], Names(answer).Take(2));
        Assert.Equal(Enumerable.Repeat("evaluate", 7), Names(answer).Skip(2));
        Assert.Equal(3, Names(Tool.Evaluate("hello", "square", 2)).Count());
    }

    [Fact]
    public void Runs_last_as_long_as_demanded()
    {
        var answer = Tool.Evaluate(
            "lse",
            "primal",
            new
            {
                x = new[] { 0.0, 1 },
                min_runs = 2,
                min_seconds = 0.05,
            }
        );
        var runs = answer.GetProperty("timings").EnumerateArray().Skip(2).Select(t => t.GetProperty("nanoseconds").GetInt64()).ToArray();
        Assert.InRange(runs.Length, 2, int.MaxValue);
        Assert.InRange(runs.Sum(), 50_000_000, long.MaxValue);
        Assert.InRange(runs[..^1].Sum(), 0, 50_000_000); // and no longer
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_is_wrong_is_answered(string line, string error)
    {
        var answer = Tool.SendLine(line);
        Assert.False(answer.GetProperty("success").GetBoolean());
        Assert.Contains(error, answer.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(Id(line), answer.GetProperty("id").ToString());
    }

    public static TheoryData<string, string> Wrong =>
        new()
        {
            { "", "JsonReaderException" },
            { "nonsense", "JsonReaderException" },
            { """{"id": 1, "kind": "start" """, "JsonReaderException" },
            { "null", "" },
            { "[1]", "" },
            { "17", "" },
            { """{"id": 2}""", "no kind of message ''" },
            { """{"id": 3, "kind": "stop"}""", "no kind of message 'stop'" },
            { """{"id": 4, "kind": 5}""", "JsonException" },
            { """{"id": 5, "kind": "define", "module": "chess"}""", "no module 'chess'" },
            { """{"id": 6, "kind": "define"}""", "no module ''" },
            { """{"id": 7, "kind": "evaluate", "module": "chess", "function": "f", "input": 1}""", "no module 'chess'" },
            { """{"id": 8, "kind": "evaluate", "module": "hello", "function": "cube", "input": 1}""", "no function 'cube'" },
            { """{"id": 9, "kind": "evaluate", "module": "hello", "input": 1}""", "no function ''" },
            { """{"id": 10, "kind": "evaluate", "module": "hello", "function": "square"}""", "no input" },
            { """{"id": 11, "kind": "evaluate", "module": "hello", "function": "square", "input": "x"}""", "" },
            { """{"id": 12, "kind": "evaluate", "module": "llsq", "function": "primal", "input": {"n": 3}}""", "x" },
            {
                """{"id": 13, "kind": "evaluate", "module": "lse", "function": "primal", "input": {"x": [[1], [2, 3]]}}""",
                "differ in length"
            },
            { """{"id": 14, "kind": "evaluate", "module": "det", "function": "gradient", "input": {"A": [1, 2, 3], "ell": 2}}""", "" },
            { """{"id": "fifteen", "kind": "define", "module": "chess"}""", "no module 'chess'" },
        };

    [Fact]
    public async Task The_process_answers_line_by_line_and_writes_nothing_else()
    {
        string[] right =
        [
            """{"id": 100, "kind": "start"}""",
            """{"id": 101, "kind": "define", "module": "hello"}""",
            """{"id": 102, "kind": "evaluate", "module": "hello", "function": "double", "input": 3}""",
            """{"id": 103, "kind": "analysis", "of": 102, "valid": true}""",
        ];
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "gradbench.dll")])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        foreach (var line in Wrong.Select(row => row.Data.Item1).Concat(right))
        {
            // The answer is there before the next line is.
            process.StandardInput.WriteLine(line);
            process.StandardInput.Flush();
            var answer = JsonSerializer.Deserialize<JsonElement>(process.StandardOutput.ReadLine()!);
            Assert.Equal(Id(line), answer.GetProperty("id").ToString());
            Assert.Equal(right.Contains(line), !answer.TryGetProperty("error", out _));
        }
        process.StandardInput.Close();
        Assert.Equal("", process.StandardOutput.ReadToEnd());
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        Assert.NotEqual("", await errors);
    }

    static bool Succeeds(object message) => Tool.Send(message).GetProperty("success").GetBoolean();

    static IEnumerable<string?> Names(JsonElement answer) =>
        answer.GetProperty("timings").EnumerateArray().Select(t => t.GetProperty("name").GetString());

    /// <summary>The id of a line, or none if it cannot be read.</summary>
    static string Id(string line)
    {
        try
        {
            var message = JsonSerializer.Deserialize<JsonElement>(line);
            return message.ValueKind == JsonValueKind.Object ? message.GetProperty("id").ToString() : "";
        }
        catch (JsonException)
        {
            return "";
        }
    }
}
