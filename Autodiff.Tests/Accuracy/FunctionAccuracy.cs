namespace Autodiff.Tests.Accuracy;

/// <summary>The errors of a function: of arrays (in vectors), of single numbers in a compiled loop, and in the interpreter.</summary>
sealed record FunctionAccuracy(Measurement OfArrays, Measurement OfScalars, Measurement OfInterpreter)
{
    internal static FunctionAccuracy Of(ElementaryFunction function, DType type)
    {
        var points = Points.Of(function, type);
        var expected = Expected.Of(function, points);
        var xs = Arrays(points, type);
        Measurement Measure(Func<NDArray[], NDArray> f) => Measurement.Of(function, points, expected, Values(f(xs)), type);
        Measurement Interpret()
        {
            using var scope = InterpreterDevice.Instance.Use();
            return Measure(function.Compute);
        }
        return new(Measure(Transform.Jit(function.Compute)), Measure(Transform.Jit((NDArray[] a) => OneByOne(function, a))), Interpret());
    }

    static NDArray OneByOne(ElementaryFunction function, NDArray[] xs) =>
        xs is [var x, var y]
            ? Transform.Scan((carry, p) => (carry, function.Compute([p.Item1, p.Item2])), Ops.Zeros(), (x, y)).Ys
            : Transform.Scan((carry, p) => (carry, function.Compute([p])), Ops.Zeros(), xs[0]).Ys;

    internal static NDArray[] Arrays(double[][] points, DType type) =>
        Array.ConvertAll(points, p => type == DType.Float32 ? (NDArray)Array.ConvertAll(p, v => (float)v) : p);

    internal static double[] Values(NDArray y) =>
        y.DType == DType.Float32 ? Array.ConvertAll(y.ToArray<float>(), v => (double)v) : y.ToArray<double>();

    /// <summary>NaN counts as one, whatever its bits.</summary>
    internal static long[] Bits(NDArray y) =>
        Array.ConvertAll(Values(y), v => BitConverter.DoubleToInt64Bits(double.IsNaN(v) ? double.NaN : v));
}
