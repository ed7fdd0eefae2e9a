using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>What transforms refuse, and how they say it.</summary>
public class TransformErrorTests
{
    static readonly NDArray X = new[] { 1.0, 2, 3 };

    [Fact]
    public void A_gradient_of_what_is_not_a_real_scalar()
    {
        Message.Says<ScalarOutputException>(() => Grad(x => x * 2)(X), "Grad", "real scalar", "f64[3]", "Sum or Mean", "JacRev");
        Message.Says<ScalarOutputException>(() => ValueAndGrad(x => Sum(x) > 1)(X), "ValueAndGrad", "bool[]", "Convert it");
    }

    [Fact]
    public void A_gradient_with_respect_to_integers()
    {
        Message.Says<IntegerInputException>(() => Grad(x => x * 2.0)(3), "Grad", "floating-point", "i64[]", "Convert it");
        Message.Says<IntegerInputException>(
            () => Grad((Spring s) => s.Position)(new(1.0, 2.0, Ones([], DType.Int32))),
            "`.Steps`",
            "i32[]",
            "later argument"
        );
        Message.Says<IntegerInputException>(() => JacFwd(x => x * 2.0)(Arange(3)), "JacFwd", "i64[3]");
        Message.Says<IntegerInputException>(() => JacRev(x => x * 2.0)(Arange(3)), "JacRev", "i64[3]");
    }

    [Fact]
    public void A_jacobian_of_integers() =>
        Message.Says<DTypeException>(() => JacRev(x => AsType(x, DType.Int64))(X), "JacRev", "floating-point", "i64[3]");

    [Fact]
    public void Tangents_and_cotangents_that_do_not_fit()
    {
        Message.Says<ShapeException>(() => Jvp(Sin, X, Ones(2)), "Jvp's tangent", "leaf 0", "f64[3]", "f64[2]");
        Message.Says<ShapeException>(() => Vjp(Sin, X).Pullback(Ones(4)), "pullback's cotangent", "f64[3]", "f64[4]");
        Message.Says<ShapeException>(() => Linearize(Sin, X).Derivative(Ones(4)), "derivative's tangent", "f64[3]", "f64[4]");
        Message.Says<ShapeException>(() => Jvp(Sin, X, Arange(3)), "f64[3]", "i64[3]");
        Message.Says<TreeMismatchException>(
            () => Jvp((List<NDArray> l) => l[0], [X], [X, X]),
            "primal and tangent",
            "List<NDArray>(1, *)",
            "List<NDArray>(2, *, *)"
        );
        Message.Says<TreeMismatchException>(() => Vjp((NDArray x) => new[] { x }, X).Pullback([X, X]), "pullback", "NDArray[](1, *)");
    }

    [Fact]
    public void A_transpose_of_what_is_not_linear()
    {
        Message.Says<NotLinearException>(() => LinearTranspose(x => Sin(x), X)(X), "'sin'", "not linear");
        Message.Says<NotLinearException>(() => LinearTranspose(x => x * x, X)(X), "linear");
    }

    [Fact]
    public void Vmap_over_sizes_that_disagree() =>
        Message.Says<BatchAxisException>(
            () => Vmap((Line l, NDArray x) => l.Slope * x)(new(X, X), Ones(4)),
            "disagree on the number of examples",
            "`l.Slope` has 3",
            "`x` has 4",
            "f64[4]"
        );

    [Fact]
    public void Vmap_over_axes_that_are_not_there()
    {
        Message.Says<BatchAxisException>(
            () => Vmap((NDArray x, NDArray rate) => x * rate)(X, 2.0),
            "axis 0",
            "`rate`",
            "f64[]",
            "Use null in inAxes"
        );
        Message.Says<BatchAxisException>(() => Vmap(x => x, [2])(X), "axis 2", "`x`", "f64[3]");
        Message.Says<BatchAxisException>(() => Vmap(x => x, outAxis: 3)(X), "out axis 3", "leaf 0", "f64[3]");
    }

    [Fact]
    public void Vmap_with_the_wrong_number_of_axes()
    {
        Message.Says<BatchAxisException>(() => Vmap(x => x, [0, 0]), "2 in-axes", "1 arguments");
        Message.Says<BatchAxisException>(() => Vmap((Line l) => l, new BatchAxes { In = [0] })(new(X, X)), "1 axes", "2 leaves");
        Message.Says<BatchAxisException>(() => Vmap((Line l) => l, new BatchAxes { Out = [0] })(new(X, X)), "1 out axes", "more leaves");
    }

    [Fact]
    public void Vmap_over_nothing()
    {
        Message.Says<BatchAxisException>(() => Vmap(x => x, [null])(X), "at least one argument", "null", "BatchAxes.Size");
        Message.Says<BatchAxisException>(
            () => Vmap((NDArray x) => x, new BatchAxes { Out = [null] })(X),
            "out axis",
            "depends on the example"
        );
        Message.Says<BatchAxisException>(() => Vmap((NDArray x) => x, new BatchAxes { Size = 5 })(X), "BatchAxes.Size is 5", "`x` has 3");
    }

    [Fact]
    public void Numbers_asked_of_traced_values()
    {
        string[] parts = ["which is not known while a function is traced", "Cond"];
        Message.Says<ConcretizationException>(() => Jit((NDArray x) => (bool)(x > 1) ? x : -x)(2.0), [.. parts, "conversion to bool"]);
        Message.Says<ConcretizationException>(() => Vmap(x => (double)x)(X), [.. parts, "conversion to double", "f64[]"]);
        Message.Says<ConcretizationException>(() => Jit((NDArray x) => x.ToArray<double>())(X), [.. parts, "ToArray", "f64[3]"]);
        Message.Says<ConcretizationException>(() => Jit((NDArray x) => Zeros((int)x))(3), [.. parts, "conversion to int"]);
        Message.Says<ConcretizationException>(() => Jit(Grad((NDArray x) => (double)x * x))(2.0), [.. parts, "conversion to double"]);
        Message.Says<ConcretizationException>(() => new AbstractArray([3], DType.Float64) + 1, "'add'", "f64[3]", "EvalShape");
    }

    [Fact]
    public void Traced_values_that_escape()
    {
        NDArray? kept = null;
        Jit((NDArray x) => kept = x * 2)(X);
        Message.Says<EscapedTracerException>(() => Sin(kept!), "'sin'", "f64[3]", "return it from the function");
        Grad(x => Sum(kept = x * 2))(X);
        Message.Says<EscapedTracerException>(() => kept! * 2, "outside the transform that made it");
        Vmap(x => kept = x * 2)(X);
        Message.Says<EscapedTracerException>(() => Jit((NDArray x) => x * kept!)(X), "outside the transform that made it");
    }

    [Fact]
    public void A_mask_whose_values_are_not_known() =>
        Message.Says<IndexingException>(() => Jit((NDArray x) => x[x > 1])(X), "mask", "Where");

    [Fact]
    public void Custom_rules_that_return_something_else()
    {
        Message.Says<CustomRuleException>(
            () => Grad(CustomJvp(Sin, (x, dx) => (Sin(x), Stack([dx, dx]))))(1.0),
            "tangent",
            "leaf 0",
            "f64[2]",
            "f64[]",
            "one shape"
        );
        Message.Says<CustomRuleException>(
            () => Grad(CustomVjp(Sin, x => (Stack([x, x]), x), (r, ct) => r * ct))(1.0),
            "forward rule returns f64[2]",
            "f64[]"
        );
        Message.Says<CustomRuleException>(
            () =>
                Grad((List<NDArray> l) => CustomVjp((List<NDArray> x) => x[0] * x[1], x => (x[0] * x[1], x), (r, ct) => [ct])(l))([
                    1.0,
                    2.0,
                ]),
            "backward rule",
            "List<NDArray>(2, *, *)",
            "List<NDArray>(1, *)"
        );
        Message.Says<CustomRuleException>(
            () => Grad(CustomVjp(x => Sum(x), x => (Sum(x), x), (r, ct) => ct))(X),
            "backward rule",
            "leaf 0",
            "f64[]",
            "f64[3]"
        );
        Message.Says<CustomRuleException>(
            () => Grad(s => CustomJvp(x => x * s, (x, dx) => (x * s, s * dx))(2.0))(3.0),
            "captured a value that is being differentiated",
            "Pass it as an argument"
        );
        Message.Says<CustomRuleException>(
            () => Jvp((NDArray x) => CustomJvp<NDArray, NDArray[]>(v => [v], (v, dv) => ([v], [dv, dv]))(x), X, X),
            "tangent",
            "structure"
        );
    }

    [Fact]
    public void Wrong_derivatives()
    {
        static NDArray F(Line l) => CustomJvp(Sin, (x, dx) => (Sin(x), 2 * Cos(x) * dx))(l.Offset) * l.Slope;
        Message.Says<GradCheckException>(
            () =>
            {
                CheckGrads<Line, NDArray>(F, 1, new Line(1.0, 2.0));
                return null;
            },
            "order 1",
            "`.Offset`",
            "forward mode",
            "central differences"
        );
    }

#pragma warning disable AD0003, AD0004 // The analyzer refuses them as well.
    [Fact]
    public void Types_that_are_no_trees()
    {
        Message.Says<NotATreeException>(() => Tree.Flatten(new Random(1)), "Random", "Add [PyTree] and partial");
        Message.Says<NotATreeException>(() => Tree.Flatten(new Dictionary<int, NDArray>()), "Dictionary<Int32, NDArray>", "dictionaries");
        Message.Says<NotATreeException>(() => Tree.Flatten(3.0), "Double", "make it an NDArray");
        Message.Says<NotATreeException>(() => Tree.Flatten((List<NDArray>)null!), "List<NDArray> is null", "only leaves may be null");
        Message.Says<NotATreeException>(() => Jit((ref NDArray _) => X), "cannot be transformed");
    }
#pragma warning restore AD0003, AD0004

    [Fact]
    public void Trees_that_differ()
    {
        Message.Says<TreeMismatchException>(
            () => Tree.Map((a, b) => a + b, new List<NDArray> { X }, [X, X]),
            "the first is List<NDArray>(1, *)",
            "the second is List<NDArray>(2, *, *)"
        );
        Message.Says<TreeMismatchException>(
            () => Tree.Unflatten<NDArray[]>(Tree.Structure(new[] { X }), [X, X]),
            "1 leaves",
            "2 were given"
        );
    }

    [Fact]
    public void Orders_and_statistics_that_are_not_there()
    {
        Message.Says<InvalidArgumentException>(
            () =>
            {
                CheckGrads(Sin, 0, X);
                return null;
            },
            "order of at least 1",
            "0"
        );
        Message.Says<InvalidArgumentException>(() => StatisticsOf((Func<NDArray, NDArray>)Sin), "Jit returned");
    }
}
