using System.Globalization;
using System.Text;

namespace Autodiff.GradBench;

/// <summary>The page that tells how long the evals take.</summary>
static class Table
{
    /// <summary>The one derivative among the rivals' that is no derivative of the loop: of what the loop computes there is a formula.</summary>
    static readonly (string Tool, string Eval) ClosedForm = ("manual", "ode");

    public static string Of(IReadOnlyList<Measurement> ours, IReadOnlyList<Measurement> rivals)
    {
        var tools = rivals.Select(r => r.Tool).Distinct().ToArray();
        var derivatives = ours.Where(m => !ours.Any(o => o.Primal == m.Function && SameInput(o, m))).ToArray();
        var page = new StringBuilder();
        page.Append(
            $"""
            # GradBench

            How long Autodiff takes for the derivatives of [GradBench](https://github.com/gradbench/gradbench)'s evals: the median of
            the runs of the function that takes the derivative, in milliseconds. The ratio is that over the time of what it is the
            derivative of. To compile is no part of a run; its time is that of the first call, which traces, compiles and runs once.

            {Settings(ours)}
            The times are of the sessions' logs, from which this command wrote the page:

                dotnet run -c Release --project examples/GradBench -- table LOG.jsonl …


            """
        );
        if (tools.Length > 0)
            Ratios(page, derivatives, rivals, tools);
        Times(page, derivatives, ours, rivals, tools);
        return page.ToString();
    }

    /// <summary>Logs of earlier sessions do not tell.</summary>
    static string Settings(IEnumerable<Measurement> ours)
    {
        var settings = ours.Select(m => m.Setting)
            .OfType<Setting>()
            .Distinct()
            .Select(s => $"{s.Processor}; threads: {s.Threads}")
            .ToArray();
        return settings.Length == 0 ? "" : $"Processor: {string.Join(", ", settings)}.\n";
    }

    /// <summary>Each eval against each rival: the geometric mean over the sizes, and the largest.</summary>
    static void Ratios(StringBuilder page, Measurement[] derivatives, IReadOnlyList<Measurement> rivals, string[] tools)
    {
        page.Append(
            """
            ## Ours over theirs

            The geometric mean of the ratios of an eval's sizes, and the largest of them; below one, ours is the faster. The last row is the
            geometric mean of the rows above it.


            """
        );
        Heading(page, ["eval", .. tools], left: 1);
        var means = tools.ToDictionary(t => t, _ => new List<double>());
        foreach (var eval in derivatives.Select(m => m.Eval).Distinct())
        {
            var cells = tools.Select(tool =>
            {
                var ratios = derivatives.Where(m => m.Eval == eval).Select(m => Ratio(m, rivals, tool)).OfType<double>().ToArray();
                if (ratios.Length == 0)
                    return Absent;
                var mean = GeometricMean(ratios);
                if ((tool, eval) == ClosedForm)
                    return $"{Number(mean)} (a closed form)";
                means[tool].Add(mean);
                return $"{Number(mean)}, at most {Number(ratios.Max())}";
            });
            Row(page, [eval, .. cells]);
        }
        Row(page, ["all", .. tools.Select(t => means[t].Count == 0 ? Absent : Number(GeometricMean(means[t])))]);
        if (derivatives.Any(m => m.Eval == ClosedForm.Eval && Ratio(m, rivals, ClosedForm.Tool) is not null))
            page.Append(
                $"""

                What {ClosedForm.Tool} has for {ClosedForm.Eval} is a formula for the result, and no derivative of the loop; it is not in the mean.

                """
            );
        page.Append("\n## Times\n\n");
    }

    static void Times(
        StringBuilder page,
        Measurement[] derivatives,
        IReadOnlyList<Measurement> ours,
        IReadOnlyList<Measurement> rivals,
        string[] tools
    )
    {
        Heading(
            page,
            ["eval", "size", "function", "ours, ms", "gradient/primal", "compile, ms", .. tools.Select(t => $"{t}, ms")],
            left: 3
        );
        foreach (var m in derivatives)
        {
            var primal = ours.FirstOrDefault(o => o.Function == m.Primal && SameInput(o, m))?.EvaluateMs;
            var others = tools.Select(t => Rival(rivals, t, m) is { } rival ? Time(rival) : Absent);
            Row(page, [m.Eval, m.Size, m.Function, Time(m), Number(m.EvaluateMs / primal), Time(m.CompileMs), .. others]);
        }
    }

    static bool SameInput(Measurement a, Measurement b) => (a.Eval, a.Size) == (b.Eval, b.Size);

    static Measurement? Rival(IEnumerable<Measurement> rivals, string tool, Measurement m) =>
        rivals.FirstOrDefault(r => (r.Tool, r.Function) == (tool, m.Function) && SameInput(r, m));

    static double? Ratio(Measurement m, IEnumerable<Measurement> rivals, string tool) => m.EvaluateMs / Rival(rivals, tool, m)?.EvaluateMs;

    static double GeometricMean(IEnumerable<double> ratios) => Math.Exp(ratios.Average(Math.Log));

    static void Heading(StringBuilder page, string[] names, int left)
    {
        Row(page, names);
        Row(page, names.Select((_, i) => i < left ? "---" : "--:"));
    }

    static void Row(StringBuilder page, IEnumerable<string> cells) => page.Append($"| {string.Join(" | ", cells)} |\n");

    const string Absent = "–";

    static string Time(Measurement m) => m.EvaluateMs is null ? "failed" : Time(m.EvaluateMs) + (m.Valid == false ? " (invalid)" : "");

    /// <summary>Three digits, where a time has that many.</summary>
    static string Time(double? ms) =>
        ms switch
        {
            null => Absent,
            >= 100 => $"{ms:0}",
            >= 10 => $"{ms:0.0}",
            >= 1 => $"{ms:0.00}",
            >= 0.1 => $"{ms:0.000}",
            _ => $"{ms:0.0000}",
        };

    static string Number(double? ratio) => ratio?.ToString("0.00", CultureInfo.InvariantCulture) ?? Absent;
}
