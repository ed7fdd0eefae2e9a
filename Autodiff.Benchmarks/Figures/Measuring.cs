using System.Diagnostics;

namespace Autodiff.Benchmarks;

/// <summary>Measures figures: results first, then ours, the baseline, ours, the baseline …, and the medians of both.</summary>
/// <param name="Time">How long the samples of one figure are taken.</param>
/// <param name="LeastSamples">How many are taken even if that takes longer.</param>
/// <param name="LeastSample">How long one sample takes at least.</param>
sealed record Measuring(TimeSpan Time, int LeastSamples, TimeSpan LeastSample)
{
    const int MostSamples = 500;

    // A helper thread is woken within a sample: it must not weigh.
    const int PausedSample = 10;

    internal static Measuring Thorough { get; } = new(TimeSpan.FromSeconds(0.8), 5, TimeSpan.FromMilliseconds(1));

    internal Measurement Measure(Figure figure)
    {
        var threads = ParallelLoop.MaxThreads;
        try
        {
            // What earlier figures left does not belong to this one.
            GC.Collect();
            GC.WaitForPendingFinalizers();
            var contest = figure.Prepare();
            ParallelLoop.MaxThreads = contest.Threads;
            if (contest.Check() is { } wrong)
                return Failed(figure, wrong);
            var (ours, baseline) = Medians(contest);
            return Compare(figure, ours * figure.Unit.Scale, baseline * figure.Unit.Scale) with { Note = contest.Missing };
        }
        catch (Exception e) when (e is AutodiffException or InvalidOperationException or NotSupportedException or OutOfMemoryException)
        {
            return Failed(figure, $"{e.GetType().Name}: {e.Message}");
        }
        finally
        {
            ParallelLoop.MaxThreads = threads;
        }
    }

    (double Ours, double? Baseline) Medians(Contest contest)
    {
        Side[] sides = contest.Baseline is { } baseline ? [contest.Ours, baseline] : [contest.Ours];
        var least = contest.Pause > TimeSpan.Zero ? PausedSample * LeastSample : LeastSample;
        foreach (var side in sides)
            side.Calibrate(least);
        // The runtime compiles hot code anew while the first samples run; that takes it half a second.
        Sample(sides, contest.Pause, 3 * Time / 4, 1);
        var samples = Sample(sides, contest.Pause, Time, LeastSamples);
        return (Median(samples[0]), samples.Length > 1 ? Median(samples[1]) : null);
    }

    static List<double>[] Sample(Side[] sides, TimeSpan pause, TimeSpan time, int leastSamples)
    {
        var samples = Array.ConvertAll(sides, _ => new List<double>());
        for (var clock = Stopwatch.StartNew(); samples[0].Count < leastSamples || clock.Elapsed < time && samples[0].Count < MostSamples; )
        for (var s = 0; s < sides.Length; s++)
        {
            samples[s].Add(sides[s].Sample());
            if (pause > TimeSpan.Zero)
                Thread.Sleep(pause);
        }
        return samples;
    }

    static double Median(List<double> samples)
    {
        samples.Sort();
        var middle = samples.Count / 2;
        return samples.Count % 2 == 1 ? samples[middle] : (samples[middle - 1] + samples[middle]) / 2;
    }

    static Measurement Compare(Figure figure, double ours, double? baseline)
    {
        if (figure.Against is null)
            return Of(figure, ours, null, figure.Target > 0 ? ours / figure.Target : null, ours <= figure.Target);
        var ratio = ours / baseline;
        return Of(figure, ours, baseline, ratio, ratio is null ? null : ratio <= figure.Target);
    }

    static Measurement Of(Figure figure, double? ours, double? baseline, double? ratio, bool? reached) =>
        new(figure.Name, ours, baseline, figure.Unit.Name, ratio, figure.Target, reached);

    static Measurement Failed(Figure figure, string why) => Of(figure, null, null, null, false) with { Note = why, IsWrong = true };
}
