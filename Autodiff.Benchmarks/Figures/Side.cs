using System.Diagnostics;

namespace Autodiff.Benchmarks;

/// <summary>One side of a figure.</summary>
abstract class Side
{
    /// <summary>Decides how often one sample repeats the work so that it takes at least so long.</summary>
    internal virtual void Calibrate(TimeSpan least) { }

    /// <summary>One measurement: seconds, or a count.</summary>
    internal abstract double Sample();
}

/// <summary>The time of one run, as the mean of so many that the clock is precise.</summary>
sealed class TimedSide(Action run) : Side
{
    int repeats = 1;

    internal override void Calibrate(TimeSpan least)
    {
        for (repeats = 1; ; )
        {
            var seconds = Sample() * repeats;
            if (seconds >= least.TotalSeconds)
                return;
            repeats = (int)Math.Max(repeats + 1, Math.Min(10.0 * repeats, 1.2 * repeats * least.TotalSeconds / Math.Max(seconds, 1e-9)));
        }
    }

    internal override double Sample()
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < repeats; i++)
            run();
        return Stopwatch.GetElapsedTime(start).TotalSeconds / repeats;
    }
}

/// <summary>What measures itself.</summary>
sealed class MeasuredSide(Func<double> measure) : Side
{
    internal override double Sample() => measure();
}
