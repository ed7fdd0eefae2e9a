namespace Autodiff.GradBench;

/// <summary>The loss of a recurrent network of LSTM layers with diagonal weights, which predicts the next character of a text.</summary>
static partial class Lstm
{
    public static Module Module { get; } =
        new()
        {
            ["objective"] = Function.Of((Input input) => Loss(Parameters.Of(input), input)),
            ["jacobian"] = Function.Of(
                (Input input) =>
                {
                    var gradient = Grad((Parameters p) => Loss(p, input))(Parameters.Of(input));
                    return Concatenate([gradient.Main.Ravel(), gradient.Extra.Ravel()]);
                }
            ),
        };

    [PyTree]
    internal sealed partial record Input(NDArray MainParams, NDArray ExtraParams, NDArray State, NDArray Sequence);

    /// <summary>Weights and biases of every layer, [layer, weight or bias, gate, unit]; and of the input and output, [3, unit].</summary>
    [PyTree]
    internal sealed partial record Parameters(NDArray Main, NDArray Extra)
    {
        public static Parameters Of(Input input) => new(input.MainParams.Reshape(input.State.Length / 2, 2, 4, -1), input.ExtraParams);
    }

    [PyTree]
    internal sealed partial record Cell(NDArray Hidden, NDArray Memory);

    internal static NDArray Loss(Parameters parameters, Input input)
    {
        var start = Enumerable.Range(0, input.State.Length / 2).Select(i => new Cell(input.State[2 * i], input.State[2 * i + 1])).ToArray();
        var (_, logs) = Scan(
            (Cell[] cells, (NDArray Now, NDArray Next) text) =>
            {
                var (next, prediction) = Predict(parameters, cells, text.Now);
                var normalized = prediction - Log(2 + Sum(Exp(prediction)));
                return (next, Dot(text.Next, normalized));
            },
            start,
            (input.Sequence[..^1], input.Sequence[1..])
        );
        return -Mean(logs) / input.Sequence.Shape[1];
    }

    static (Cell[] Cells, NDArray Prediction) Predict(Parameters parameters, Cell[] cells, NDArray character)
    {
        var next = new Cell[cells.Length];
        var signal = character * parameters.Extra[0];
        for (var layer = 0; layer < cells.Length; layer++)
        {
            next[layer] = Step(parameters.Main[layer], cells[layer], signal);
            signal = next[layer].Hidden;
        }
        return (next, signal * parameters.Extra[1] + parameters.Extra[2]);
    }

    static Cell Step(NDArray layer, Cell cell, NDArray signal)
    {
        NDArray Gate(int gate, NDArray x) => x * layer[0, gate] + layer[1, gate];
        var forget = Logistic(Gate(0, signal));
        var ingate = Logistic(Gate(1, cell.Hidden));
        var outgate = Logistic(Gate(2, signal));
        var change = Tanh(Gate(3, cell.Hidden));
        var memory = cell.Memory * forget + ingate * change;
        return new(outgate * Tanh(memory), memory);
    }
}
