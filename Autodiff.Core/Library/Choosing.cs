namespace Autodiff;

public static partial class Ops
{
    /// <summary>
    /// For each element, the choice of the first condition that holds there, else <paramref name="otherwise"/> (0 if null).
    /// </summary>
    /// <exception cref="InvalidArgumentException">There is not one choice for each condition.</exception>
    /// <exception cref="DTypeException">A condition is not boolean.</exception>
    public static NDArray Select(ReadOnlySpan<NDArray> conditions, ReadOnlySpan<NDArray> choices, NDArray? otherwise = null)
    {
        if (conditions.NotNull().Length != choices.NotNull().Length)
            throw new InvalidArgumentException(
                $"Select needs one choice for each condition, but got {conditions.Length} conditions and {choices.Length} choices."
            );
        var result = otherwise ?? 0;
        for (var i = conditions.Length - 1; i >= 0; i--)
            result = Where(conditions[i], choices[i], result);
        return result;
    }

    /// <summary>
    /// For each element, the value there of the function of the last condition that holds, else that of <paramref name="otherwise"/> (0 if
    /// null). Every function is applied to all of x; see <see cref="Where(NDArray, NDArray, NDArray)"/> about its derivative.
    /// </summary>
    /// <exception cref="InvalidArgumentException">There is not one function for each condition.</exception>
    /// <exception cref="DTypeException">A condition is not boolean.</exception>
    public static NDArray Piecewise(
        NDArray x,
        ReadOnlySpan<NDArray> conditions,
        ReadOnlySpan<Func<NDArray, NDArray>> functions,
        Func<NDArray, NDArray>? otherwise = null
    )
    {
        if (conditions.NotNull().Length != functions.Length)
            throw new InvalidArgumentException(
                $"Piecewise needs one function for each condition, but got {conditions.Length} conditions and {functions.Length} functions."
            );
        var result = otherwise is null ? ZerosLike(x.NotNull()) : otherwise(x.NotNull());
        for (var i = 0; i < conditions.Length; i++)
            result = Where(conditions[i], functions[i](x), result);
        return result;
    }

    /// <summary>
    /// For each element, the element there of the choice that the index names; all broadcast. Out of range the nearest choice is meant.
    /// </summary>
    /// <exception cref="InvalidArgumentException">There is no choice.</exception>
    public static NDArray Choose(NDArray index, params ReadOnlySpan<NDArray> choices)
    {
        if (choices.NotNull().IsEmpty)
            throw new InvalidArgumentException("Choose needs at least one choice.");
        index.NotNull();
        var result = choices.NotNull()[0];
        for (var i = 1; i < choices.Length; i++)
            result = Where(index >= i, choices[i], result);
        return BroadcastTo(result, Broadcasting.CommonShape("Choose", [index, result]));
    }

    /// <summary>
    /// The Int64 positions, in row-major order, of the elements that are not zero. With a <paramref name="size"/> there are so many: the
    /// first ones, or the rest filled with <paramref name="fill"/>.
    /// </summary>
    /// <exception cref="ConcretizationException">No size is given, and x is being traced.</exception>
    public static NDArray FlatNonZero(NDArray x, int? size = null, long fill = 0) => Positions("FlatNonZero", x.NotNull(), size, fill);

    static NDArray Positions(string operation, NDArray x, int? size, long fill = 0)
    {
        var holds = Truth(Ravel(x));
        var length = size ?? LengthOf(operation, Sum(holds));
        // Each true element knows how many came before it; the others go out of range, where they are dropped.
        var place = Where(holds, CumSum(holds, 0) - 1, length);
        return Full([length], fill, DType.Int64).At[place].Set(Iota(DType.Int64, holds.Shape, 0));
    }

    /// <summary>A length that values decide.</summary>
    /// <exception cref="ConcretizationException">It is being traced.</exception>
    static int LengthOf(string operation, NDArray length, string parameter = "size") =>
        checked(
            (int)
                length
                    .Materialize(
                        $"{operation} without a {parameter}",
                        $"It decides the shape of the result. Pass `{parameter}`, which may be larger than needed, or call {operation} outside of Jit, Vmap and loops."
                    )
                    .LoadInteger(0)
        );

    /// <summary>The positions of the elements that are not zero, one vector for each axis; see <see cref="FlatNonZero"/>.</summary>
    /// <exception cref="ShapeException">x is a scalar.</exception>
    /// <exception cref="ConcretizationException">No size is given, and x is being traced.</exception>
    public static NDArray[] NonZero(NDArray x, int? size = null, long fill = 0)
    {
        if (x.NotNull().Rank == 0)
            throw new ShapeException("NonZero needs an array with axes. Use AtLeast1D first.");
        var length = size ?? LengthOf("NonZero", CountNonZero(x));
        var flat = FlatNonZero(x, length, -1);
        var positions = UnravelIndex(flat, x.Shape);
        return Array.ConvertAll(positions, p => Where(flat < 0, fill, p));
    }

    /// <summary>
    /// The positions at which a condition holds, one vector for each axis; see <see cref="NonZero"/>, which also takes a size.
    /// </summary>
    /// <exception cref="ConcretizationException">The condition is being traced.</exception>
    public static NDArray[] Where(NDArray condition) => NonZero(condition.NotNull());

    /// <summary>The positions of the elements that are not zero, as the rows of a matrix; see <see cref="NonZero"/>.</summary>
    /// <exception cref="ConcretizationException">No size is given, and x is being traced.</exception>
    public static NDArray ArgWhere(NDArray x, int? size = null, long fill = 0)
    {
        if (x.NotNull().Rank == 0)
            return Zeros([size ?? LengthOf("ArgWhere", CountNonZero(x)), 0], DType.Int64);
        return Stack(NonZero(x, size ?? LengthOf("ArgWhere", CountNonZero(x)), fill), 1);
    }

    /// <summary>The positions along each axis of elements that are counted in row-major order.</summary>
    public static NDArray[] UnravelIndex(NDArray positions, Shape shape)
    {
        positions.NotNull();
        var result = new NDArray[shape.Rank];
        var strides = shape.Strides();
        for (var i = 0; i < result.Length; i++)
            result[i] = Mod(FloorDivide(positions, Math.Max(1, strides[i])), Math.Max(1, shape[i]));
        return result;
    }

    /// <summary>
    /// The row-major positions of elements whose positions along each axis are given; the inverse of <see cref="UnravelIndex"/>.
    /// </summary>
    /// <exception cref="ShapeException">There is not one array of positions for each axis.</exception>
    public static NDArray RavelMultiIndex(ReadOnlySpan<NDArray> positions, Shape shape)
    {
        if (positions.NotNull().Length != shape.Rank)
            throw new ShapeException($"RavelMultiIndex into {shape} needs {shape.Rank} arrays of positions, but got {positions.Length}.");
        var strides = shape.Strides();
        NDArray result = Strong(0);
        for (var i = 0; i < positions.Length; i++)
            result += positions[i] * strides[i];
        return result;
    }
}
