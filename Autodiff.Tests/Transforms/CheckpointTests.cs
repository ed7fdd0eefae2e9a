using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>Checkpoint changes what is stored, and no value.</summary>
public class CheckpointTests
{
    static readonly NDArray X = new[] { 1.0, 2, 3 };

    static NDArray F(NDArray x) => Sum(Sin(Exp(Sin(x))) * x);

    [Fact]
    public void Every_stack_of_transforms_agrees()
    {
        var f = Checkpoint((NDArray x) => F(x));
        Agreement.Holds(F(X), f(X));
        Agreement.Holds(Grad(F)(X), Grad(f)(X));
        Agreement.Holds(Grad(F)(X), Jit(Grad(f))(X));
        Agreement.Holds(Jvp(F, X, X).Tangent, Jvp(f, X, X).Tangent);
        Agreement.Holds(Hessian(F)(X), Hessian(f)(X));
        Agreement.Holds(Hessian(F)(X), JacRev(JacRev(f))(X));
        Agreement.Holds(Vmap(Grad(F))(Stack([X, 2 * X])), Vmap(Grad(f))(Stack([X, 2 * X])));
        Agreement.Holds(Grad(F)(X), Grad(x => Checkpoint((NDArray y) => f(y))(x))(X));
    }

    [Fact]
    public void The_backward_pass_runs_the_function_again()
    {
        static int Sines(Func<NDArray, NDArray> f) => MakeJaxpr(ValueAndGrad<NDArray>(f), X).ToString().Split(" = sin ").Length - 1;
        Assert.Equal(2, Sines(F));
        Assert.Equal(4, Sines(Checkpoint((NDArray x) => F(x))));
    }

    [Fact]
    public void Trees_and_captured_values()
    {
        var f = Checkpoint((Line l, NDArray x) => (l.Slope * x, Sin(l.Offset)));
        NDArray Loss(Line l) => Grad(s => f(l with { Slope = l.Slope * s }, s * X) is var (a, b) ? Sum(a) * b : s)(2.0);
        static NDArray Plain(Line l) => Grad(s => Sum(l.Slope * s * s * X) * Sin(l.Offset))(2.0);
        Line at = new(1.5, 0.3);
        Agreement.Holds(Plain(at), Loss(at));
        Agreement.Holds(Grad<Line>(Plain)(at).Offset, Grad<Line>(Loss)(at).Offset);
        Agreement.Holds(Grad<Line>(Plain)(at).Offset, Grad<Line>(l => Checkpoint((NDArray x) => Plain(l) * x)(1.0))(at).Offset);
    }
}
