namespace Autodiff;

/// <summary>Says, once for each jitted function, that its arguments keep changing, and that it forgets signatures.</summary>
sealed class SignatureWarnings(LiftedFunction function)
{
    /// <summary>From this many types on, an argument keeps changing.</summary>
    internal const int ManyTypes = 16;

    // A message names this many of them.
    const int ShownTypes = 8;

    int toldOfChange;
    int toldOfEviction;

    /// <summary>Looks at the signatures after one was added, the newest first, and perhaps one forgotten for it.</summary>
    internal void Check(StagedFunction[] signatures, bool evicted)
    {
        if (evicted && Interlocked.Exchange(ref toldOfEviction, 1) == 0)
            CompileCache.Warn(
                $"the jitted function {function.Name} was called with more than {signatures.Length} signatures; the compiled code of the oldest is "
                    + $"forgotten, and calls with it compile again.{Change(signatures, 2)} "
                    + "Raise CompileCache.SignaturesPerFunction if all of them are needed."
            );
        else if (toldOfChange + toldOfEviction == 0 && Change(signatures, ManyTypes) is { Length: > 0 } change)
            if (Interlocked.Exchange(ref toldOfChange, 1) == 0)
                CompileCache.Warn($"the jitted function {function.Name} was compiled for {signatures.Length} signatures.{change}");
    }

    // What has changed most from signature to signature, if at least so often.
    string Change(StagedFunction[] signatures, int least)
    {
        var newest = signatures[0];
        StagedFunction[] alike = [.. signatures.Where(s => s.Input.Equals(newest.Input))];
        var structures = signatures.Select(s => s.Input).Distinct().Count();
        Aval[][] types = [.. newest.Types.Select((_, leaf) => alike.Select(s => s.Types[leaf]).Distinct().ToArray())];
        var most = types.MaxBy(t => t.Length) ?? [];
        if (Math.Max(structures, most.Length) < least)
            return "";
        if (structures >= most.Length)
            return $" The structure of its arguments keeps changing, {structures} structures so far, the latest {newest.Input}: pass lists of one "
                + "length, stacked in one array if they are long, and what changes as arrays.";
        var paths = function.PathsOf(newest.Input, Array.ConvertAll(newest.Types, NDArray (t) => new AbstractArray(t)));
        var shown = string.Join(", ", most.Take(ShownTypes)) + (most.Length > ShownTypes ? ", …" : "");
        return $" Argument {paths[Array.IndexOf(types, most)]} keeps changing, {most.Length} types so far, the latest {shown}: pad it to a few fixed "
            + "shapes, or call the function for each of its rows.";
    }
}
