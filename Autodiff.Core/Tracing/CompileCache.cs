namespace Autodiff;

/// <summary>How much compiled code is kept, and where warnings about it go.</summary>
public static class CompileCache
{
    static readonly Lock Writing = new();
    static TextWriter? warnings;
    static int signatures = 256;
    static int operations = 4096;
    static int toldOfOperations;

    /// <summary>
    /// The number of signatures (tree, element types, shapes, weak types) for which a jitted function keeps its compiled code, 256 if not set.
    /// With one more the oldest is forgotten, and a warning says so once for each function.
    /// </summary>
    /// <exception cref="InvalidArgumentException">It is less than 1.</exception>
    public static int SignaturesPerFunction
    {
        get => signatures;
        set => signatures = AtLeastOne(value, nameof(SignaturesPerFunction));
    }

    /// <summary>
    /// The number of operations outside of Jit, by kind, parameters and operand types, for which the program keeps code, 4096 if not set. Beyond
    /// it what was not used for longest is forgotten, about half of them at once, and a warning says so once.
    /// </summary>
    /// <exception cref="InvalidArgumentException">It is less than 1.</exception>
    public static int EagerOperations
    {
        get => operations;
        set
        {
            operations = AtLeastOne(value, nameof(EagerOperations));
            toldOfOperations = 0;
        }
    }

    /// <summary>Where warnings go: standard error if not set. <see cref="TextWriter.Null"/> silences them.</summary>
    public static TextWriter Warnings
    {
        get => warnings ?? Console.Error;
        set => warnings = value ?? throw new ArgumentNullException(nameof(value));
    }

    internal static void Warn(string message)
    {
        lock (Writing)
            Warnings.WriteLine($"warning: {message}");
    }

    internal static void WarnOfForgottenOperations()
    {
        if (Interlocked.Exchange(ref toldOfOperations, 1) == 0)
            Warn(
                $"operations outside of Jit were of more than {operations} kinds, counting parameters and operand types; the code of those not used for "
                    + "longest is forgotten. Put the program in one Jit, or raise CompileCache.EagerOperations."
            );
    }

    static int AtLeastOne(int value, string name) =>
        value >= 1 ? value : throw new InvalidArgumentException($"CompileCache.{name} must be at least 1, but is set to {value}.");
}
