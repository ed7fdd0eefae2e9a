namespace Autodiff;

/// <summary>What a quantile is where it falls between two elements.</summary>
public enum QuantileMethod
{
    /// <summary>Both, weighted by nearness.</summary>
    Linear,

    /// <summary>The lower.</summary>
    Lower,

    /// <summary>The higher.</summary>
    Higher,

    /// <summary>Their mean.</summary>
    Midpoint,

    /// <summary>The nearer; of two as near, the one at the even position.</summary>
    Nearest,
}

public static partial class Ops
{
    /// <summary>
    /// The middle element along an axis, or the mean of the two in the middle; of all elements if no axis is given. NaN if there is one.
    /// </summary>
    /// <exception cref="ShapeException">There are no elements.</exception>
    public static NDArray Median(NDArray x, int? axis = null, bool keepDims = false) => Quantile(x, 0.5, axis, keepDims);

    /// <summary>
    /// The value below which a fraction q of the elements along an axis lies, at position q·(n − 1) of their order; of all elements if no
    /// axis is given. The axes of <paramref name="q"/> come first in the result. NaN if there is one among the elements.
    /// </summary>
    /// <exception cref="ShapeException">There are no elements.</exception>
    public static NDArray Quantile(
        NDArray x,
        NDArray q,
        int? axis = null,
        bool keepDims = false,
        QuantileMethod method = QuantileMethod.Linear
    ) => QuantileOf("Quantile", x, q, axis, keepDims, method, skipNaN: false);

    /// <summary>The quantile of percentages, from 0 to 100; see <see cref="Quantile"/>.</summary>
    /// <exception cref="ShapeException">There are no elements.</exception>
    public static NDArray Percentile(
        NDArray x,
        NDArray q,
        int? axis = null,
        bool keepDims = false,
        QuantileMethod method = QuantileMethod.Linear
    ) => QuantileOf("Percentile", x, q.NotNull() / 100, axis, keepDims, method, skipNaN: false);

    /// <summary>The median of the elements that are not NaN; NaN if there is none. See <see cref="Median"/>.</summary>
    /// <exception cref="ShapeException">There are no elements.</exception>
    public static NDArray NanMedian(NDArray x, int? axis = null, bool keepDims = false) => NanQuantile(x, 0.5, axis, keepDims);

    /// <summary>The quantile of the elements that are not NaN; NaN if there is none. See <see cref="Quantile"/>.</summary>
    /// <exception cref="ShapeException">There are no elements.</exception>
    public static NDArray NanQuantile(
        NDArray x,
        NDArray q,
        int? axis = null,
        bool keepDims = false,
        QuantileMethod method = QuantileMethod.Linear
    ) => QuantileOf("NanQuantile", x, q, axis, keepDims, method, skipNaN: true);

    /// <summary>The quantile of percentages of the elements that are not NaN; see <see cref="NanQuantile"/>.</summary>
    /// <exception cref="ShapeException">There are no elements.</exception>
    public static NDArray NanPercentile(
        NDArray x,
        NDArray q,
        int? axis = null,
        bool keepDims = false,
        QuantileMethod method = QuantileMethod.Linear
    ) => QuantileOf("NanPercentile", x, q.NotNull() / 100, axis, keepDims, method, skipNaN: true);

    static NDArray QuantileOf(string name, NDArray x, NDArray q, int? axis, bool keepDims, QuantileMethod method, bool skipNaN)
    {
        x.NotNull();
        var kept = axis is { } a ? x.Shape.Replace(NormalizeAxis(a, x, name), 1) : Shape.Create([.. Enumerable.Repeat(1, x.Rank)]);
        (x, var along) = AlongAxis(x, axis, name);
        var promoted = Broadcasting.PromoteFloat(x, q);
        var sorted = Sort(MoveAxis(promoted[0], along, 0), 0);
        var n = sorted.Shape[0];
        if (n == 0)
            throw new ShapeException($"{name} of no elements is not defined: the operand is {x.Aval}.");

        // Positions [q, rest], so that the number of elements may differ from place to place.
        var rest = sorted.Shape.Tail;
        var fractions = Reshape(promoted[1], [-1, .. Enumerable.Repeat(1, rest.Rank)]);
        var last = skipNaN ? Maximum(Sum(AsType(!IsNaN(sorted), sorted.DType), 0) - 1, 0) : Full(rest, n - 1, sorted.DType);
        var position = fractions * last;
        var (low, high) = (At(Floor(position)), At(Ceil(position)));
        var weight = position - Floor(position);
        var result = method switch
        {
            QuantileMethod.Lower => low,
            QuantileMethod.Higher => high,
            QuantileMethod.Midpoint => (low + high) / 2,
            QuantileMethod.Nearest => At(Rint(position)),
            // Not 0 · ∞ where the position is whole.
            _ => Where(Equal(weight, 0), low, low * (1 - weight) + high * weight),
        };
        // NaN is sorted last.
        if (!skipNaN)
            result = Where(IsNaN(sorted[n - 1]), double.NaN, result);
        return ReshapeTo(result, q.Shape.Concat(keepDims ? kept : rest));

        NDArray At(NDArray index) => TakeAlongAxis(sorted, AsType(index, DType.Int64), 0, IndexMode.Clip);
    }
}
