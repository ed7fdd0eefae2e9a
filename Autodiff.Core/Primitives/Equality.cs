namespace Autodiff;

public static partial class Ops
{
    /// <summary>Whether two arrays have one shape and equal elements. NaN equals nothing.</summary>
    /// <exception cref="ConcretizationException">An array is being traced.</exception>
    public static bool ArrayEqual(NDArray x, NDArray y) => x.NotNull().Shape == y.NotNull().Shape && (bool)All(Equal(x, y));

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
    /// Whether |x − y| ≤ absoluteTolerance + relativeTolerance · |y|, elementwise, with broadcasting. Equal infinities are close; NaN is
    /// close to nothing, or to NaN if <paramref name="equalNaN"/>.
    /// </summary>
    public static NDArray IsClose(
        NDArray x,
        NDArray y,
        double relativeTolerance = 1e-5,
        double absoluteTolerance = 1e-8,
        bool equalNaN = false
    )
    {
        // Differences of unsigned integers and booleans would wrap.
        (x, y) = (Broadcasting.ToFloat(x), Broadcasting.ToFloat(y));
        // |y| < ∞: a tolerance without bound would let everything pass.
        var near = (Abs(x - y) <= absoluteTolerance + relativeTolerance * Abs(y)) & (Abs(y) < double.PositiveInfinity);
        var close = near | Equal(x, y);
        return equalNaN ? close | (IsNaN(x) & IsNaN(y)) : close;
    }
}
