namespace Autodiff.Benchmarks;

/// <summary>A network of three layers for classification, as the figures train and compile it. Float32.</summary>
[PyTree]
sealed partial record Network(NDArray W1, NDArray B1, NDArray W2, NDArray B2, NDArray W3, NDArray B3)
{
    internal const float LearningRate = 0.1f;

    internal static Network Random(int[] widths) =>
        new(
            Weights(1, widths[0], widths[1]),
            Bias(widths[1]),
            Weights(2, widths[1], widths[2]),
            Bias(widths[2]),
            Weights(3, widths[2], widths[3]),
            Bias(widths[3])
        );

    static NDArray Weights(int seed, int inputs, int outputs) =>
        Inputs.Normal(seed, DType.Float32, inputs, outputs) * MathF.Sqrt(2f / inputs);

    static NDArray Bias(int outputs) => Zeros([outputs], DType.Float32);

    /// <summary>The mean cross-entropy of the softmax of the last layer; <paramref name="labels"/> are rows with a single 1.</summary>
    internal static NDArray Loss(Network net, NDArray x, NDArray labels)
    {
        var first = Relu(MatMul(x, net.W1) + net.B1);
        var second = Relu(MatMul(first, net.W2) + net.B2);
        return -Mean(Sum(labels * LogSoftmax(MatMul(second, net.W3) + net.B3), -1));
    }

    /// <summary>A step of gradient descent: the network after it, and the loss before it.</summary>
    internal static (Network Next, NDArray Loss) Step(Network net, NDArray x, NDArray labels)
    {
        var (loss, gradient) = ValueAndGrad<Network, NDArray, NDArray>(Loss)(net, x, labels);
        return (Tree.Map((w, g) => w - LearningRate * g, net, gradient), loss);
    }

    /// <summary>The step for networks and batches of a size, traced anew.</summary>
    internal static LoweredFunction<Func<Network, NDArray, NDArray, (Network Next, NDArray Loss)>> LowerStep(int[] widths, int count)
    {
        static AbstractArray Like(params ReadOnlySpan<int> shape) => new(Shape.Create(shape), DType.Float32);
        return Jit((Network net, NDArray x, NDArray labels) => Step(net, x, labels))
            .Lower(
                new(
                    Like(widths[0], widths[1]),
                    Like(widths[1]),
                    Like(widths[1], widths[2]),
                    Like(widths[2]),
                    Like(widths[2], widths[3]),
                    Like(widths[3])
                ),
                Like(count, widths[0]),
                Like(count, widths[3])
            );
    }

    /// <summary>Examples and labels for a batch.</summary>
    internal static (NDArray X, NDArray Labels) Batch(int[] widths, int count)
    {
        var classes = new int[count];
        for (var i = 0; i < count; i++)
            classes[i] = i % widths[^1];
        return (Inputs.Normal(4, DType.Float32, count, widths[0]), OneHot(classes, widths[^1], DType.Float32));
    }
}
