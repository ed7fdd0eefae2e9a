using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>What loops keep for reverse mode, and how often they are traced.</summary>
public class LoopMemoryTests
{
    static NDArray Tanhs(NDArray w, NDArray x) => Sum(Scan((c, _) => (Tanh(Dot(w, c)), Zeros()), x, Zeros(5)).Carry);

    /// <summary>The types that the scans of a program stack, one a step.</summary>
    static string[] Stacked(Jaxpr program) =>
        [
            .. program
                .Equations.Where(e => e.Primitive is ScanPrimitive)
                .SelectMany(e => e.Outputs.Skip(((ScanPrimitive)e.Primitive).Carry))
                .Select(v => v.Aval.ToString()),
        ];

    [Fact]
    public void An_invariant_matrix_is_not_stacked()
    {
        // The carry that enters each step and the tanh are kept; the matrix and what depends on it alone are not.
        var program = MakeJaxpr((NDArray w) => Grad((NDArray v) => Tanhs(v, Ones(3)))(w), Zeros(3, 3));
        Assert.DoesNotContain(Stacked(program), type => type.Contains("3,3", StringComparison.Ordinal));
        Assert.InRange(Stacked(program).Length, 1, 2);
    }

    [Fact]
    public void What_depends_on_invariants_alone_is_computed_once()
    {
        static NDArray F(NDArray w) => Sum(Scan((c, x) => (c * Exp(w) * x + Sin(c), Zeros()), Ones(3), 1.0 * Arange(5)).Carry);
        var program = MakeJaxpr(Grad(F), Zeros(3));
        // The carry that enters and its cosine, but neither exp nor the row as it is broadcast.
        Assert.Equal(["f64[5,3]", "f64[5,3]"], Stacked(program));
        Assert.Equal(1, program.Equations.Count(e => e.Primitive.Name == "exp"));
    }

    [Fact]
    public void The_rows_of_xs_are_residuals_as_they_are()
    {
        static NDArray F(NDArray c) => Scan((k, x) => (k * x, Zeros()), c, 1.0 * Arange(5) + 1).Carry;
        Assert.Empty(Stacked(MakeJaxpr(Grad(F), 1.0)));
    }

    [Fact]
    public void What_is_cheap_to_compute_again_is_not_stacked()
    {
        // Three residuals, each a few additions from the carry that enters.
        static NDArray Step(NDArray c) => c * (c + 1) * (c - 2) * (2 * c + 3);
        Assert.Equal(["f64[5,3]"], Stacked(MakeJaxpr(Grad(x => Sum(ForiLoop(0, 5, (_, c) => Step(c), x))), Ones(3))));
        var tapes = MakeJaxpr(Grad(x => Sum(WhileLoop(c => Sum(c) < 99, Step, x))), Ones(3)).Equations.SelectMany(e => e.Outputs);
        Assert.Equal("f64[3]", Assert.Single(tapes, v => v.Aval.Tape > 0).Aval.Row.ToString());
    }

    [Fact]
    public void What_is_small_is_stacked_in_place_of_what_it_comes_from()
    {
        // A number a step, and not the row that it sums up.
        static NDArray F(NDArray x) => Scan((k, row) => (k * Sum(Exp(row)), Zeros()), x, Ones(5, 100)).Carry;
        Assert.Equal(["f64[5]"], Stacked(MakeJaxpr(Grad(F), 1.0)));
    }

    [Fact]
    public void A_linear_while_keeps_a_count_and_no_tape()
    {
        var program = MakeJaxpr(Grad(x => WhileLoop(y => y < 100, y => y * 3, x)), 2.0);
        Assert.DoesNotContain("tape", program.ToString());
    }

    [Fact]
    public void Ys_that_nobody_reads_are_not_stacked_under_Jit()
    {
        var program = MakeJaxpr(x => Scan((c, _) => (Sin(c), c * c), x, length: 9, xs: Zeros(9)).Carry, 1.0);
        Assert.Empty(Stacked(program));
    }

    [Fact]
    public void A_body_is_traced_once_and_twice_where_a_weak_carry_adapts()
    {
        var traces = 0;
        NDArray Body(NDArray y)
        {
            traces++;
            return y * 2.5;
        }
        WhileLoop(y => y < 100, Body, Ones());
        Assert.Equal(1, traces);
        traces = 0;
        WhileLoop(y => y < 100, Body, 1);
        Assert.Equal(2, traces);
    }

    [Fact]
    public void A_gradient_traces_the_body_once_to_any_order()
    {
        var traces = 0;
        NDArray F(NDArray x) =>
            WhileLoop(
                y => y < 100,
                y =>
                {
                    traces++;
                    return y * y;
                },
                x
            );
        Agreement.Holds([10752], Grad(Grad(Grad(F)))(2.0));
        Assert.Equal(1, traces);
    }

    [Fact]
    public void A_hundred_thousand_checkpointed_steps_of_a_thousand_numbers_fit_in_64_megabytes()
    {
        const int Steps = 100_000;
        static NDArray F(NDArray c, Checkpointing? checkpoint) =>
            Sum(Scan((k, _) => (Sin(k) * 1.0001, default(ValueTuple)), c, Zeros(Steps), checkpoint: checkpoint).Carry);
        var at = Arange(1000) * 0.001;
        CpuExecutable Compiled(Checkpointing? checkpoint)
        {
            var program = MakeJaxpr(Grad(x => F(x, checkpoint)), at);
            return (CpuExecutable)CpuDevice.Instance.Compile(ProgramBuilder.Build(program.InputTypes, program.Emit));
        }
        var gradient = Compiled(Checkpointing.Sqrt);
        Assert.InRange(gradient.ScratchBytes, 1, 64L << 20);
        Assert.True((bool)All(IsFinite(gradient.Run([at])[0])));
        // What the bound is worth: the plain gradient stores a row a step.
        Assert.InRange(Compiled(null).ScratchBytes, Steps * 8000L, long.MaxValue);
    }
}
