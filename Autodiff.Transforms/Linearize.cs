namespace Autodiff;

/// <summary>The derivative of a function at a point, as a linear program over tangents of its floating-point inputs.</summary>
/// <param name="Linear">The program; it holds what the derivative needs of the point as constants.</param>
/// <param name="Inputs">For each input of the function, whether it has a tangent.</param>
/// <param name="Outputs">For each output of the function, whether its tangent may differ from zero.</param>
/// <param name="OutputTypes">The types of the outputs.</param>
sealed record LinearMap(ClosedJaxpr Linear, bool[] Inputs, bool[] Outputs, Aval[] OutputTypes)
{
    /// <summary>The tangents of the outputs; zero ones are materialised.</summary>
    internal NDArray[] Push(NDArray[] tangents)
    {
        var given = Linear.Jaxpr.Evaluate([.. Linear.Constants, .. Mask.Pick(tangents, Inputs)]);
        return [.. Mask.Scatter(Outputs, given).Select((d, i) => d ?? Ops.ZerosOf(OutputTypes[i]))];
    }

    /// <summary>The cotangents of the inputs; null stands for zero, here and there.</summary>
    internal NDArray?[] Pull(NDArray?[] cotangents) =>
        Mask.Scatter(Inputs, Transposition.Pull(Linear.Jaxpr, Linear.Constants, Mask.Pick(cotangents, Outputs)));
}

/// <summary>Linearization: the function runs once, and the operations on tangents are written down.</summary>
static class Linearization
{
    internal static (NDArray[] Ys, LinearMap Derivative) Linearize(Func<NDArray[], NDArray[]> f, NDArray[] xs)
    {
        var parent = Trace.Current;
        var linear = new StagingTrace(parent);
        var inputs = Array.ConvertAll(xs, x => x.DType.IsFloat);
        var dxs = Array.ConvertAll(xs, x => x.DType.IsFloat ? linear.NewInput(x.Aval.Strong) : null);
        var (ys, dys) = ForwardMode.Jvp(parent, linear, f, xs, dxs);
        var outputs = Array.ConvertAll(dys, d => d is not null);
        var closed = linear.Close([.. Mask.Pick(dxs, inputs).Select(d => d!)], [.. Mask.Pick(dys, outputs).Select(d => d!)]);
        return (ys, new(closed, inputs, outputs, Array.ConvertAll(ys, y => y.Aval)));
    }
}
