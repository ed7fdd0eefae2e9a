using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

[PyTree]
public sealed partial record Line(NDArray Slope, NDArray Offset);

/// <summary>Grad and its relatives in reverse mode.</summary>
public class GradTests
{
    static readonly NDArray X = new[] { 1.0, 2, 3 };

    static NDArray Loss(Line line, NDArray x, NDArray y) => Sum(Square(line.Slope * x + line.Offset - y));

    [Fact]
    public void Grad_of_a_lambda_a_method_and_an_operation()
    {
        Agreement.Holds([6], Grad(x => x * x)(3.0));
        Agreement.Holds([Math.Cos(0.5)], Grad(Sin)(0.5));
        Agreement.Holds(2 * X, Grad(x => Dot(x, x))(X));
    }

    [Fact]
    public void Grad_differentiates_the_first_argument_which_may_be_a_tree()
    {
        var grad = Grad((Line l, NDArray x, NDArray y) => Loss(l, x, y))(new(2.0, 1.0), X, X);
        Agreement.Holds([2 * (2 * 1 + 3 * 2 + 4 * 3)], grad.Slope);
        Agreement.Holds([2 * (2 + 3 + 4)], grad.Offset);
        Agreement.Holds([2.0 * 5], Grad((x, y) => x * x * y)(1.0, 5.0));
        Agreement.Holds([2.0 * 5 * 7], Grad((x, y, z) => x * x * y * z)(1.0, 5.0, 7.0));
    }

    [Fact]
    public void Fn_lets_a_method_with_a_record_be_differentiated() =>
        Agreement.Holds([18], Grad(Fn<Line, NDArray, NDArray, NDArray>(Loss))(new(2.0, 1.0), X, X).Offset);

    [Fact]
    public void ValueAndGrad_gives_both()
    {
        var (value, grad) = ValueAndGrad(x => Sum(x * x))(X);
        Agreement.Holds([14], value);
        Agreement.Holds(2 * X, grad);
    }

    [Fact]
    public void Auxiliary_results_come_out_undifferentiated()
    {
        var (grad, aux) = GradWithAux((NDArray x) => (x * x, (Steps: x * 10, Name: Arange(2))))(3.0);
        Agreement.Holds([6], grad);
        Agreement.Holds([30], aux.Steps);
        Assert.Equal(DType.Int64, aux.Name.DType);
        var (value, other, slope) = ValueAndGradWithAux((NDArray x, NDArray y) => (x * y, x + y))(3.0, 4.0);
        Agreement.Holds([12], value);
        Agreement.Holds([7], other);
        Agreement.Holds([4], slope);
    }

    [Fact]
    public void Plain_control_flow_on_concrete_values_works_under_Grad_and_Jvp()
    {
        static NDArray F(NDArray x)
        {
            var y = x;
            while ((double)y < 100)
                y = (bool)(y > 10) ? y * x : y * y;
            return y;
        }
        // 2, 4, 16, 32, 64, 128: x⁷.
        Agreement.Holds([7 * 64], Grad(F)(2.0));
        Agreement.Holds([7 * 64], Jvp(F, 2.0, 1.0).Tangent);
        Agreement.Holds([42 * 32], Grad(Grad(F))(2.0));
    }

    [Fact]
    public void The_pullback_may_be_used_again()
    {
        var (value, pullback) = Vjp(x => Sin(x) * 2, X);
        Agreement.Holds(2 * Sin(X), value);
        Agreement.Holds(2 * Cos(X), pullback(Ones(3)));
        Agreement.Holds(2 * Cos(X) * X, pullback(X));
        Agreement.Holds(2 * Cos(X), Vmap(pullback)(Ones(4, 3))[2]);
    }

    [Fact]
    public void A_function_that_ignores_its_argument_has_gradient_zero()
    {
        Agreement.Holds([0, 0, 0], Grad(_ => 1.0)(X));
        Agreement.Holds([0, 0, 0], Vjp(_ => Ones(2), X).Pullback(Ones(2)));
    }

    [Fact]
    public void The_gradient_has_the_type_of_the_argument()
    {
        var grad = Grad(x => Sum(AsType(x, DType.Float64) * 2.5))(new[] { 1f, 2f });
        Assert.Equal(new Aval(DType.Float32, [2]), grad.Aval);
        Assert.Equal(DType.Float64, Grad(x => x * x)(3.0).DType);
    }

    [Fact]
    public void Higher_orders_up_to_five()
    {
        Func<NDArray, NDArray> reverse = x => Sin(x) * Exp(x),
            mixed = reverse;
        // The n-th derivative of sin x · eˣ is 2^(n/2) eˣ sin(x + nπ/4).
        for (var n = 1; n <= 5; n++)
        {
            reverse = Grad(reverse);
            mixed = n % 2 == 0 ? Grad(mixed) : TransformChain.Slope(mixed);
            double[] expected = [Math.Pow(2, n / 2.0) * Math.Exp(0.7) * Math.Sin(0.7 + n * Math.PI / 4)];
            Agreement.Holds(expected, reverse(0.7));
            Agreement.Holds(expected, mixed(0.7));
            Agreement.Holds(expected, Jit(reverse)(0.7));
        }
    }

    [Fact]
    public void Perturbations_are_not_confused()
    {
        // d/dx x·(d/dy (x + y)) = 1; a tangent mistaken for another gives 2.
        Agreement.Holds([1], Grad(x => x * Grad(y => x + y)(1.0))(1.0));
        Agreement.Holds([1], Jvp(x => x * Jvp(y => x + y, 1.0, 1.0).Tangent, 1.0, 1.0).Tangent);
        Agreement.Holds([1], Grad(x => x * Jvp(y => x + y, 1.0, 1.0).Tangent)(1.0));
        Agreement.Holds([1], Jvp(x => x * Grad(y => x + y)(1.0), 1.0, 1.0).Tangent);
        Agreement.Holds([24], Grad(x => x * Grad(y => x * y * y)(2.0) * Grad(_ => x * x * x)(5.0) + 4 * x * Grad(y => x * y)(x))(3.0));
    }

    [Fact]
    public void StopGradient_stops_every_mode()
    {
        Agreement.Holds([3], Grad(x => x * StopGradient(x))(3.0));
        Agreement.Holds([3], Jvp(x => x * StopGradient(x), 3.0, 1.0).Tangent);
        Agreement.Holds([3], Jit(Grad(x => x * StopGradient(x)))(3.0));
        Agreement.Holds([0], Grad(Grad(x => x * StopGradient(x)))(3.0));
        Agreement.Holds(X, Vmap(Grad(x => x * StopGradient(x)))(X));
    }

    [Fact]
    public void LinearTranspose_of_a_linear_function()
    {
        NDArray m = new[,]
        {
            { 1.0, 2, 3 },
            { 4, 5, 6 },
        };
        Agreement.Holds(Dot(Transpose(m), Ones(2)), LinearTranspose(x => Dot(m, x), X)(Ones(2)));
        var (a, b) = LinearTranspose(((NDArray, NDArray) p) => p.Item1 * 2 + Sum(p.Item2), ((NDArray)0.0, Zeros(2)))(1.0);
        Agreement.Holds([2], a);
        Agreement.Holds([1, 1], b);
    }
}
