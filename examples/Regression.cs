using Spectre.Console;

namespace Autodiff.Examples;

/// <summary>
/// Ridge regression on medical data, trained by gradient descent. How strongly to hold the weights down is found by gradient descent too:
/// on the error for patients not trained on, differentiated through the whole training loop.
/// </summary>
static partial class Regression
{
    [PyTree]
    internal sealed partial record Model(NDArray Weights, NDArray Bias)
    {
        public NDArray MeanSquaredError(NDArray x, NDArray y) => Square(MatMul(x, Weights) + Bias - y).Mean();
    }

    public static void Run()
    {
        var (x, y) = Data.Diabetes();
        var (trainX, trainY, otherX, otherY) = (x[..40], y[..40], x[40..], y[40..]);

        Model Trained(NDArray logPenalty)
        {
            NDArray Loss(Model m) => m.MeanSquaredError(trainX, trainY) + Exp(logPenalty) * Square(m.Weights).Sum();
            return ForiLoop(
                0,
                500,
                (_, m) => Tree.Map((p, g) => p - 0.05 * g, m, Grad<Model>(Loss)(m)),
                init: new Model(Zeros(10), trainY.Mean())
            );
        }
        var errorOnOthers = Jit(ValueAndGrad((NDArray logPenalty) => Trained(logPenalty).MeanSquaredError(otherX, otherY)));

        var table = new Table().AddColumns("penalty", "error on other patients", "derivative");
        NDArray logPenalty = -5.0;
        for (var i = 0; i <= 30; i++)
        {
            var (error, slope) = errorOnOthers(logPenalty);
            if (i % 5 == 0)
                table.AddRow($"{Math.Exp((double)logPenalty):F4}", $"{Math.Sqrt((double)error):F2}", $"{(double)slope:F3}");
            logPenalty -= 0.01 * slope;
        }
        AnsiConsole.Write(table);
        Console.WriteLine($"To say the mean for everybody is wrong by {Math.Sqrt((double)Square(otherY - trainY.Mean()).Mean()):F2}.");
    }
}
