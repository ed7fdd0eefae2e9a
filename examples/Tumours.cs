using Spectre.Console;

namespace Autodiff.Examples;

/// <summary>
/// Logistic regression by Newton's method: is a tumour benign? The curvature is used but never written down: conjugate gradients need only
/// its product with a vector, which is the derivative of the gradient in that direction.
/// </summary>
static class Tumours
{
    public static void Run()
    {
        var (x, y) = Data.Tumours();
        var (trainX, trainY, testX, testY) = (x[..400], y[..400], x[400..], y[400..]);

        // The logarithm of the odds is linear in the measurements; log(1 + eᶻ) − y·z is minus the log-likelihood.
        NDArray Loss(NDArray w)
        {
            var z = MatMul(trainX, w);
            return (LogAddExp(z, 0) - trainY * z).Mean() + 0.001 * Square(w).Sum();
        }

        var newton = Jit(
            (NDArray w) =>
            {
                var (value, grad) = ValueAndGrad(Loss)(w);
                var direction = ConjugateGradients(v => Jvp(Grad(Loss), w, v).Tangent, grad);
                return (w - direction, value, Sqrt(Dot(grad, grad)));
            }
        );

        var table = new Table().AddColumns("step", "loss", "size of the gradient");
        var w = Zeros(30);
        for (var i = 0; i < 10; i++)
        {
            (w, var loss, var size) = newton(w);
            table.AddRow($"{i}", $"{(double)loss:F8}", $"{(double)size:E1}");
        }
        AnsiConsole.Write(table);
        var right = Equal(MatMul(testX, w) > 0, testY > 0.5).Mean();
        Console.WriteLine($"{(double)right:P1} of {testX.Length} unseen tumours are told right.");

        // The whole Hessian is one call, too.
        var hessian = Jit(Hessian(Loss))(w);
        Console.WriteLine($"The Hessian {hessian.Shape} is symmetric: {AllClose(hessian, hessian.T)}.");
    }

    /// <summary>The x for which A·x = b, where A is symmetric and positive, known by its products alone.</summary>
    static NDArray ConjugateGradients(Func<NDArray, NDArray> product, NDArray b) =>
        WhileLoop(
            s => Dot(s.Residual, s.Residual) > 1e-20 * Dot(b, b),
            s =>
            {
                var image = product(s.Direction);
                var size = Dot(s.Residual, s.Residual);
                var step = size / Dot(s.Direction, image);
                var residual = s.Residual - step * image;
                return (s.X + step * s.Direction, residual, residual + Dot(residual, residual) / size * s.Direction);
            },
            init: (X: ZerosLike(b), Residual: b, Direction: b)
        ).X;
}
