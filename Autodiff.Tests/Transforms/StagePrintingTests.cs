using Autodiff.Tests.Docs;

namespace Autodiff.Tests;

/// <summary>What AUTODIFF_PRINT shows of a program that runs in a process of its own.</summary>
public sealed class StagePrintingTests
{
    static string ErrorsWith(string stages)
    {
        var (code, _, error) = ExampleTests.Run(["regression"], ("AUTODIFF_PRINT", stages));
        Assert.Equal(0, code);
        return error;
    }

    [Fact]
    public void All_stages_are_printed_in_order()
    {
        var text = ErrorsWith("all");
        string[] headers = ["# jaxpr of ", "# program of ", "# kernels of ", "# cost of ", "# memory of "];
        int[] places = [.. headers.Select(h => text.IndexOf(h, StringComparison.Ordinal))];
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
        Assert.Contains("{ lambda a:", text, StringComparison.Ordinal);
        Assert.Contains("program(%0:", text, StringComparison.Ordinal);
        Assert.Contains(" flops, ", text, StringComparison.Ordinal);
        Assert.Contains(" bytes at the peak ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_what_is_named_is_printed()
    {
        var text = ErrorsWith("cost, jaxpr");
        Assert.Contains("# jaxpr of ", text, StringComparison.Ordinal);
        Assert.Contains("# cost of ", text, StringComparison.Ordinal);
        Assert.DoesNotContain("program", text, StringComparison.Ordinal);
        Assert.Equal("", ErrorsWith(""));
    }

    [Fact]
    public void A_wrong_name_is_a_warning_that_lists_the_right_ones()
    {
        var text = ErrorsWith("memory,kernel");
        Assert.Contains("AUTODIFF_PRINT does not know the stage 'kernel'", text, StringComparison.Ordinal);
        Assert.Contains("jaxpr, program, kernels, cost, memory, or all", text, StringComparison.Ordinal);
        Assert.Contains("# memory of ", text, StringComparison.Ordinal);
    }
}
