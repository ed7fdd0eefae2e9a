namespace Autodiff.GradBench;

/// <summary>The determinant by expansion along the first row, minor by minor: n! products, on purpose.</summary>
static partial class Determinant
{
    public static Module Module { get; } =
        new()
        {
            ["primal"] = Function.Of((Input input) => Expand(input.Matrix)),
            ["gradient"] = Function.Of((Input input) => Grad(Expand)(input.Matrix).Ravel()),
        };

    [PyTree]
    internal sealed partial record Input(NDArray A, [property: Static] int Ell)
    {
        public NDArray Matrix => A.Reshape(Ell, Ell);
    }

    internal static NDArray Expand(NDArray a)
    {
        var n = a.Length;
        if (n == 1)
            return a[0, 0];
        var signs = 1 - 2 * (Arange(n) % 2);
        return Sum(signs * a[0] * Vmap(Expand)(Minors(a[1..])));
    }

    /// <summary>What is left of rows when each column is taken away.</summary>
    static NDArray Minors(NDArray rows)
    {
        var n = rows.Shape[1];
        var removed = Arange(n)[.., Slice.NewAxis];
        var kept = Arange(n - 1) + (Arange(n - 1) >= removed);
        return rows[.., kept].Transpose(1, 0, 2);
    }
}
