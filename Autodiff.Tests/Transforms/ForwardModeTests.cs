using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>Jvp, Linearize, Jacobians and Hessians.</summary>
public class ForwardModeTests
{
    static readonly NDArray X = new[] { 0.5, 1.5, -2 };

    static NDArray F(NDArray x) => Stack([x[0] * x[1], Sin(x[2]) * x[0], x[1] * x[1] * x[2], Sum(x)]);

    [Fact]
    public void Jvp_gives_value_and_tangent()
    {
        var (value, tangent) = Jvp(Sin, X, Ones(3));
        Agreement.Holds(Sin(X), value);
        Agreement.Holds(Cos(X), tangent);
    }

    [Fact]
    public void Jvp_of_trees_and_auxiliary_results()
    {
        var (value, tangent, aux) = JvpWithAux((Line l) => (l.Slope * l.Offset, l.Slope * 100), new Line(2.0, 3.0), new Line(1.0, 10.0));
        Agreement.Holds([6], value);
        Agreement.Holds([23], tangent);
        Agreement.Holds([200], aux);
    }

    [Fact]
    public void An_integer_leaf_has_no_tangent()
    {
        var (value, tangent) = Jvp(((NDArray, NDArray) p) => p.Item1 * p.Item2, ((NDArray)2.0, Arange(3)), ((NDArray)1.0, Arange(3)));
        Agreement.Holds([0, 2, 4], value);
        Agreement.Holds([0, 1, 2], tangent);
    }

    [Fact]
    public void Linearize_runs_the_function_once()
    {
        var runs = 0;
        var (value, derivative) = Linearize(
            x =>
            {
                runs++;
                return F(x);
            },
            X
        );
        Agreement.Holds(F(X), value);
        foreach (var direction in new[] { Ones(3), X, Zeros(3) })
            Agreement.Holds(Jvp(F, X, direction).Tangent, derivative(direction));
        Assert.Equal(1, runs);
        Agreement.Holds(JacFwd(F)(X), Vmap(derivative, outAxis: 1)(Identity(3)));
    }

    [Fact]
    public void Jacobians_of_both_modes_agree()
    {
        Agreement.Holds(JacFwd(F)(X), JacRev(F)(X));
        Agreement.Holds(JacFwd(F)(X), Jit(JacRev(F))(X));
        Assert.Equal([4, 3], JacRev(F)(X).Shape);
    }

    [Fact]
    public void Jacobians_of_matrices_have_the_axes_of_output_then_input()
    {
        NDArray m = Sin(Arange(6)).Reshape(2, 3);
        static NDArray Gram(NDArray a) => MatMul(a, Transpose(a)) * Sum(a);
        Assert.Equal([2, 2, 2, 3], JacFwd(Gram)(m).Shape);
        Agreement.Holds(JacFwd(Gram)(m), JacRev(Gram)(m));
    }

    [Fact]
    public void Jacobians_of_trees_are_trees_of_blocks()
    {
        static NDArray Values(Line l) => l.Slope * X + l.Offset * l.Offset;
        Line at = new(2.0, new[] { 1.0, 2, 3 }),
            forward = JacFwd<Line>(Values)(at),
            reverse = JacRev<Line>(Values)(at);
        Agreement.Holds(X, forward.Slope);
        Agreement.Holds(2 * at.Offset * Identity(3), forward.Offset);
        Agreement.Holds(forward.Slope, reverse.Slope);
        Agreement.Holds(forward.Offset, reverse.Offset);
    }

    [Fact]
    public void Hessians_of_all_mode_pairs_agree()
    {
        static NDArray Loss(NDArray x) => Sum(Exp(x) * Sin(x[0] * x[1])) + x[2] * x[2] * x[0];
        var hessian = Hessian(Loss)(X);
        Agreement.Holds(hessian, JacFwd(JacFwd(Loss))(X));
        Agreement.Holds(hessian, JacRev(JacRev(Loss))(X));
        Agreement.Holds(hessian, JacRev(JacFwd(Loss))(X));
        Agreement.Holds(hessian, JacFwd(Grad(Loss))(X));
        Agreement.Holds(hessian, Transpose(hessian));
        Agreement.Holds(hessian, Vmap(v => Jvp(Grad(Loss), X, v).Tangent)(Identity(3)));
        Assert.Equal([4, 3, 3], Hessian(F)(X).Shape);
    }

    [Fact]
    public void Jacobians_of_loops_agree()
    {
        static NDArray Loop(NDArray x) => WhileLoop(y => Sum(y) < 40, y => y * 1.5 + Sin(x) * y[0] + 1, x * x);
        Agreement.Holds(JacFwd(Loop)(X), JacRev(Loop)(X));
        Agreement.Holds(JacFwd(JacRev(Loop))(X), JacRev(JacRev(Loop))(X));
    }

    static NDArray Identity(int n) => AsType(Equal(Arange(n).Reshape(n, 1), Arange(n)), DType.Float64);
}
