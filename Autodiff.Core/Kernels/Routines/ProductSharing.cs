namespace Autodiff;

/// <summary>Into how many parts products are cut for several threads.</summary>
static class ProductSharing
{
    // A part outweighs the claiming of it, and there are enough of them for threads of unequal speed.
    const double LeastFlops = 1e6;
    const int PartsPerThread = 4;

    const double NanosecondsPerFlop = 0.015;

    /// <summary>About how long the work takes one thread.</summary>
    internal static double Nanoseconds(double flops) => NanosecondsPerFlop * flops;

    /// <summary>The number of parts of equal size, as many for each thread if there are enough; one if this is not worth sharing.</summary>
    internal static long Parts(double flops, long most)
    {
        var threads = flops < 2 * LeastFlops ? 1 : ParallelLoop.Threads;
        if (threads == 1)
            return 1;
        var parts = Math.Min(PartsPerThread * threads, Math.Min((long)(flops / LeastFlops), most));
        return parts < threads ? Math.Max(1, parts) : parts / threads * threads;
    }

    /// <summary>Where a part begins: parts are cut at multiples of the unit.</summary>
    internal static nint Cut(nint length, long part, long parts, nint unit) =>
        part == parts ? length : (nint)(length * part / parts) / unit * unit;
}
