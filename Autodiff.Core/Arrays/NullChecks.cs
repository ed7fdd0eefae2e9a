using System.Runtime.CompilerServices;

namespace Autodiff;

/// <summary>Null in the place of an argument is an error that gives the name of the parameter.</summary>
static class NullChecks
{
    /// <summary>The argument, which is there.</summary>
    /// <exception cref="ArgumentNullException">It is null.</exception>
    internal static T NotNull<T>(this T? argument, [CallerArgumentExpression(nameof(argument))] string name = "")
        where T : class => argument ?? throw new ArgumentNullException(name);

    /// <summary>The arrays, which are all there.</summary>
    /// <exception cref="ArgumentNullException">One is null; the name says which.</exception>
    internal static ReadOnlySpan<NDArray> NotNull(
        this ReadOnlySpan<NDArray> arrays,
        [CallerArgumentExpression(nameof(arrays))] string name = ""
    )
    {
        for (var i = 0; i < arrays.Length; i++)
            if (arrays[i] is null)
                throw new ArgumentNullException($"{name}[{i}]");
        return arrays;
    }
}
