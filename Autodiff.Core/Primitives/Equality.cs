namespace Autodiff;

public static partial class Ops
{
    /// <summary>Whether two arrays have one shape and equal elements. NaN equals nothing.</summary>
    /// <exception cref="ConcretizationException">An array is being traced.</exception>
    public static bool ArrayEqual(NDArray x, NDArray y) => x.Shape == y.Shape && (bool)All(Equal(x, y));

    /// <summary>Whether all elements are close; see <see cref="IsClose"/>.</summary>
    /// <exception cref="ConcretizationException">An array is being traced.</exception>
    public static bool AllClose(
        NDArray x,
        NDArray y,
        double relativeTolerance = 1e-5,
        double absoluteTolerance = 1e-8,
        bool equalNaN = false
    ) => (bool)All(IsClose(x, y, relativeTolerance, absoluteTolerance, equalNaN));

    /// <summary>
    /// Whether |x − y| ≤ absoluteTolerance + relativeTolerance · |y|, elementwise, with broadcasting. Equal infinities are close; NaN is close to nothing, or to
    /// NaN if <paramref name="equalNaN"/>.
    /// </summary>
    public static NDArray IsClose(
        NDArray x,
        NDArray y,
        double relativeTolerance = 1e-5,
        double absoluteTolerance = 1e-8,
        bool equalNaN = false
    )
    {
        // |y| < ∞: a tolerance without bound would let everything pass.
        var size = Where(Less(y, 0), -Signed(y), Signed(y));
        var distance = Signed(x) - Signed(y);
        distance = Where(Less(distance, 0), -distance, distance);
        var near = And(LessEqual(distance, absoluteTolerance + relativeTolerance * size), Less(size, double.PositiveInfinity));
        var close = Or(near, Equal(x, y));
        return equalNaN ? Or(close, And(NotEqual(x, x), NotEqual(y, y))) : close;

        // Differences of unsigned integers and booleans must not wrap.
        static NDArray Signed(NDArray a) => a.DType.IsFloat ? a : Convert(a, DType.Float64);
        static NDArray And(NDArray a, NDArray b) => Multiply(a, b);
        static NDArray Or(NDArray a, NDArray b) => Add(a, b);
    }
}
