using static Autodiff.Examples.Example;

namespace Autodiff.Examples;

/// <summary>log(1 + eˣ), whose derivative is worth stating: differentiated as written it is ∞/∞ for large x.</summary>
static class Rules
{
    public static void Run()
    {
        NDArray Naive(NDArray x) => Log(1 + Exp(x));
        var softplus = CustomVjp(
            f: x => Maximum(x, 0) + Log1p(Exp(-Abs(x))),
            forward: x => (Maximum(x, 0) + Log1p(Exp(-Abs(x))), x),
            backward: (x, ct) => ct / (1 + Exp(-x))
        );
        Show(Grad(Naive)(1000.0));
        Show(Grad(softplus)(1000.0));
        Show(Vmap(Grad(Grad(softplus)))([-1.0, 0.5, 1000.0]));
        Show(Jvp(softplus, 0.5, 1.0));

        CheckGrads(softplus, order: 2, at: [0.5, -3.0]);
        Console.WriteLine("CheckGrads agrees to second order.");
    }
}
