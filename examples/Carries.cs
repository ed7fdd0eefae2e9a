using static Autodiff.Examples.Example;

namespace Autodiff.Examples;

/// <summary>Loops that hand on a state, and derivatives through them.</summary>
static partial class Carries
{
    [PyTree]
    internal sealed partial record Body(NDArray Position, NDArray Velocity);

    public static void Run()
    {
        // A body thrown up, with drag, for a second: one native loop when jitted, and as differentiable as any other function.
        NDArray Height(NDArray speed)
        {
            var (end, _) = Scan(
                (body, force) =>
                {
                    var velocity = body.Velocity + 0.01 * (force - 0.5 * body.Velocity);
                    var next = new Body(body.Position + 0.01 * velocity, velocity);
                    return (next, next.Position);
                },
                init: new Body(0.0, speed),
                xs: Full([100], -9.81)
            );
            return end.Position;
        }
        Show(Height(10.0));
        Show(Jit(Grad(Height))(10.0));

        // The number of steps depends on the data, and reverse mode still works; JAX raises an error here.
        NDArray Blowup(NDArray x) => WhileLoop(y => y < 100, y => y * y, init: x);
        Show(Blowup(2.0));
        Show(Grad(Blowup)(2.0));
        Show(Grad(Grad(Blowup))(2.0));
        Show(Jit(Vmap(Grad(Blowup)))([2.0, 3.0, 5.0, 11.0]));
    }
}
