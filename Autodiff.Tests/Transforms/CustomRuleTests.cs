using static Autodiff.Ops;
using static Autodiff.Transform;
using Function = System.Func<Autodiff.NDArray, Autodiff.NDArray>;

namespace Autodiff.Tests;

/// <summary>CustomJvp and CustomVjp. Their rules are wrong on purpose, by a factor, so that one sees that they are used.</summary>
public class CustomRuleTests
{
    static readonly NDArray X = new[] { 0.5, 1.5, 2.5 };

    // Tripled derivatives: sin′ = 3 cos.
    static readonly Function ByJvp = CustomJvp(Sin, (x, dx) => (Sin(x), 3 * Cos(x) * dx));
    static readonly Function ByVjp = CustomVjp(Sin, x => (Sin(x), Cos(x)), (cos, ct) => 3 * cos * ct);

    // Quintupled in forward mode.
    static readonly Function ByBoth = CustomVjp(
        Sin,
        x => (Sin(x), Cos(x)),
        (cos, ct) => 3 * cos * ct,
        (x, dx) => (Sin(x), 5 * Cos(x) * dx)
    );

    public static TheoryData<string> Kinds => ["jvp", "vjp", "both"];

    static Function Of(string kind) =>
        kind switch
        {
            "jvp" => ByJvp,
            "vjp" => ByVjp,
            _ => ByBoth,
        };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_rule_is_used_in_every_stack(string kind)
    {
        var f = Of(kind);
        var (expected, second) = (3 * Cos(X), -3 * Sin(X));
        Agreement.Holds(Sin(X), f(X));
        Agreement.Holds(Sin(X), Jit(f)(X));
        Agreement.Holds(Sin(X), Vmap(f)(X));
        Agreement.Holds(expected, Grad(x => Sum(f(x)))(X));
        Agreement.Holds(expected, Jit(Grad(x => Sum(f(x))))(X));
        Agreement.Holds(expected, Grad(x => Sum(Jit(f)(x)))(X));
        Agreement.Holds(expected, Vmap(Grad(f))(X));
        Agreement.Holds(expected, Grad(x => Sum(Vmap(f)(x)))(X));
        Agreement.Holds(second, Vmap(Grad(Grad(f)))(X));
        Agreement.Holds(second, Jit(Vmap(Grad(Jit(Grad(f)))))(X));
        Agreement.Holds(second, Jvp(Vmap(Grad(f)), X, Ones(3)).Tangent);
        Agreement.Holds(-3 * Cos(X), Vmap(Grad(Grad(Grad(f))))(X));
        // Pushing a tangent forwards is the jvp rule's business where there is one.
        Agreement.Holds(kind == "both" ? 5 * Cos(X) : expected, Linearize(f, X).Derivative(Ones(3)));
        Agreement.Holds(kind == "both" ? 5 * Cos(X) : expected, Jit(x => Jvp(f, x, Ones(3)).Tangent)(X));
    }

    [Fact]
    public void Forward_mode_goes_through_a_pullback_by_transposing_it()
    {
        Agreement.Holds(3 * Cos(X), Jvp(ByJvp, X, Ones(3)).Tangent);
        Agreement.Holds(3 * Cos(X), Jvp(ByVjp, X, Ones(3)).Tangent);
        Agreement.Holds(5 * Cos(X), Jvp(ByBoth, X, Ones(3)).Tangent);
        Agreement.Holds(3 * Cos(X), Jit(x => Jvp(ByVjp, x, Ones(3)).Tangent)(X));
        Agreement.Holds(-3 * Sin(X), Grad(x => Sum(Jvp(ByVjp, x, Ones(3)).Tangent))(X));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_rule_is_used_in_loops_and_branches(string kind)
    {
        var f = Of(kind);
        // y ← f(y) three times; each step contributes a factor 3 cos y.
        NDArray Plain(NDArray x)
        {
            for (var i = 0; i < 3; i++)
                x = f(x) + 1;
            return x;
        }
        var expected = Vmap(Grad(Plain))(X);
        var second = Vmap(Grad(Grad(Plain)))(X);
        Function[] loops =
        [
            x => ForiLoop(0, 3, (_, y) => f(y) + 1, x),
            x => Scan((y, _) => (f(y) + 1, y), x, Zeros(3)).Carry,
            x => Scan((y, _) => (f(y) + 1, y), x, Zeros(3), checkpoint: Checkpointing.Every(2)).Carry,
            x => WhileLoop(c => c.Item1 < 3, c => (c.Item1 + 1, f(c.Item2) + 1), (0, x)).Item2,
            x => Cond(x < 2, Plain, y => Plain(y), x),
            x => Checkpoint((NDArray y) => Plain(y))(x),
        ];
        foreach (var loop in loops)
        {
            Agreement.Holds(expected, Vmap(Grad(loop))(X));
            Agreement.Holds(expected, Grad(x => Sum(Vmap(loop)(x)))(X));
            Agreement.Holds(second, Jit(Vmap(Grad(Grad(loop))))(X));
        }
    }

    [Fact]
    public void Rules_on_trees()
    {
        var f = CustomVjp(
            (Line l) => (l.Slope * l.Offset, l.Slope),
            l => ((l.Slope * l.Offset, l.Slope), l),
            (l, ct) => new Line(7 * ct.Item1 * l.Offset + ct.Item2, 7 * ct.Item1 * l.Slope)
        );
        var grad = Grad((Line l) => f(l) is var (product, slope) ? product + slope : 0.0)(new(2.0, 5.0));
        Agreement.Holds([36], grad.Slope);
        Agreement.Holds([14], grad.Offset);

        var g = CustomJvp(
            (Line l) => (l.Slope * l.Offset, l.Slope),
            (l, d) => ((l.Slope * l.Offset, l.Slope), (7 * (d.Slope * l.Offset + l.Slope * d.Offset), d.Slope))
        );
        Agreement.Holds([36], Grad((Line l) => g(l) is var (product, slope) ? product + slope : 0.0)(new(2.0, 5.0)).Slope);
    }

    [Fact]
    public void Residuals_may_be_a_tree_with_integers()
    {
        var f = CustomVjp(
            (NDArray x) => x[1],
            x => (x[1], (Index: (NDArray)1, Like: x)),
            (r, ct) => Zeros(r.Like.Shape, DType.Float64).At[r.Index].Set(ct)
        );
        Agreement.Holds([0, 1, 0], Grad(f)(X));
        Agreement.Holds(Stack([X * 0, Ones(3), X * 0]).Transpose(), Vmap(Grad(f))(Stack([X, X, X])));
    }

    [Fact]
    public void A_captured_value_that_is_not_differentiated_may_be_used()
    {
        var f = (NDArray scale) => CustomJvp(x => x * scale, (x, dx) => (x * scale, 3 * scale * dx));
        Agreement.Holds(3 * X, Vmap(s => Grad(f(s))(1.0))(X));
    }

    [Fact]
    public void CheckGrads_accepts_right_rules_and_catches_wrong_ones()
    {
        CheckGrads(x => Sum(Sin(x) * x), 3, X);
        CheckGrads((Line l) => Sin(l.Slope) * l.Offset, 2, new Line(0.5, 2.0));
        CheckGrads(x => Sin(x), 1, new[] { 0.5f, 1f });
        CheckGrads(x => WhileLoop(y => y < 100, y => y * y, x), 2, 2.0);
        Assert.Throws<GradCheckException>(() => CheckGrads(ByJvp, 1, X));
        Assert.Throws<GradCheckException>(() => CheckGrads(ByVjp, 1, X));
        // The rule itself is right, its derivative is not.
        var flat = CustomJvp(Sin, (x, dx) => (Sin(x), StopGradient(Cos(x)) * dx));
        CheckGrads(flat, 1, X);
        Assert.Throws<GradCheckException>(() => CheckGrads(flat, 2, X));
        // Right in reverse mode, wrong in forward mode.
        var half = CustomVjp(Sin, x => (Sin(x), Cos(x)), (cos, ct) => cos * ct, (x, dx) => (Sin(x), 2 * Cos(x) * dx));
        Assert.Throws<GradCheckException>(() => CheckGrads(half, 1, X));
    }
}
