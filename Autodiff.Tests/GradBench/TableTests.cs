using Autodiff.GradBench;

namespace Autodiff.Tests.GradBench;

/// <summary>The page of times.</summary>
public sealed class TableTests
{
    static readonly Setting Here = new("a processor", 1);

    static readonly Measurement[] Ours =
    [
        new("autodiff", "lse", "n=10", "primal", 0.617, 20) { Setting = Here },
        new("autodiff", "lse", "n=10", "gradient", 1.234, 56.78) { Setting = Here },
        new("autodiff", "lse", "n=99", "gradient", 8, 60) { Setting = Here },
        new("autodiff", "ode", "s=1", "gradient", 3, 60) { Setting = Here },
        new("autodiff", "saddle", "w", "ff", 0.5, 120.4) { Setting = Here },
    ];

    static readonly Measurement[] Rivals =
    [
        new("other", "lse", "n=10", "gradient", 2.468),
        new("other", "lse", "n=99", "gradient", 4),
        new("other", "ode", "s=1", "gradient", 0.75),
        new("manual", "lse", "n=10", "gradient", 4.936),
        new("manual", "lse", "n=99", "gradient", null),
        new("manual", "ode", "s=1", "gradient", 0.001) { Valid = false },
    ];

    [Fact]
    public void Rows_have_the_times_and_the_ratio()
    {
        var page = Table.Of(Ours, []);
        Has("| eval | size | function | ours, ms | gradient/primal | compile, ms |\n", page);
        Has("| lse | n=10 | gradient | 1.23 | 2.00 | 56.8 |\n", page);
        Has("| saddle | w | ff | 0.500 | – | 120 |\n", page);
        Has("Processor: a processor; threads: 1.", page);
    }

    [Fact]
    public void What_is_differentiated_has_no_row_of_its_own() =>
        Assert.DoesNotContain("| primal |", Table.Of(Ours, []), StringComparison.Ordinal);

    [Fact]
    public void Rivals_have_columns()
    {
        var page = Table.Of(Ours, Rivals);
        Has("| compile, ms | other, ms | manual, ms |\n", page);
        Has("| lse | n=10 | gradient | 1.23 | 2.00 | 56.8 | 2.47 | 4.94 |\n", page);
        Has("| 60.0 | 4.00 | failed |\n", page);
        Has("| 60.0 | 0.750 | 0.0010 (invalid) |\n", page);
        Has("| 120 | – | – |\n", page);
    }

    [Fact]
    public void Rivals_have_means_over_the_sizes_and_over_the_evals()
    {
        var page = Table.Of(Ours, Rivals);
        Has("| lse | 1.00, at most 2.00 | 0.25, at most 0.25 |\n", page);
        Has("| saddle | – | – |\n", page);
        Has("| all | 2.00 | 0.25 |\n", page);
    }

    [Fact]
    public void A_closed_form_is_not_in_the_mean() =>
        Has("| ode | 4.00, at most 4.00 | 3000.00 (a closed form) |\n", Table.Of(Ours, Rivals));

    [Theory]
    [InlineData(2, "nonsense")]
    [InlineData(2, "table")]
    [InlineData(1, "table", "no such file.jsonl")]
    public void What_is_wrong_has_an_exit_code(int code, params string[] arguments) => Assert.Equal(code, Commands.Run(arguments));

    static void Has(string expected, string page) => Assert.Contains(expected, page, StringComparison.Ordinal);
}
