using Spectre.Console;

namespace Autodiff.Examples;

/// <summary>A network of two layers learns to read handwritten digits; then we ask which images it finds hardest.</summary>
static partial class Digits
{
    const int Train = 1437;
    const int BatchSize = 48;
    const int Epochs = 40;

    [PyTree]
    internal sealed partial record Network(NDArray W1, NDArray B1, NDArray W2, NDArray B2)
    {
        public static Network Random(RandomKey key, int hidden)
        {
            var (first, second) = key.Split();
            return new(
                first.Normal([64, hidden]) * Math.Sqrt(2.0 / 64),
                Zeros(hidden),
                second.Normal([hidden, 10]) * Math.Sqrt(1.0 / hidden),
                Zeros(10)
            );
        }

        public NDArray LogProbabilities(NDArray image) => LogSoftmax(Dot(Maximum(Dot(image, W1) + B1, 0), W2) + B2);
    }

    public static void Run()
    {
        var (images, labels) = Data.Digits();
        var (unseen, answers) = (images[Train..], labels[Train..]);

        // Everything is written for one image; Vmap makes it a batch.
        var loss = (Network n, NDArray image, NDArray label) => -n.LogProbabilities(image)[label];
        var step = Jit(
            (Network network, Adam<Network> state, NDArray xs, NDArray ys) =>
            {
                var (value, grad) = ValueAndGrad((Network n) => Vmap(loss, inAxes: [null, 0, 0])(n, xs, ys).Mean())(network);
                return (state.Update(network, grad, 0.003), value);
            }
        );
        var read = Jit(Vmap((Network n, NDArray image) => ArgMax(n.LogProbabilities(image)), inAxes: [null, 0]));
        double Accuracy(Network n) => (double)Equal(read(n, unseen), answers).Mean();

        var network = Network.Random(new RandomKey(0), hidden: 96);
        var state = Adam<Network>.For(network);
        Progress(task =>
        {
            for (var epoch = 0; epoch < Epochs; epoch++)
            {
                var order = new RandomKey(epoch).Permutation(Train);
                NDArray value = 0.0;
                for (var i = 0; i + BatchSize <= Train; i += BatchSize)
                {
                    var batch = order[i..(i + BatchSize)];
                    ((network, state), value) = step(network, state, images[batch], labels[batch]);
                }
                task.Description = $"epoch {epoch + 1}, loss {(double)value:F4}, {Accuracy(network):P1} of unseen images right";
                task.Increment(1);
            }
        });
        Console.WriteLine($"{Accuracy(network):P1} of {unseen.Length} unseen images are read right.");

        // How much each image would pull at the parameters: its own gradient, for all images at once.
        var gradients = Jit(Vmap(Grad(loss), inAxes: [null, 0, 0]))(network, unseen, answers);
        var pull = Sqrt(Tree.Reduce((sum, g) => sum + Square(g).Reshape(unseen.Length, -1).Sum(1), gradients, Zeros(unseen.Length)));
        var hardest = ArgSort(pull, descending: true)[..5];
        Draw(unseen[hardest], answers[hardest], read(network, unseen[hardest]), pull[hardest]);
    }

    static void Progress(Action<ProgressTask> work) =>
        AnsiConsole
            .Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn())
            .Start(display => work(display.AddTask("training", maxValue: Epochs)));

    static void Draw(NDArray images, NDArray labels, NDArray read, NDArray pull)
    {
        string Line(NDArray row) => string.Concat(row.ToArray<double>().Select(ink => "·-+*#"[(int)(ink * 4)]));
        string Picture(NDArray image) => string.Join('\n', Enumerable.Range(0, 8).Select(row => Line(image.Reshape(8, 8)[row])));

        Console.WriteLine("Those with the largest gradients:");
        var table = new Table();
        for (var i = 0; i < images.Length; i++)
            table.AddColumn($"a {labels[i]}\nread as {read[i]}\ngradient\n{(double)pull[i]:F1}", c => c.NoWrap());
        table.AddRow([.. Enumerable.Range(0, images.Length).Select(i => Picture(images[i]))]);
        AnsiConsole.Write(table);
    }
}
