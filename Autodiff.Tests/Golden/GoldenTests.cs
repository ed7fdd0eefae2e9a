using System.Runtime.CompilerServices;
using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>The programs of typical functions, as they print. A change here is a change of what runs: look at it.</summary>
public class GoldenTests
{
    static void Prints(string expected, Jaxpr actual) => Assert.Equal(expected, actual.ToString(), ignoreLineEndingDifferences: true);

    [Fact]
    public void Gradient_of_x_sin_x() => Prints("""
        TODO
        """, MakeJaxpr(Grad(x => x * Sin(x)), Ones()));

    [Fact]
    public void Gradient_of_a_quadratic_loss() => Prints("""
        TODO
        """, MakeJaxpr((NDArray w, NDArray x, NDArray y) => Grad((NDArray v) => Sum(Square(Dot(x, v) - y)))(w), Ones(3), Ones(5, 3), Ones(5)));

    [Fact]
    public void Scan_and_its_gradient()
    {
        static NDArray F(NDArray w, NDArray c) => Scan((k, x) => (Tanh(w * k) + x, default(ValueTuple)), c, Zeros(5)).Carry;
        Prints("""
            TODO
            """, MakeJaxpr((w, c) => F(w, c), Ones(), Ones()));
        Prints("""
            TODO
            """, MakeJaxpr((w, c) => Grad(v => F(v, c))(w), Ones(), Ones()));
    }

    [Fact]
    public void Gradient_of_a_scan_with_an_invariant()
    {
        static NDArray F(NDArray w, NDArray c) => Sum(Scan((k, x) => (k * Exp(w) * x, default(ValueTuple)), c, Ones(5)).Carry);
        Prints("""
            TODO
            """, MakeJaxpr((w, c) => Grad(v => F(v, c))(w), Ones(3), Ones(3)));
    }

    [Fact]
    public void While_and_its_gradient()
    {
        static NDArray F(NDArray x) => WhileLoop(y => y < 100, y => y * y, x);
        Prints("""
            TODO
            """, MakeJaxpr(F, Ones()));
        Prints("""
            TODO
            """, MakeJaxpr(Grad(F), Ones()));
    }

    [Fact]
    public void Vmapped_while() => Prints("""
        TODO
        """, MakeJaxpr(Vmap(x => WhileLoop(y => y < 100, y => y * y, x)), Ones(4)));

    [Fact]
    public void Vmapped_counted_loop_keeps_its_counter_a_number() => Prints("""
        TODO
        """, MakeJaxpr(Vmap(x => ForiLoop(0, 5, (i, y) => y * x + i, x)), Ones(4)));

    [Fact]
    public void Cond_and_its_gradient()
    {
        static NDArray F(NDArray x) => Cond(x > 0, a => Sin(a), a => a * a, x);
        Prints("""
            TODO
            """, MakeJaxpr(F, Ones()));
        Prints("""
            TODO
            """, MakeJaxpr(Grad(F), Ones()));
    }

    [Fact]
    public void Jit_in_jit_and_its_gradient()
    {
        var inner = Jit((NDArray x) => Sin(x) * x);
        Prints("""
            TODO
            """, MakeJaxpr(x => inner(x) + 1, Ones()));
        Prints("""
            TODO
            """, MakeJaxpr(Grad(inner), Ones()));
    }

    [Fact]
    public void Gradient_of_a_checkpoint() => Prints("""
        TODO
        """, MakeJaxpr(Grad(Checkpoint((NDArray x) => Sin(Exp(x)))), Ones()));

    [Fact]
    public void Gradient_of_a_custom_vjp() => Prints("""
        TODO
        """, MakeJaxpr(Grad(CustomVjp(Sin, x => (Sin(x), Cos(x)), (cos, ct) => cos * ct)), Ones()));
}
