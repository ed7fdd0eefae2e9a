using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Autodiff.Benchmarks;

/// <summary>The measurements as a person reads them.</summary>
static class FiguresTable
{
    internal static Rows Of(IReadOnlyCollection<Measurement> measurements, TimeSpan time)
    {
        var table = new Table().AddColumns("work / against", "ours", "baseline", "unit", "ratio", "target", "reached");
        foreach (var i in new[] { 1, 2, 4, 5 })
            table.Columns[i].RightAligned().NoWrap();
        foreach (var m in measurements)
            table.AddRow(Cells(m));
        var (measured, reached) = (measurements.Count(m => m.Reached is not null), measurements.Count(m => m.Reached is true));
        return new(table, new Markup($"{reached} of {measured} reached, in {time:m\\:ss}. {Machine}".EscapeMarkup()));
    }

    static IRenderable[] Cells(Measurement m) =>
        [
            new Markup(m.Note is null ? m.Name.EscapeMarkup() : $"{m.Name.EscapeMarkup()}\n[yellow]{m.Note.EscapeMarkup()}[/]"),
            new Markup(Number(m.Ours)),
            new Markup(Number(m.Baseline)),
            new Markup(m.Unit),
            new Markup(m.Ratio is { } ratio ? $"{ratio:0.00}" : "–"),
            new Markup($"{m.Target:0.##}"),
            new Markup(
                m switch
                {
                    { IsWrong: true } => "[red]wrong[/]",
                    { Reached: true } => "[green]yes[/]",
                    { Reached: false } => "[red]no[/]",
                    _ => "–",
                }
            ),
        ];

    /// <summary>Three digits, where a number has that many.</summary>
    static string Number(double? value) =>
        value switch
        {
            null => "–",
            0 => "0",
            >= 100 => $"{value:0}",
            >= 10 => $"{value:0.0}",
            >= 1 => $"{value:0.00}",
            _ => $"{value:0.000}",
        };

    static string Machine =>
        $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} cores, "
        + $"512-bit vectors {(Vector512.IsHardwareAccelerated ? "in hardware" : "emulated")}; {OpenBlas.Description}";
}
