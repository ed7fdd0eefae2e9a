using System.Runtime.CompilerServices;

namespace Autodiff;

/// <summary>Says, once for each method that the user wrote, that it has so many operations that a loop must have written them.</summary>
static class LongPrograms
{
    /// <summary>This many operations take one to four seconds to compile.</summary>
    internal const int ManyOperations = 10_000;

    static readonly ConditionalWeakTable<object, object> Told = [];

    internal static void Check(LiftedFunction function, int operations)
    {
        if (operations > ManyOperations && Told.TryAdd(function.Origin is [var method, ..] ? method : function, Told))
            CompileCache.Warn(
                $"the jitted function {function.Name} has {operations:N0} operations, which take seconds to compile. If a loop of C# writes them, one after "
                    + "another, a ForiLoop, Scan or Map is one operation, however often it runs; operations on whole arrays are better still."
            );
    }
}
