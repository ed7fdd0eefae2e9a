using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>Which axes Vmap maps, and how it nests.</summary>
public class VmapTests
{
    static readonly NDArray Rows = Sin(Arange(12)).Reshape(3, 4);
    static readonly NDArray Vector = new[] { 1.0, 2, 3, 4 };

    [Fact]
    public void The_first_axis_by_default() => Agreement.Holds(Sum(Rows, 1), Vmap(x => Sum(x))(Rows));

    [Fact]
    public void One_axis_for_each_argument_negative_or_null_for_shared()
    {
        var f = (NDArray x, NDArray y) => Dot(x, y);
        Agreement.Holds(Dot(Rows, Vector), Vmap(f, [0, null])(Rows, Vector));
        Agreement.Holds(Dot(Rows, Vector), Vmap(f, [null, 0])(Vector, Rows));
        Agreement.Holds(Dot(Rows, Vector), Vmap(f, [-1, null])(Transpose(Rows), Vector));
        Agreement.Holds(Sum(Rows * Rows, 1), Vmap(f, [0, 1])(Rows, Transpose(Rows)));
    }

    [Fact]
    public void The_results_are_stacked_along_the_out_axis()
    {
        var doubled = Vmap(x => 2 * x, outAxis: 1)(Rows);
        Agreement.Holds(2 * Transpose(Rows), doubled);
        Agreement.Holds(2 * Transpose(Rows), Vmap(x => 2 * x, outAxis: -1)(Rows));
        Agreement.Holds(2 * Rows, Vmap(x => 2 * x, [1], 1)(Rows));
    }

    [Fact]
    public void BatchAxes_has_an_axis_for_each_leaf()
    {
        var f = (Line l, NDArray x) => (Value: l.Slope * Sum(x) + l.Offset, l.Offset);
        BatchAxes axes = new() { In = [0, null, -1], Out = [0, null] };
        var (value, offset) = Vmap(f, axes)(new(new[] { 1.0, 2, 3 }, 10.0), Transpose(Rows));
        Agreement.Holds(new[] { 1.0, 2, 3 } * Sum(Rows, 1) + 10, value);
        Agreement.Holds([10], offset);
        Assert.Equal(0, offset.Rank);
    }

    [Fact]
    public void A_size_alone_repeats()
    {
        var f = Vmap((NDArray x) => x + 1, new BatchAxes { In = [null], Size = 3 });
        Agreement.Holds([2, 2, 2], f(1.0));
    }

    [Fact]
    public void A_result_that_does_not_depend_on_the_example_is_repeated() => Agreement.Holds([7, 7, 7], Vmap(_ => (NDArray)7.0)(Rows));

    [Fact]
    public void Vmaps_nest_along_any_axes()
    {
        NDArray a = Sin(Arange(24)).Reshape(2, 3, 4);
        Agreement.Holds(Sum(a, 2), Vmap(Vmap(x => Sum(x)))(a));
        Agreement.Holds(Sum(a, 0), Vmap(Vmap(x => Sum(x), [1]), [1])(a));
        Agreement.Holds(Sum(a, 1), Vmap(Vmap(x => Sum(x), [-1]))(a));
        Agreement.Holds(Outer(Vector, Vector), Vmap(x => Vmap(y => x * y)(Vector))(Vector));
    }

    [Fact]
    public void Functions_of_trees()
    {
        var f = Vmap((Dictionary<string, NDArray> d) => (Sum(d["a"]) * d["b"], d["b"]));
        var (product, same) = f(new() { ["a"] = Rows, ["b"] = new[] { 1.0, 2, 3 } });
        Agreement.Holds(Sum(Rows, 1) * new[] { 1.0, 2, 3 }, product);
        Agreement.Holds([1, 2, 3], same);
    }

    [Fact]
    public void A_captured_array_is_shared() => Agreement.Holds(Rows + Vector, Vmap(x => x + Vector)(Rows));

    [Fact]
    public void Gradients_of_each_example()
    {
        var f = (Line l, NDArray x) => Square(l.Slope * x + l.Offset);
        var grads = Vmap(Grad(f), [null, 0])(new(2.0, 1.0), Vector);
        Agreement.Holds(2 * (2 * Vector + 1) * Vector, grads.Slope);
        Agreement.Holds(2 * (2 * Vector + 1), grads.Offset);
    }

    [Fact]
    public void A_batch_of_no_examples()
    {
        Assert.Equal([0, 4], Vmap(x => x * 2)(Zeros(0, 4)).Shape);
        Assert.Equal([0, 4], Vmap(Grad(x => Sum(Sin(x))))(Zeros(0, 4)).Shape);
    }

    [Fact]
    public void Vmap_commutes_with_Grad()
    {
        static NDArray F(NDArray x) => Sum(Sin(x) * CumSum(x));
        Agreement.Holds(Grad(x => Sum(Vmap(F)(x)))(Rows), Vmap(Grad(F))(Rows));
        Agreement.Holds(Vmap(Grad(F))(Rows), Jit(Vmap(Grad(F)))(Rows));
    }
}
