namespace Autodiff.Tests;

/// <summary>Whether arrays agree with the numbers they should hold, up to rounding.</summary>
static class Agreement
{
    internal const double Rounding = 1e-9;

    internal static void Holds(NDArray expected, NDArray actual, double tolerance = Rounding)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        Holds(Numbers(expected), actual, tolerance);
    }

    internal static void Holds(double[] expected, NDArray actual, double tolerance = Rounding)
    {
        var numbers = Numbers(actual);
        if (!AreClose(expected, numbers, tolerance))
            Assert.Fail($"Expected [{string.Join(" ", expected)}], got [{string.Join(" ", numbers)}].");
    }

    internal static bool AreClose(double[] expected, double[] actual, double tolerance) =>
        expected.Length == actual.Length && expected.Zip(actual).All(p => AreClose(p.First, p.Second, tolerance));

    // NaN agrees with NaN, and an infinity with itself.
    static bool AreClose(double expected, double actual, double tolerance) =>
        expected.Equals(actual) || Math.Abs(expected - actual) <= tolerance * (1 + Math.Abs(expected));

    internal static double[] Numbers(NDArray x) => Ops.AsType(x, DType.Float64).ToArray<double>();
}
