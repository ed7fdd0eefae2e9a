using System.Runtime.CompilerServices;

namespace Autodiff;

/// <summary>
/// The axes along which an operation acts: one, as in <c>Sum(x, axis: 1, keepDims: true)</c>; several, as in <c>axis: [0, -1]</c>; all of them
/// if none is given. Negative numbers count from the last axis, which is −1.
/// </summary>
[CollectionBuilder(typeof(Axes), nameof(Of))]
public readonly struct Axes
{
    readonly int[]? numbers;

    Axes(int[] numbers) => this.numbers = numbers;

    /// <summary>The axes with these numbers; all of them if there is none.</summary>
    public static Axes Of(ReadOnlySpan<int> numbers) => new([.. numbers]);

    public static implicit operator Axes(int number) => new([number]);

    public static implicit operator Axes(ReadOnlySpan<int> numbers) => Of(numbers);

    internal ReadOnlySpan<int> Numbers => numbers;

    /// <summary>The numbers, as they were given.</summary>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)(numbers ?? [])).GetEnumerator();
}
