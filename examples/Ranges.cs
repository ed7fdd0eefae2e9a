using static Autodiff.Examples.Example;

namespace Autodiff.Examples;

/// <summary>A range, a loop that carries a sum, a function mapped in two ways, a gradient.</summary>
static class Ranges
{
    public static void Run()
    {
        Show(Arange(0, 10, 2));
        Show(ForiLoop(0, 10, (i, total) => total + i, init: 0));

        // Map takes one number at a time, as a scan; Jit makes the whole expression one loop over all.
        NDArray Compute(NDArray x) => x * x + 3 * x + 2;
        var numbers = Arange(0, 1_000_000, 2);
        var oneByOne = Map(Compute, numbers);
        var atOnce = Jit(Compute)(numbers);
        Show(ArrayEqual(oneByOne, atOnce));
        Show(atOnce[^1]);

        NDArray Loss(NDArray w, NDArray x, NDArray y) => Square(MatMul(x, w) - y).Mean();
        var grad = Jit(Grad(Loss));
        var x = Asarray(
            new[,]
            {
                { 1, 2 },
                { 3, 4 },
            }
        );
        Show(grad([0.1, 0.2], x, [5, 6]));
    }
}
