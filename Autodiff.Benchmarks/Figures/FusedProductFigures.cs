namespace Autodiff.Benchmarks;

/// <summary>
/// Large products with what follows them in one function, beside a function of its own for each, which computes in the memory of the one before; and
/// gradients of such functions.
/// </summary>
static class FusedProductFigures
{
    const double Target = 1.0;
    const double GradientTarget = 4.0;
    const double GradientTolerance = 1e-4;

    internal static IEnumerable<Figure> Of(Sizes sizes) =>
        [.. Inputs.Floats.Select(type => Layer(type, sizes.Layer)), Attention(sizes.Attention), Gradient(sizes.Layer)];

    static Figure Layer(DType type, (int Rows, int Inputs, int Outputs) size) =>
        new(
            $"layer of {Sizes.Short(size.Rows)}×{size.Inputs}×{size.Outputs} with bias and relu, {type.ShortName}",
            "its product, then the rest",
            Unit.Milliseconds,
            Target,
            () =>
            {
                var (x, weights, bias) = (
                    Inputs.Normal(1, type, size.Rows, size.Inputs),
                    Inputs.Normal(2, type, size.Inputs, size.Outputs),
                    Inputs.Normal(3, type, size.Outputs)
                );
                var (product, rest) = (Jit((x, w) => MatMul(x, w)), Jit((y, b) => Relu(y + b), donate: [0]));
                var layer = Jit((x, w, b) => Relu(MatMul(x, w) + b));
                return Beside(() => layer(x, weights, bias), () => rest(product(x, weights), bias));
            }
        );

    static Figure Attention((int Batch, int Heads, int Length, int Width) size) =>
        new(
            $"attention of {size.Batch}×{size.Heads} heads, {size.Length}×{size.Width}, f32",
            "its products and softmax, one by one",
            Unit.Milliseconds,
            Target,
            () =>
            {
                NDArray Random(int seed) => Inputs.Normal(seed, DType.Float32, size.Batch, size.Heads, size.Length, size.Width);
                var (q, k, v, scale) = (Random(1), Random(2), Random(3), 1 / MathF.Sqrt(size.Width));
                var scores = Jit((q, k) => MatMul(q, k.MT));
                var (softmax, average) = (Jit(s => Softmax(s * scale), donate: [0]), Jit((p, v) => MatMul(p, v)));
                var attention = Jit((q, k, v) => MatMul(Softmax(MatMul(q, k.MT) * scale), v));
                NDArray Apart()
                {
                    using var p = softmax(scores(q, k));
                    return average(p, v);
                }
                return Beside(() => attention(q, k, v), Apart);
            }
        );

    /// <summary>Reverse mode needs each layer again, and multiplies twice where its primal multiplies once.</summary>
    static Figure Gradient((int Rows, int Inputs, int Outputs) size)
    {
        int[] widths = [size.Inputs, size.Outputs, size.Outputs, 10];
        return new(
            $"gradient of a network {string.Join("-", widths)}, {Sizes.Short(size.Rows)} examples, f32",
            "its primal",
            Unit.Milliseconds,
            GradientTarget,
            () =>
            {
                var (net, (x, labels)) = (Network.Random(widths), Network.Batch(widths, size.Rows));
                var primal = Jit((Network net, NDArray x, NDArray labels) => Network.Loss(net, x, labels));
                var gradient = Grad<Network, NDArray, NDArray>(Network.Loss);
                var jitted = Jit(gradient);
                return new(
                    new TimedSide(() => jitted(net, x, labels)),
                    new TimedSide(() => primal(net, x, labels)),
                    () =>
                        ResultCheck.Of(
                            [.. Tree.Leaves(jitted(net, x, labels))],
                            [.. Tree.Leaves(gradient(net, x, labels))],
                            GradientTolerance
                        )
                );
            }
        );
    }

    // What one call gives is gone before the next: both sides find the same memory.
    static Contest Beside(Func<NDArray> ours, Func<NDArray> apart) =>
        new(
            new TimedSide(() => ours().Dispose()),
            new TimedSide(() => apart().Dispose()),
            () => ResultCheck.Of([ours()], [apart()], 10 * Inputs.Tolerance(DType.Float32))
        );
}
