using System.Text.Json;
using Autodiff.GradBench;

namespace Autodiff.Tests.GradBench;

/// <summary>The page of times.</summary>
public sealed class TableTests
{
    static readonly Measurement[] Ours =
    [
        new("lse", "n=10", "gradient", 1.234, 56.78, "a processor", 0.617),
        new("saddle", "w", "ff", 0.5, 120.4, "a processor"),
    ];

    [Fact]
    public void Rows_have_the_times_and_the_ratio()
    {
        var page = Table.Of(Ours, []);
        Assert.Contains("| eval | size | function | ours, ms | gradient/primal | compile, ms |\n", page, StringComparison.Ordinal);
        Assert.Contains("| lse | n=10 | gradient | 1.23 | 2.00 | 56.8 |\n", page, StringComparison.Ordinal);
        Assert.Contains("| saddle | w | ff | 0.500 | – | 120 |\n", page, StringComparison.Ordinal);
        Assert.Contains("Processor: a processor; one thread.", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Rivals_have_columns_and_a_mean()
    {
        var page = Table.Of(Ours, [new("other", "lse", "n=10", "gradient", 2.468), new("other", "lse", "n=99", "gradient", 1)]);
        Assert.Contains("| compile, ms | other, ms |\n", page, StringComparison.Ordinal);
        Assert.Contains("| 56.8 | 2.47 |\n", page, StringComparison.Ordinal);
        Assert.Contains("| 120 | – |\n", page, StringComparison.Ordinal);
        Assert.Contains("Ours over other, the geometric mean of 1: 0.50.", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_is_read_from_the_names_that_the_readme_gives()
    {
        const string Run = """
            [{"eval": "a", "size": "b", "function": "c", "evaluate_ms": 1, "compile_ms": 2, "primal_ms": 3, "processor": "d"}]
            """;
        Assert.Equal([new Measurement("a", "b", "c", 1, 2, "d", 3)], JsonSerializer.Deserialize<Measurement[]>(Run, Json.Options)!);
    }

    [Theory]
    [InlineData(2, "nonsense")]
    [InlineData(2, "table")]
    [InlineData(1, "table", "no such file.json")]
    public void What_is_wrong_has_an_exit_code(int code, params string[] arguments) => Assert.Equal(code, Commands.Run(arguments));
}
