namespace Autodiff;

/// <summary>What a jitted function has done so far.</summary>
/// <param name="Traces">How often the function was traced: once a signature (tree, element types, shapes, weak types), if it captures no traced value.</param>
/// <param name="Signatures">How many signatures are held.</param>
/// <param name="Evictions">How many were forgotten; see <see cref="CompileCache.SignaturesPerFunction"/>.</param>
public sealed record JitStatistics(int Traces, int Signatures, int Evictions = 0);

/// <summary>
/// A function compiled once for every signature with which it is called. It may overwrite the arrays of the arguments at the positions
/// <paramref name="donated"/>.
/// </summary>
sealed class JitFunction(LiftedFunction function, int[] donated)
{
    readonly Lock adding = new();
    StagedFunction[] entries = [];
    readonly SignatureWarnings warnings = new(function);
    int traces;
    int evictions;
    int toldOfDonation;

    internal JitStatistics Statistics => new(Volatile.Read(ref traces), entries.Length, Volatile.Read(ref evictions));

    internal (NDArray[] Leaves, TreeStructure Structure) Call(Arguments arguments)
    {
        var entry = Find(arguments) ?? Add(arguments);
        return (entry.Run(arguments), entry.Output);
    }

    /// <summary>The function staged for the types of some arguments, which is not kept for calls.</summary>
    internal StagedFunction Stage(Arguments arguments) => Find(arguments) ?? Trace(arguments);

    StagedFunction? Find(Arguments arguments)
    {
        foreach (var entry in entries)
            if (entry.Takes(arguments))
                return entry;
        return null;
    }

    StagedFunction Trace(Arguments arguments)
    {
        Interlocked.Increment(ref traces);
        var staged = StagedFunction.Of(function, arguments, donated);
        if (staged.Donation?.Useless is { Length: > 0 } useless && Interlocked.Exchange(ref toldOfDonation, 1) == 0)
            CompileCache.Warn(useless);
        LongPrograms.Check(function, staged.Length);
        return staged;
    }

    StagedFunction Add(Arguments arguments)
    {
        var entry = Trace(arguments);
        if (!entry.IsClosed)
            return entry;
        StagedFunction[] held;
        int evicted;
        lock (adding)
        {
            // Another thread may have been faster.
            if (Find(arguments) is { } other)
                return other;
            // A function whose shapes keep changing must not fill the memory; the oldest signature goes first.
            held = [entry, .. entries.Take(CompileCache.SignaturesPerFunction - 1)];
            evicted = entries.Length + 1 - held.Length;
            evictions += evicted;
            entries = held;
        }
        warnings.Check(held, evicted > 0);
        if (Volatile.Read(ref evictions) == 0)
            RepeatedCompilations.Add(function, entry);
        return entry;
    }
}
