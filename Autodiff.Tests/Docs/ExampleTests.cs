using System.Diagnostics;

namespace Autodiff.Tests.Docs;

/// <summary>The examples as a user runs them: in a process of their own.</summary>
public sealed class ExampleTests
{
    [Fact]
    public void The_tour_runs_and_ends_with_the_table()
    {
        var (code, output, _) = Run();
        Assert.Equal(0, code);
        Assert.Contains("999999000000", output, StringComparison.Ordinal);
        Assert.Contains("-- NAME runs one", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Digits_are_read_right_in_97_of_100_cases()
    {
        var (code, output, _) = Run("digits");
        Assert.Equal(0, code);
        var line = output.Split('\n').Single(l => l.Contains("unseen images are read right", StringComparison.Ordinal));
        Assert.InRange(double.Parse(line[..line.IndexOf('%', StringComparison.Ordinal)]), 97, 100);
    }

    [Theory]
    [InlineData("rnn")]
    [InlineData("orbit")]
    [InlineData("regression")]
    [InlineData("tumours")]
    public void Runs(string name) => Assert.Equal(0, Run(name).Code);

    [Fact]
    public void Checks_find_the_wrong_rule_and_only_that()
    {
        var (code, output, _) = Run("checks");
        Assert.Equal(0, code);
        Assert.Equal(2, output.Split("passes").Length - 1);
        Assert.Contains("CheckGrads fails", output, StringComparison.Ordinal);
        Assert.Contains("FsCheck fails", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("digits", "rnn")]
    public void Names_that_are_no_example_are_refused(params string[] names)
    {
        var (code, _, error) = Run(names);
        Assert.Equal(2, code);
        Assert.Contains("digits, rnn", error, StringComparison.Ordinal);
    }

    static (int Code, string Output, string Error) Run(params string[] arguments) => Run(arguments, []);

    internal static (int Code, string Output, string Error) Run(string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "examples.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NO_COLOR"] = "1";
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
