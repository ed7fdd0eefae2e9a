using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Autodiff;

/// <summary>
/// Says, once for each method that the user wrote, that it is compiled again and again for arguments of the same types, because each call makes
/// another Jit of it. Compilations are counted, calls are not.
/// </summary>
static class RepeatedCompilations
{
    /// <summary>From this many compilations on, a Jit stands where it is made again and again.</summary>
    internal const int Many = 16;

    // A method compiled for more signatures than this starts to count again.
    const int MostSignatures = 256;

    static readonly ConditionalWeakTable<MethodInfo, Counts> Methods = [];

    /// <summary>Counts a compilation, by a Jit that had not compiled for this signature before.</summary>
    internal static void Add(LiftedFunction function, StagedFunction staged)
    {
        var origin = function.Origin;
        if (origin is [])
            return;
        var hash = new HashCode();
        foreach (var method in origin)
            hash.Add(method);
        hash.Add(staged.Input);
        foreach (var leaf in staged.Types)
            hash.Add(leaf);
        var counts = Methods.GetOrCreateValue(origin[0]);
        if (counts.Of(hash.ToHashCode()) < Many || Interlocked.Exchange(ref counts.Told, 1) != 0)
            return;
        CompileCache.Warn(
            $"the jitted function {function.Name}{(origin[0].DeclaringType is { } type ? $", of {Declaring(type)}," : "")} was compiled {Many} times for the same types "
                + $"({string.Join(", ", staged.Types.Select(t => t.ToString()))}), by as many calls of Jit. What Jit returns keeps what it compiled: call Jit "
                + "once, before the loop or in a field, and call its result. What changes from call to call belongs in the arguments."
        );
    }

    // Lambdas are methods of a class within the class that was written.
    static string Declaring(Type type) =>
        type is { DeclaringType: { } outer } && type.IsDefined(typeof(CompilerGeneratedAttribute)) ? Declaring(outer) : type.Name;

    sealed class Counts
    {
        readonly ConcurrentDictionary<int, int> compilations = new();

        internal int Told;

        internal int Of(int signature)
        {
            if (compilations.Count > MostSignatures)
                compilations.Clear();
            return compilations.AddOrUpdate(signature, 1, (_, count) => count + 1);
        }
    }
}
