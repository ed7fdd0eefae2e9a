namespace Autodiff.Tests;

/// <summary>Derivatives of flat functions along fixed random directions. Operands that are not floats are held.</summary>
public static class Differentiation
{
    /// <summary>The tangents of the floating-point results.</summary>
    public static NDArray[] Jvp(Func<NDArray[], NDArray[]> f, NDArray[] xs, int seed = 1)
    {
        var (g, floats) = Floats(f, xs);
        return Transform.Jvp(g, floats, Directions(floats, seed)).Tangent;
    }

    /// <summary>The cotangents of the floating-point operands.</summary>
    public static NDArray[] Vjp(Func<NDArray[], NDArray[]> f, NDArray[] xs, int seed = 2)
    {
        var (g, floats) = Floats(f, xs);
        var (ys, pullback) = Transform.Vjp(g, floats);
        return pullback(Directions(ys, seed));
    }

    /// <summary>The function of the floating-point operands alone, giving the floating-point results alone, and these operands.</summary>
    public static (Func<NDArray[], NDArray[]> F, NDArray[] Floats) Floats(Func<NDArray[], NDArray[]> f, NDArray[] xs)
    {
        NDArray[] Whole(NDArray[] floats)
        {
            var next = 0;
            return [.. xs.Select(x => x.DType.IsFloat ? floats[next++] : x)];
        }
        return (floats => [.. f(Whole(floats)).Where(y => y.DType.IsFloat)], [.. xs.Where(x => x.DType.IsFloat)]);
    }

    /// <summary>Random numbers of the shapes and types of arrays, the same for one seed.</summary>
    public static NDArray[] Directions(NDArray[] like, int seed)
    {
        var random = new Random(seed);
        return
        [
            .. like.Select(x =>
                Dense.Build([.. x.Shape.Dims], _ => (random.Next(2) * 2 - 1) * (0.2 + 0.8 * random.NextDouble())).ToArray(x.DType)
            ),
        ];
    }

    /// <summary>Σ a·b over all elements of all arrays, and Σ |a·b|.</summary>
    public static (double Sum, double Size) Inner(NDArray[] a, NDArray[] b)
    {
        Assert.Equal(a.Length, b.Length);
        var products = a.Zip(b, (x, y) => Dense.Of(x).Values.Zip(Dense.Of(y).Values, (p, q) => p * q)).SelectMany(p => p).ToArray();
        return (products.Sum(), products.Sum(Math.Abs));
    }
}
