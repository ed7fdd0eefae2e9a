using static Autodiff.Examples.Example;

namespace Autodiff.Examples;

/// <summary>Transforms take functions and give functions, so they nest.</summary>
static partial class Composition
{
    [PyTree]
    internal sealed partial record Mlp(NDArray W1, NDArray B1, NDArray W2, NDArray B2);

    public static void Run()
    {
        var sech2 = Grad(Tanh);
        Show(Vmap(Grad(sech2))([-1.0, 0.5, 1.0]));

        NDArray Rosenbrock(NDArray v) => 100 * Square(v[1] - Square(v[0])) + Square(1 - v[0]);
        Show(Hessian(Rosenbrock)([1.0, 1.0]));
        Show(Jvp(Rosenbrock, [1.0, 2.0], [1.0, 0.0]));
        Show(MakeJaxpr(Grad(x => x * Sin(x)), 2.0));

        // The gradient of each example's loss with respect to a record of parameters, in one call.
        var loss = (Mlp m, NDArray x, NDArray t) => Square(Dot(m.W2, Tanh(Dot(m.W1, x) + m.B1)) + m.B2 - t).Sum();
        var perExample = Jit(Vmap(Grad(loss), inAxes: [null, 0, 0]));
        var key = new RandomKey(0);
        var network = new Mlp(key.Normal([8, 3]), Zeros(8), key.Normal([2, 8]), Zeros(2));
        Show(perExample(network, Ones(100, 3), Ones(100, 2)).W1.Shape);
    }
}
