using Spectre.Console;

namespace Autodiff.Examples;

/// <summary>A recurrent network learns to say the next value of a signal of two tones, a Scan over 500 steps.</summary>
static partial class Recurrent
{
    const int Steps = 500;
    const int Hidden = 24;
    const int Iterations = 300;

    [PyTree]
    internal sealed partial record Cell(NDArray Recur, NDArray Input, NDArray Bias, NDArray Output)
    {
        public static Cell Random(RandomKey key)
        {
            var keys = key.Split(3);
            return new(
                keys[0].Normal([Hidden, Hidden]) / Math.Sqrt(Hidden),
                keys[1].Normal([Hidden]),
                Zeros(Hidden),
                keys[2].Normal([Hidden]) / Hidden
            );
        }

        public NDArray Next(NDArray h, NDArray x) => Tanh(Dot(Recur, h) + Input * x + Bias);
    }

    public static void Run()
    {
        var t = Arange(Steps + 1) * 0.1;
        var signal = 0.6 * Sin(t) + 0.4 * Sin(2.7 * t);

        // Reverse mode through the scan stores what it needs of each step; with Checkpointing.Sqrt it stores 23 states and recomputes.
        NDArray Loss(Cell cell)
        {
            var (_, predictions) = Scan(
                (h, x) =>
                {
                    var next = cell.Next(h, x);
                    return (next, Dot(cell.Output, next));
                },
                init: Zeros(Hidden),
                xs: signal[..^1],
                checkpoint: Checkpointing.Sqrt
            );
            return Square(predictions - signal[1..]).Mean();
        }

        var step = Jit(
            (Cell cell, Adam<Cell> state) =>
            {
                var (value, grad) = ValueAndGrad<Cell>(Loss)(cell);
                return (state.Update(cell, grad, 0.003), value);
            }
        );
        var cell = Cell.Random(new RandomKey(3));
        var state = Adam<Cell>.For(cell);
        var table = new Table().AddColumns("step", "mean squared error");
        for (var i = 0; i <= Iterations; i++)
        {
            ((cell, state), var loss) = step(cell, state);
            if (i % 50 == 0)
                table.AddRow($"{i}", $"{(double)loss:F5}");
        }
        AnsiConsole.Write(table);
        Console.WriteLine($"To say the last value again has an error of {(double)Square(signal[1..] - signal[..^1]).Mean():F5}.");
    }
}
