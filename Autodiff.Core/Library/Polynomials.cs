namespace Autodiff;

/// <summary>Which part of a convolution is wanted.</summary>
public enum ConvolveMode
{
    /// <summary>Wherever the two overlap: n + m − 1 elements.</summary>
    Full,

    /// <summary>The middle, as long as the longer of the two.</summary>
    Same,

    /// <summary>Where the shorter lies within the longer.</summary>
    Valid,
}

public static partial class Ops
{
    /// <summary>Σⱼ x[k − j]·y[j] for each k, of two vectors; the product of two polynomials.</summary>
    /// <exception cref="ShapeException">An operand is not a vector, or is empty.</exception>
    public static NDArray Convolve(NDArray x, NDArray y, ConvolveMode mode = ConvolveMode.Full)
    {
        CheckVectors("Convolve", x, y);
        return x.Length >= y.Length ? SlidingDot(x, Flip(y), mode) : SlidingDot(y, Flip(x), mode);
    }

    /// <summary>Σⱼ x[k + j]·y[j] for each k, of two vectors.</summary>
    /// <exception cref="ShapeException">An operand is not a vector, or is empty.</exception>
    public static NDArray Correlate(NDArray x, NDArray y, ConvolveMode mode = ConvolveMode.Valid)
    {
        CheckVectors("Correlate", x, y);
        return x.Length >= y.Length ? SlidingDot(x, y, mode) : Flip(SlidingDot(y, x, mode));
    }

    static void CheckVectors(string name, NDArray x, NDArray y)
    {
        y.NotNull();
        if (x.NotNull().Rank != 1 || y.Rank != 1 || x.Size == 0 || y.Size == 0)
            throw new ShapeException($"{name} needs two vectors with elements, but got {x.Aval} and {y.Aval}.");
    }

    // The inner products of a vector with the windows of a longer one.
    static NDArray SlidingDot(NDArray x, NDArray window, ConvolveMode mode)
    {
        var m = window.Length;
        var (before, after) = mode switch
        {
            ConvolveMode.Full => (m - 1, m - 1),
            ConvolveMode.Same => (m / 2, (m - 1) / 2),
            _ => (0, 0),
        };
        var padded = Pad(x, [(before, after)]);
        var count = padded.Length - m + 1;
        var positions = Iota(DType.Int64, [count, m], 0) + Iota(DType.Int64, [count, m], 1);
        return MatMul(Take(padded, positions, 0, IndexMode.PromiseInBounds), window);
    }

    /// <summary>The polynomial p[0]·xⁿ⁻¹ + … + p[n − 1] at each element of x, by Horner's rule.</summary>
    /// <exception cref="ShapeException">The coefficients are not a vector.</exception>
    public static NDArray PolyVal(NDArray p, NDArray x)
    {
        x.NotNull();
        if (p.NotNull().Rank != 1)
            throw new ShapeException($"PolyVal needs a vector of coefficients, but got {p.Aval}.");
        var value = ZerosLike(x);
        foreach (var coefficient in p)
            value = value * x + coefficient;
        return value;
    }

    /// <summary>The coefficients of the derivative of order <paramref name="order"/> of a polynomial; see <see cref="PolyVal"/>.</summary>
    /// <exception cref="ShapeException">The coefficients are not a vector.</exception>
    public static NDArray PolyDer(NDArray p, int order = 1)
    {
        if (p.NotNull().Rank != 1)
            throw new ShapeException($"PolyDer needs a vector of coefficients, but got {p.Aval}.");
        for (; order > 0 && p.Length > 0; order--)
            p = p[..^1] * (p.Length - 1 - Arange(p.Length - 1));
        return p;
    }
}
