namespace Autodiff.Benchmarks;

/// <summary>Whether two sides computed the same.</summary>
static class ResultCheck
{
    /// <summary>What is wrong, null if nothing is.</summary>
    /// <param name="tolerance">The largest difference of two elements, relative to the largest element of the expected array.</param>
    internal static string? Of(NDArray[] actual, NDArray[] expected, double tolerance)
    {
        if (actual.Length != expected.Length)
            return $"{actual.Length} results, the baseline has {expected.Length}";
        for (var i = 0; i < actual.Length; i++)
            if (Of(actual[i], expected[i], tolerance) is { } wrong)
                return actual.Length == 1 ? wrong : $"result {i}: {wrong}";
        return null;
    }

    static string? Of(NDArray actual, NDArray expected, double tolerance)
    {
        if (actual.DType != expected.DType || actual.Shape != expected.Shape)
            return $"{actual.Aval}, the baseline gives {expected.Aval}";
        var (x, y) = ((ConcreteArray)actual, (ConcreteArray)expected);
        var (largest, worst, at) = (0.0, 0.0, 0L);
        for (var i = 0L; i < x.Size; i++)
        {
            var (a, b) = (x.Load(i), y.Load(i));
            if (double.IsNaN(a) || double.IsNaN(b))
                return $"{a}, the baseline gives {b}, at {i}";
            largest = Math.Max(largest, Math.Abs(b));
            if (Math.Abs(a - b) > worst)
                (worst, at) = (Math.Abs(a - b), i);
        }
        return worst <= tolerance * largest ? null : $"{x.Load(at)}, the baseline gives {y.Load(at)}, at {at}";
    }
}
