namespace Autodiff;

/// <summary>Lists divided by a mask, and put together again.</summary>
static class Mask
{
    internal static T[] Pick<T>(IEnumerable<T> items, bool[] mask) => [.. items.Where((_, i) => mask[i])];

    internal static T[] Drop<T>(IEnumerable<T> items, bool[] mask) => [.. items.Where((_, i) => !mask[i])];

    /// <summary>The list whose picked items are <paramref name="picked"/> and whose others are <paramref name="dropped"/>.</summary>
    internal static T[] Merge<T>(bool[] mask, IReadOnlyList<T> picked, IReadOnlyList<T> dropped)
    {
        var (p, d) = (0, 0);
        return Array.ConvertAll(mask, m => m ? picked[p++] : dropped[d++]);
    }

    /// <summary>The list whose picked items are <paramref name="picked"/> and whose others are null.</summary>
    internal static T?[] Scatter<T>(bool[] mask, IReadOnlyList<T?> picked)
        where T : class
    {
        var p = 0;
        return Array.ConvertAll(mask, m => m ? picked[p++] : null);
    }

    internal static bool[] Or(bool[] a, bool[] b) => [.. a.Zip(b, (x, y) => x || y)];

    internal static bool[] Not(bool[] a) => Array.ConvertAll(a, x => !x);

    internal static bool[] All(int count) => [.. Enumerable.Repeat(true, count)];

    internal static bool[] None(int count) => new bool[count];

    internal static int Count(bool[] mask) => mask.Count(m => m);

    internal static bool[] NonNull(IEnumerable<NDArray?> items) => [.. items.Select(x => x is not null)];
}
