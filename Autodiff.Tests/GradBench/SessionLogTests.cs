using System.Text.Json;
using Autodiff.GradBench;

namespace Autodiff.Tests.GradBench;

/// <summary>What is read from the log of a session.</summary>
public sealed class SessionLogTests
{
    const string Start = """
        {"elapsed": {"nanoseconds": 1}, "message": {"id": 0, "kind": "start", "eval": "lse", "config": {"n": [10]}}}
        {"elapsed": {"nanoseconds": 2}, "response": {"id": 0, "tool": "other", "config": ["of", "its", "own"]}}
        {"elapsed": {"nanoseconds": 3}, "message": {"id": 1, "kind": "define", "module": "lse"}}
        {"elapsed": {"nanoseconds": 4}, "response": {"id": 1, "success": true}}

        """;

    const string Question = """
        {"elapsed": {"nanoseconds": 5}, "message": {"id": 2, "kind": "evaluate", "module": "lse", "function": "gradient", "description": "n=10"}}

        """;

    [Fact]
    public void The_time_is_the_median_of_the_runs_and_the_first_call_is_of_its_own()
    {
        const string Answer = """
            {"response": {"id": 2, "success": true, "timings": [{"name": "prepare", "nanoseconds": 7000}, {"name": "compile", "nanoseconds": 8000000},
            """;
        const string Runs = """
             {"name": "evaluate", "nanoseconds": 5000}, {"name": "evaluate", "nanoseconds": 1000}, {"name": "evaluate", "nanoseconds": 2000}]}}
            """;
        Assert.Equal([new Measurement("other", "lse", "n=10", "gradient", 0.002, 8)], Read(Start + Question + Answer + Runs));
    }

    [Fact]
    public void What_the_eval_said_of_the_output_is_kept()
    {
        const string Rest = """
            {"response": {"id": 2, "success": true, "timings": [{"name": "evaluate", "nanoseconds": 1000}]}}
            {"message": {"id": 3, "kind": "analysis", "of": 2, "valid": false, "error": "wrong"}}
            {"response": {"id": 3}}
            """;
        Assert.False(Assert.Single(Read(Start + Question + Rest)).Valid);
    }

    [Theory]
    [InlineData("")]
    [InlineData("""{"response": {"id": 2, "success": false, "error": "too large"}}""")]
    public void A_tool_that_fails_has_no_time(string answer) => Assert.Null(Assert.Single(Read(Start + Question + answer)).EvaluateMs);

    [Theory]
    [InlineData("[]", "simple v=1 hand1")]
    [InlineData("[[0.5, 0.5]]", "complicated v=1 hand1")]
    public void Variants_of_an_eval_that_names_them_alike_are_told_apart_by_the_input(string us, string size)
    {
        const string Message = """
            {"message": {"id": 2, "kind": "evaluate", "module": "ht", "function": "jacobian", "description": "hand1", "input": INPUT}}
            """;
        var input = $$$$"""{"us": {{{{us}}}}, "data": {"model": {"base_positions": [[1, 2, 3]]}}}""";
        var log = Start + Message.Replace("INPUT", input, StringComparison.Ordinal);
        Assert.Equal(size, Assert.Single(Read(log)).Size);
    }

    [Fact]
    public void Our_own_sessions_tell_where_they_ran()
    {
        var answer = Tool.SendLine("""{"id": 0, "kind": "start", "eval": "lse"}""");
        var log = $$$"""
            {"message": {"id": 0, "kind": "start", "eval": "lse"}}
            {"response": {{{answer.GetRawText()}}}}

            """;
        var measured = Assert.Single(Read(log + Question));
        Assert.Equal(("autodiff", Setting.Here), (measured.Tool, measured.Setting));
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("""{"response": {"id": 2}}""")]
    [InlineData("null")]
    public void Another_file_is_no_log(string line) => Assert.Throws<JsonException>(() => Read(line));

    static IReadOnlyCollection<Measurement> Read(string log) => SessionLog.Read(log.Split('\n', StringSplitOptions.RemoveEmptyEntries));
}
