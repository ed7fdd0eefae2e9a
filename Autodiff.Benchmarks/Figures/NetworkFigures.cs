namespace Autodiff.Benchmarks;

/// <summary>A training step beside the matrix products in it, and gradients of single examples beside the same written for the batch.</summary>
static partial class NetworkFigures
{
    internal static IEnumerable<Figure> Of(Sizes sizes)
    {
        var (widths, batch) = sizes.Network;
        yield return new(
            $"training step {string.Join("-", widths)}, batch {batch}, f32",
            "its 8 matrix products",
            Unit.Milliseconds,
            1.25,
            () => Training(widths, batch)
        );
        yield return new(
            $"Vmap(Grad) of a network {string.Join("-", Small.Widths)}, {sizes.Examples} examples, f32",
            "hand-batched",
            Unit.Microseconds,
            1.2,
            () => PerExample(sizes.Examples)
        );
    }

    /// <summary>
    /// Forward three products; backward three for the gradients of the weights, and two to hand cotangents down to the layer below: the first
    /// layer's inputs need none. Each is a jitted function of its own, given what the step multiplies.
    /// </summary>
    static Contest Training(int[] widths, int count)
    {
        var (net, (x, labels)) = (Network.Random(widths), Network.Batch(widths, count));
        var step = Jit((Network net, NDArray x, NDArray labels) => Network.Step(net, x, labels));
        var forward = new[] { Product(), Product(), Product() };
        var forWeights = new[] { TransposedFirst(), TransposedFirst(), TransposedFirst() };
        var forInputs = new[] { TransposedSecond(), TransposedSecond() };

        var first = Relu(MatMul(x, net.W1) + net.B1);
        var second = Relu(MatMul(first, net.W2) + net.B2);
        var ct3 = (Softmax(MatMul(second, net.W3) + net.B3) - labels) / (float)count;
        var ct2 = Where(second > 0f, MatMul(ct3, net.W3.MT), 0f);
        var ct1 = Where(first > 0f, MatMul(ct2, net.W2.MT), 0f);
        NDArray[] Products() =>
            [
                forward[0](x, net.W1),
                forward[1](first, net.W2),
                forward[2](second, net.W3),
                forWeights[2](second, ct3),
                forInputs[1](ct3, net.W3),
                forWeights[1](first, ct2),
                forInputs[0](ct2, net.W2),
                forWeights[0](x, ct1),
            ];
        string? Check()
        {
            var (after, products) = (step(net, x, labels).Next, Products());
            NDArray Moved(NDArray before, NDArray after) => (before - after) / Network.LearningRate;
            return ResultCheck.Of(
                [Moved(net.W1, after.W1), Moved(net.W2, after.W2), Moved(net.W3, after.W3)],
                [products[7], products[5], products[3]],
                1e-4
            );
        }
        return new(new TimedSide(() => step(net, x, labels)), new TimedSide(() => Products()), Check);
    }

    static Func<NDArray, NDArray, NDArray> Product() => Jit((a, b) => MatMul(a, b));

    static Func<NDArray, NDArray, NDArray> TransposedFirst() => Jit((a, b) => MatMul(a.MT, b));

    static Func<NDArray, NDArray, NDArray> TransposedSecond() => Jit((a, b) => MatMul(a, b.MT));

    /// <summary>A network small enough that each example may have its own gradient.</summary>
    [PyTree]
    internal sealed partial record Small(NDArray W1, NDArray B1, NDArray W2, NDArray B2)
    {
        internal static readonly int[] Widths = [32, 64, 10];

        internal static Small Random() =>
            new(
                Inputs.Normal(1, DType.Float32, Widths[1], Widths[0]) / MathF.Sqrt(Widths[0]),
                Inputs.Normal(2, DType.Float32, Widths[1]),
                Inputs.Normal(3, DType.Float32, Widths[2], Widths[1]) / MathF.Sqrt(Widths[1]),
                Inputs.Normal(4, DType.Float32, Widths[2])
            );

        /// <summary>The squared error of one example.</summary>
        internal static NDArray Loss(Small net, NDArray x, NDArray target) =>
            Sum(Square(Dot(net.W2, Tanh(Dot(net.W1, x) + net.B1)) + net.B2 - target));

        /// <summary>The gradient of each example's loss: products for the batch, and outer products for the weights.</summary>
        internal static Small Batched(Small net, NDArray x, NDArray target)
        {
            var hidden = Tanh(MatMul(x, net.W1.MT) + net.B1);
            var ct2 = 2f * (MatMul(hidden, net.W2.MT) + net.B2 - target);
            var ct1 = MatMul(ct2, net.W2) * (1f - hidden * hidden);
            return new(Outer(ct1, x), ct1, Outer(ct2, hidden), ct2);
        }

        static NDArray Outer(NDArray a, NDArray b) => ExpandDims(a, 2) * ExpandDims(b, 1);
    }

    static Contest PerExample(int count)
    {
        var net = Small.Random();
        var (x, target) = (
            Inputs.Normal(5, DType.Float32, count, Small.Widths[0]),
            Inputs.Normal(6, DType.Float32, count, Small.Widths[^1])
        );
        var perExample = Jit(Vmap(Grad<Small, NDArray, NDArray>(Small.Loss), inAxes: [null, 0, 0]));
        var batched = Jit<Func<Small, NDArray, NDArray, Small>>(Small.Batched);
        return Contest.Between(() => Tree.Leaves(perExample(net, x, target)), () => Tree.Leaves(batched(net, x, target)), 1e-4);
    }
}
