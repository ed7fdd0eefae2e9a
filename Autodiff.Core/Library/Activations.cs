namespace Autodiff;

public static partial class Ops
{
    /// <summary>max(x, 0), elementwise; its derivative at 0 is 0.</summary>
    public static NDArray Relu(NDArray x) => Where(x <= 0, 0, x);

    /// <summary>min(max(x, 0), 6), elementwise; its derivative at 0 and at 6 is 0.</summary>
    public static NDArray Relu6(NDArray x) => Where(x <= 0, 0, Where(x >= 6, 6, x));

    /// <summary>x where x ≥ 0, else <paramref name="negativeSlope"/>·x, elementwise; its derivative at 0 is 1.</summary>
    public static NDArray LeakyRelu(NDArray x, double negativeSlope = 0.01)
    {
        x = Broadcasting.ToFloat(x);
        return Where(x >= 0, x, negativeSlope * x);
    }

    /// <summary>x where x &gt; 0, else α(eˣ − 1), elementwise; its derivative at 0 is α.</summary>
    public static NDArray Elu(NDArray x, double alpha = 1)
    {
        x = Broadcasting.ToFloat(x);
        return Where(x > 0, x, alpha * Expm1(NotAbove0(x)));
    }

    /// <summary>λ·Elu(x, α) with the constants that keep mean 0 and variance 1, elementwise.</summary>
    /// <remarks>Klambauer et al., "Self-normalizing neural networks" (2017).</remarks>
    public static NDArray Selu(NDArray x) => 1.0507009873554804934193349852946 * Elu(x, 1.6732632423543772848170429916717);

    /// <summary>x where x &gt; 0, else α(e^(x/α) − 1), elementwise: Elu with a continuous derivative for every α.</summary>
    public static NDArray Celu(NDArray x, double alpha = 1)
    {
        x = Broadcasting.ToFloat(x);
        return Where(x > 0, x, alpha * Expm1(NotAbove0(x) / alpha));
    }

    /// <summary>
    /// x·Φ(x), elementwise, with the normal distribution function Φ; by default approximately, as x/2·(1 + tanh u) with
    /// u = √(2/π)·(x + 0.044715·x³).
    /// </summary>
    /// <remarks>
    /// Hendrycks and Gimpel, "Gaussian error linear units" (2016). (1 + tanh u)/2 is computed as Sigmoid(2u), which keeps its digits where
    /// tanh u is near −1.
    /// </remarks>
    public static NDArray Gelu(NDArray x, bool approximate = true)
    {
        x = Broadcasting.ToFloat(x);
        var scale = 2 * Math.Sqrt(2 / Math.PI);
        return approximate ? x * Logistic(x * (scale + 0.044715 * scale * Square(x))) : 0.5 * x * Erfc(-x * Math.Sqrt(0.5));
    }

    /// <summary>x·Sigmoid(x), elementwise.</summary>
    public static NDArray Silu(NDArray x) => x * Logistic(x);

    /// <inheritdoc cref="Silu"/>
    public static NDArray Swish(NDArray x) => Silu(x);

    /// <summary>x·tanh(Softplus(x)), elementwise.</summary>
    public static NDArray Mish(NDArray x) => x * Tanh(Softplus(x));

    /// <summary>ln(1 + eˣ), elementwise, without overflow.</summary>
    public static NDArray Softplus(NDArray x) => LogAddExp(x, 0);

    /// <summary>x / (1 + |x|), elementwise.</summary>
    public static NDArray SoftSign(NDArray x) => x.NotNull() / (1 + Abs(x));

    /// <summary>(x + √(x² + b)) / 2, elementwise.</summary>
    public static NDArray SquarePlus(NDArray x, double b = 4) => 0.5 * (x + Sqrt(Square(x) + b));

    /// <summary>x between −1 and 1, elementwise; its derivative at ±1 is 1.</summary>
    public static NDArray HardTanh(NDArray x) => Where(x.NotNull() > 1, 1, Where(x < -1, -1, x));

    /// <summary>Relu6(x + 3) / 6, elementwise.</summary>
    public static NDArray HardSigmoid(NDArray x) => Relu6(x + 3.0) / 6;

    /// <summary>x·HardSigmoid(x), elementwise.</summary>
    public static NDArray HardSilu(NDArray x) => x * HardSigmoid(x);

    /// <inheritdoc cref="HardSilu"/>
    public static NDArray HardSwish(NDArray x) => HardSilu(x);

    /// <summary>The logarithm of Sigmoid(x), elementwise; accurate in both tails.</summary>
    public static NDArray LogSigmoid(NDArray x) => -Softplus(-x);

    /// <summary>The first half along an axis times the Sigmoid of the second half.</summary>
    /// <exception cref="ShapeException">The axis has an odd size.</exception>
    public static NDArray Glu(NDArray x, int axis = -1)
    {
        var halves = Split(x, 2, axis);
        return halves[0] * Logistic(halves[1]);
    }

    /// <summary>
    /// eˣ / Σ eˣ along an axis, without overflow; as the product with 1 / Σ eˣ, which is rounded once more than the quotient.
    /// </summary>
    public static NDArray Softmax(NDArray x, int axis = -1)
    {
        var exponentials = Exp(BelowMaximum(x, axis));
        return exponentials * (1 / Sum(exponentials, axis, keepDims: true));
    }

    /// <summary>ln(eˣ / Σ eˣ) along an axis, without overflow and accurate.</summary>
    public static NDArray LogSoftmax(NDArray x, int axis = -1)
    {
        var shifted = BelowMaximum(x, axis);
        return shifted - Log(Sum(Exp(shifted), axis, keepDims: true));
    }

    /// <summary>ln Σ eˣ over some axes, over all if none is given, without overflow.</summary>
    public static NDArray LogSumExp(NDArray x, params ReadOnlySpan<int> axis) => LogSumExp(x, axis, keepDims: false);

    /// <summary>
    /// Likewise; <paramref name="keepDims"/> keeps the reduced axes with size 1, and terms are multiplied by <paramref name="weights"/>: ln
    /// Σ w·eˣ.
    /// </summary>
    public static NDArray LogSumExp(NDArray x, Axes axis = default, bool keepDims = false, NDArray? weights = null)
    {
        x = Broadcasting.ToFloat(x);
        if (weights is not null)
            x = BroadcastTo(x, Broadcasting.CommonShape("LogSumExp", [x, weights]));
        var along = NormalizeAxes(axis.Numbers, x, "LogSumExp").AsSpan();
        if (x.Size == 0)
            return Log(Sum(x, along, keepDims));
        // The maximum is a mere shift: it has no part in the derivative, and if it is infinite nothing is shifted.
        var shift = StopGradient(Max(x, along, keepDims: true));
        shift = Where(IsFinite(shift), shift, 0);
        var terms = Exp(x - shift);
        var sum = Log(Sum(weights is null ? terms : terms * weights, along, keepDims));
        return sum + (keepDims ? shift : ReshapeTo(shift, sum.Shape));
    }

    /// <summary>(x − mean) / √(variance + ε) along an axis.</summary>
    public static NDArray Standardize(NDArray x, int axis = -1, double epsilon = 1e-5) =>
        (x - Mean(x, axis, keepDims: true)) * Rsqrt(Var(x, axis, keepDims: true) + epsilon);

    /// <summary>x divided by its Euclidean length along an axis, which is taken to be at least ε; its derivative at 0 is 1/ε.</summary>
    public static NDArray Normalize(NDArray x, int axis = -1, double epsilon = 1e-6)
    {
        x = Broadcasting.ToFloat(x);
        return x * Rsqrt(Maximum(Sum(Square(x), axis, keepDims: true), epsilon * epsilon));
    }

    // The side that is not chosen may not overflow, or its derivative would be 0 · ∞.
    static NDArray NotAbove0(NDArray x) => Where(x > 0, 0, x);

    static NDArray BelowMaximum(NDArray x, int axis)
    {
        x = Broadcasting.ToFloat(x);
        return x.Size == 0 ? x : x - StopGradient(Max(x, axis, keepDims: true));
    }
}
