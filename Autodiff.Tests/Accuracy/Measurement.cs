namespace Autodiff.Tests.Accuracy;

/// <summary>The largest error of a function, in units in the last place of the exact result, and where it is.</summary>
readonly record struct Measurement(double Ulps, string Where)
{
    /// <summary>The errors of results, each measured against the exact one.</summary>
    internal static Measurement Of(ElementaryFunction function, double[][] arguments, Expected[] expected, double[] results, DType type)
    {
        var worst = new Measurement(0, "");
        for (var i = 0; i < results.Length; i++)
        {
            var error = expected[i].Error(results[i], type);
            if (!(error <= worst.Ulps))
                worst = new(
                    error,
                    $"{function.Name}({string.Join(", ", arguments.Select(a => $"{a[i]:R}"))}) is {expected[i]}, got {results[i]:R}"
                );
        }
        return worst;
    }
}

/// <summary>What a function should give: a number without a finite neighbourhood, or an exact value to be rounded.</summary>
readonly record struct Expected(double? Special, Precise Exact, Precise? Scale = null)
{
    internal static Expected[] Of(ElementaryFunction function, double[][] arguments) =>
        [
            .. Enumerable
                .Range(0, arguments[0].Length)
                .Select(i =>
                {
                    var point = Array.ConvertAll(arguments, a => a[i]);
                    var special = function.Special(point);
                    if (special is not null)
                        return new Expected(special, default);
                    var exact = Array.ConvertAll(point, Precise.Of);
                    return new Expected(null, function.Exact(exact), function.Scale?.Invoke(exact[0]));
                }),
        ];

    /// <summary>The error in units in the last place; infinite where a special value is missed, or a sign.</summary>
    internal double Error(double result, DType type)
    {
        var (digits, least, most) = type == DType.Float64 ? (52, -1074, 1024) : (23, -149, 128);
        if (Special is { } special)
        {
            if (double.IsFinite(special) && special != 0)
                return new Expected(null, Precise.Of(special)).Error(result, type);
            return
                BitConverter.DoubleToInt64Bits(special) == BitConverter.DoubleToInt64Bits(result)
                || double.IsNaN(special) && double.IsNaN(result)
                ? 0
                : double.PositiveInfinity;
        }
        if (double.IsNaN(result) || Scale is null && double.IsNegative(result) != Exact.Sign < 0 && (result != 0 || Exact.Sign != 0))
            return double.PositiveInfinity;
        // The number after the largest stands for infinity.
        var limit = Precise.One.Scale(most);
        var got = double.IsInfinity(result) ? Math.Sign(result) * limit : Precise.Of(result);
        var exact = Exact.Abs() > limit ? Exact.Sign * limit : Exact;
        var size = Scale is { } scale && scale.Magnitude > exact.Magnitude ? scale : exact;
        var unit = size.Sign == 0 ? least : Math.Max(least, Math.Min(size.Magnitude, most - 1) - digits);
        return (got - exact).Abs().Scale(-unit).ToDouble();
    }

    public override string ToString() => $"{Special ?? Exact.ToDouble():R}";
}
