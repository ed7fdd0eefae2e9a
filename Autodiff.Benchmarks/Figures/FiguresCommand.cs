using System.ComponentModel;
using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Autodiff.Benchmarks;

/// <summary>Measures the figures that the compiler shall reach, prints them, and writes them to a file.</summary>
sealed class FiguresCommand : Command<FiguresCommand.Settings>
{
    const int FileWidth = 200;

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    internal sealed class Settings : CommandSettings
    {
        [CommandOption("--json <FILE>")]
        [Description("Also writes the table to this file.")]
        public string? File { get; init; }

        [CommandOption("--only <TEXT>")]
        [Description("Measures only the rows whose names contain this text.")]
        public string Text { get; init; } = "";
    }

    public override int Execute(CommandContext context, Settings settings)
    {
        var figures = AllFigures.Of(Sizes.Full).Where(f => f.Name.Contains(settings.Text, StringComparison.OrdinalIgnoreCase)).ToArray();
        if (figures.Length == 0)
        {
            AnsiConsole.MarkupLineInterpolated($"No row's name contains [bold]{settings.Text}[/].");
            return 1;
        }
        // Opened before the long run, which a wrong path shall not waste.
        using var file = settings.File is null ? null : System.IO.File.Create(settings.File);
        var clock = Stopwatch.StartNew();
        var measurements = Measure(figures);
        if (file is not null)
            Write(file, measurements);
        // A file has no width.
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = FileWidth;
        AnsiConsole.Write(FiguresTable.Of(measurements, clock.Elapsed));
        return Array.Exists(measurements, m => m.IsWrong) ? 1 : 0;
    }

    internal static void Write(Stream file, IReadOnlyCollection<Measurement> measurements) =>
        JsonSerializer.Serialize(file, measurements, Json);

    static Measurement[] Measure(Figure[] figures)
    {
        if (!AnsiConsole.Profile.Capabilities.Interactive)
            return Array.ConvertAll(figures, Measuring.Thorough.Measure);
        // Drawn between the figures only: nothing runs beside them.
        return AnsiConsole
            .Progress()
            .AutoRefresh(false)
            .AutoClear(true)
            .Columns(
                new SpinnerColumn(),
                new ProgressBarColumn(),
                new PercentageColumn(),
                new RemainingTimeColumn(),
                new TaskDescriptionColumn()
            )
            .Start(progress =>
            {
                var task = progress.AddTask("figures", maxValue: figures.Length);
                return Array.ConvertAll(
                    figures,
                    figure =>
                    {
                        task.Description = figure.Name.EscapeMarkup();
                        progress.Refresh();
                        var measurement = Measuring.Thorough.Measure(figure);
                        task.Increment(1);
                        return measurement;
                    }
                );
            });
    }
}
