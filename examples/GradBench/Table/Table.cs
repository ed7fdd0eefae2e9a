using System.Text;

namespace Autodiff.GradBench;

/// <summary>The page that tells how long the evals take.</summary>
static class Table
{
    public static string Of(IReadOnlyList<Measurement> ours, IReadOnlyList<RivalMeasurement> rivals)
    {
        var tools = rivals.Select(r => r.Tool).Distinct().ToArray();
        var page = new StringBuilder();
        page.Append(
            $"""
            # GradBench

            How long Autodiff takes for the derivatives of [GradBench](https://github.com/gradbench/gradbench)'s evals: the median of
            the runs of the function that takes the derivative. The ratio is that over the time of what it is the derivative of. To
            compile is no part of a run; its time is that of the first call, which traces, compiles and runs once.

            Processor: {string.Join(", ", ours.Select(m => m.Processor).Distinct())}; one thread.

            The times are of `measure`, and `table` wrote this page:

                dotnet run -c Release --project examples/GradBench -- measure FILE.json
                dotnet run -c Release --project examples/GradBench -- table FILE.json{(tools.Length > 0 ? " --rivals RIVALS.json" : "")}


            """
        );
        string[] headings = ["eval", "size", "function", "ours, ms", "gradient/primal", "compile, ms", .. tools.Select(t => $"{t}, ms")];
        Row(page, headings);
        Row(page, headings.Select((_, i) => i < 3 ? "---" : "--:"));
        foreach (var m in ours)
        {
            var others = tools.Select(t => Time(Rival(rivals, t, m)));
            Row(page, [m.Eval, m.Size, m.Function, Time(m.EvaluateMs), Ratio(m.EvaluateMs / m.PrimalMs), Time(m.CompileMs), .. others]);
        }
        foreach (var tool in tools)
        {
            var ratios = ours.Select(m => m.EvaluateMs / Rival(rivals, tool, m)).OfType<double>().ToArray();
            if (ratios.Length > 0)
                page.Append($"\nOurs over {tool}, the geometric mean of {ratios.Length}: {Ratio(Math.Exp(ratios.Average(Math.Log)))}.\n");
        }
        return page.ToString();
    }

    static double? Rival(IEnumerable<RivalMeasurement> rivals, string tool, Measurement m) =>
        rivals.FirstOrDefault(r => (r.Tool, r.Eval, r.Size, r.Function) == (tool, m.Eval, m.Size, m.Function))?.EvaluateMs;

    static void Row(StringBuilder page, IEnumerable<string> cells) => page.Append($"| {string.Join(" | ", cells)} |\n");

    /// <summary>Three digits, where a time has that many.</summary>
    static string Time(double? ms) =>
        ms switch
        {
            null => "–",
            >= 100 => $"{ms:0}",
            >= 10 => $"{ms:0.0}",
            >= 1 => $"{ms:0.00}",
            _ => $"{ms:0.000}",
        };

    static string Ratio(double? ratio) => ratio is { } r ? $"{r:0.00}" : "–";
}
