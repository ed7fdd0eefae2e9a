namespace Autodiff.Tests;

/// <summary>A function of a number that contains loops, and the points at which it is tried: lanes of one batch.</summary>
public sealed record LoopProgram(string Name, Func<Flow, NDArray, NDArray> Run, params double[] Points)
{
    readonly Lazy<double[]>[] references =
    [
        .. Enumerable
            .Range(0, TransformChain.HighestOrder + 1)
            .Select(order => new Lazy<double[]>(() => Differentiated(Run, order, Points))),
    ];

    public double Tolerance { get; init; } = Agreement.Rounding;

    public NDArray Traced(NDArray x) => Run(Flow.Primitives, x);

    /// <summary>The derivative of this order at each point, from C#'s own control flow, eagerly and one point after another.</summary>
    public double[] Reference(int order) => references[order].Value;

    static double[] Differentiated(Func<Flow, NDArray, NDArray> run, int order, double[] points)
    {
        Func<NDArray, NDArray> f = x => run(Flow.Plain, x);
        for (var i = 0; i < order; i++)
            f = Transform.Grad(f);
        return [.. points.Select(p => (double)f(p))];
    }

    public override string ToString() => Name;
}
