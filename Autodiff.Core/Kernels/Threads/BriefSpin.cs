using System.Diagnostics;

namespace Autodiff;

/// <summary>
/// Waits without sleeping, about as long as waking a thread takes or longer. Whoever else wants the processor gets it.
/// </summary>
/// <param name="least">How long at least, in ticks of <see cref="Stopwatch"/>.</param>
struct BriefSpin(long least)
{
    const int Pauses = 8;
    const int TurnsPerYield = 8;

    /// <summary>The length of a spin for which no other is given, in ticks.</summary>
    internal static readonly long Shortest = Stopwatch.Frequency * 150 / 1_000_000;

    long end;
    int turns;

    /// <summary>Waits for some dozens of nanoseconds, unless the time is over.</summary>
    internal bool Continue()
    {
        var now = Stopwatch.GetTimestamp();
        if (turns == 0)
            end = now + Math.Max(least, Shortest);
        if (now >= end)
            return false;
        if (++turns % TurnsPerYield == 0)
            Thread.Yield();
        else
            Thread.SpinWait(Pauses);
        return true;
    }
}
