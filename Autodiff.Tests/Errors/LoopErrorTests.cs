using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>What loops and branches refuse, and how they say it.</summary>
public class LoopErrorTests
{
    static readonly NDArray X = new[] { 1.0, 2, 3 };

    [Fact]
    public void A_carry_of_another_shape() =>
        Message.Says<CarryMismatchException>(
            () => Scan((s, x) => (s with { Velocity = Sum(s.Velocity) * x }, x), new Spring(0.0, X, 0), X),
            "Scan carry `.Velocity`",
            "entered as f64[3]",
            "left as f64[]",
            "make the body return f64[3]"
        );

    [Fact]
    public void A_carry_of_another_type() =>
        Message.Says<CarryMismatchException>(
            () => ForiLoop(0, 3, (_, y) => y * 0.5, Arange(3)),
            "ForiLoop carry entered as i64[3] and left as f64[3]",
            "start from f64"
        );

    [Fact]
    public void A_carry_of_another_structure() =>
        Message.Says<CarryMismatchException>(
            () => WhileLoop(l => l[0] < 3, l => [.. l, l[0]], new List<NDArray> { 1.0 }),
            "WhileLoop carry entered as List<NDArray>(1, *)",
            "left as List<NDArray>(2, *, *)",
            "Make the body return"
        );

    [Fact]
    public void A_condition_that_is_not_one_boolean() =>
        Message.Says<PredicateException>(
            () => WhileLoop(y => y < 3, y => y + 1, X),
            "condition of WhileLoop",
            "boolean scalar",
            "bool[3]",
            "All or Any"
        );

    [Fact]
    public void A_predicate_that_is_not_one_boolean() =>
        Message.Says<PredicateException>(() => Cond(X > 1, x => x, x => -x, X), "predicate of Cond", "bool[3]", "Where");

    [Fact]
    public void Branches_of_other_shapes() =>
        Message.Says<CarryMismatchException>(
            () => Cond(true, x => x, x => Sum(x), X),
            "Cond branches must return equal types",
            "f64[3]",
            "f64[]",
            "Make them return one type and shape"
        );

    [Fact]
    public void Branches_of_other_types_in_a_tree() =>
        Message.Says<CarryMismatchException>(() => Cond(true, x => (x, x), x => (x, Arange(3)), X), "`.Item2`", "f64[3]", "i64[3]");

    [Fact]
    public void Branches_of_other_structures() =>
        Message.Says<CarryMismatchException>(
            () => Switch(0, [x => new List<NDArray> { x }, x => [x, x]], X),
            "Switch branches must return one structure",
            "branch 0",
            "branch 1"
        );

    [Fact]
    public void No_branches() =>
        Message.Says<EmptyBranchesException>(() => Switch(0, [], X), "Switch got no branches", "Pass at least one");

    [Fact]
    public void An_index_that_is_not_an_integer_scalar()
    {
        Message.Says<PredicateException>(() => Switch(1.5, [x => x], X), "index of Switch", "integer scalar", "f64[]");
        Message.Says<PredicateException>(() => Switch(Arange(2), [x => x], X), "integer scalar", "i64[2]");
    }

    [Fact]
    public void Lengths_that_disagree()
    {
        Message.Says<LoopLengthException>(() => Scan((c, x) => (c, x), 0.0, X, length: 5), "length 5", "f64[3]");
        Message.Says<LoopLengthException>(
            () => Scan((c, x) => (c, x.Item1), Zeros(), (X, Zeros(2))),
            "leading axes differ",
            "xs.Item1: f64[3]",
            "xs.Item2: f64[2]"
        );
        Message.Says<LoopLengthException>(() => Scan((c, x) => (c, x), 0.0, Zeros()), "no leading axis", "f64[]");
        Message.Says<LoopLengthException>(
            () => Scan((NDArray c, ValueTuple _) => (c, c), 0.0, default(ValueTuple)),
            "no length",
            "Pass `length`"
        );
        Message.Says<LoopLengthException>(() => Scan(c => (c, c), 0.0, length: -1), "length -1", "must not be negative");
    }

    [Fact]
    public void Bounds_that_are_not_integer_scalars_of_one_type()
    {
        Message.Says<DTypeException>(() => ForiLoop(0, 2.5, (_, y) => y, X), "upper bound of ForiLoop", "integer scalar", "f64[]");
        Message.Says<DTypeException>(() => ForiLoop(Arange(2), 2, (_, y) => y, X), "lower bound", "i64[2]");
        Message.Says<DTypeException>(
            () => ForiLoop(AsType(0, DType.Int32), AsType(3, DType.UInt8), (_, y) => y, X),
            "bounds of one type",
            "i32[]",
            "u8[]",
            "Convert one"
        );
    }

    [Fact]
    public void Options_out_of_range()
    {
        Message.Says<InvalidArgumentException>(() => Scan((c, x) => (c, x), 0.0, X, unroll: -2), "`unroll`", "-2");
        Message.Says<InvalidArgumentException>(() => Checkpointing.Every(0), "at least 1 step", "0");
        Message.Says<InvalidArgumentException>(() => Map(x => x, X, -1), "batch size -1");
    }

    [Fact]
    public void Prefixes_along_axes_that_are_not_there()
    {
        Message.Says<ShapeException>(() => AssociativeScan(Add, X, axis: 3), "AssociativeScan", "3");
        Message.Says<ShapeException>(
            () => AssociativeScan((a, b) => (a.Item1 + b.Item1, a.Item2 + b.Item2), (X, Zeros(2))),
            "f64[3]",
            "f64[2]"
        );
    }

    [Fact]
    public void Csharp_control_flow_in_a_loop() =>
        Message.Says<ConcretizationException>(
            () => WhileLoop(y => y < 3, y => (bool)(y > 1) ? y + 1 : y + 2, 0.0),
            "conversion to bool",
            "Where, Cond or WhileLoop",
            "C#'s if and while"
        );

    [Fact]
    public void A_value_that_escapes_from_a_loop()
    {
        NDArray? kept = null;
        ForiLoop(0, 3, (_, y) => kept = y + 1, 0.0);
        Message.Says<EscapedTracerException>(() => kept! + 1, "'add'", "outside the transform that made it", "return it");
    }
}
