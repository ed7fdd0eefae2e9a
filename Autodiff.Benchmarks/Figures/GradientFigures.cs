namespace Autodiff.Benchmarks;

/// <summary>Reverse mode beside the function that it differentiates.</summary>
static class GradientFigures
{
    const double Target = 4.0;
    const double Tolerance = 1e-8;

    /// <param name="f">A function whose value is a scalar.</param>
    /// <param name="fresh">Whether results are left to the collector, and each finds memory that was not used of late; else they are disposed of.</param>
    internal static Figure Of<T>(string work, Unit unit, Func<T, NDArray> f, Func<T> prepare, bool fresh = true) =>
        new(
            $"gradient of {work}{(fresh ? "" : ", results disposed of")}",
            "its primal",
            unit,
            Target,
            () =>
            {
                var (x, primal, gradient) = (prepare(), Jit(f), Jit(Grad(f)));
                return new(
                    new TimedSide(fresh ? () => gradient(x) : () => Dispose(gradient(x))),
                    new TimedSide(() => primal(x)),
                    () => Check(f, gradient, x)
                );
            }
        );

    static void Dispose<T>(T results)
    {
        foreach (var leaf in Tree.Leaves(results))
            leaf.Dispose();
    }

    /// <summary>Along some direction the gradient is what forward mode gives, which keeps nothing and transposes nothing.</summary>
    static string? Check<T>(Func<T, NDArray> f, Func<T, T> gradient, T x)
    {
        var seed = 100;
        var direction = Tree.Map(leaf => Inputs.Normal(seed++, leaf.DType, leaf.Shape.Dims), x);
        var expected = (double)Jit((T x, T dx) => Jvp(f, x, dx).Tangent)(x, direction);
        var products = Tree.Leaves(gradient(x)).Zip(Tree.Leaves(direction), (g, dx) => g * dx).ToArray();
        var actual = products.Sum(p => (double)Sum(p));
        return Math.Abs(actual - expected) <= Tolerance * products.Sum(p => (double)Sum(Abs(p)))
            ? null
            : $"{actual} along a direction, forward mode gives {expected}";
    }
}
