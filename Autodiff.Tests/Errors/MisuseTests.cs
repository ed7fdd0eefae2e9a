using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>Mistakes that would go unnoticed, or end the process, if nobody looked.</summary>
public sealed partial class MisuseTests
{
    [Fact]
    public void Recursion_without_end_is_an_error()
    {
        NDArray Factorial(NDArray n) => Cond(n <= 1, x => (NDArray)1, x => x * Factorial(x - 1), n);
        NDArray Descend(NDArray x) => Grad(Descend)(x);
        Assert.Contains("WhileLoop", Assert.Throws<RecursionException>(() => Factorial(5)).Message, StringComparison.Ordinal);
        Assert.Throws<RecursionException>(() => Descend(1.0));
        Assert.Throws<RecursionException>(() => Jit(Factorial)(5));
        // Nothing is left half-done.
        Assert.Equal(8.0, (double)Grad(x => x * x)(4.0));
    }

    static readonly NDArray Bytes = Full(Shape.Create([2]), 100, DType.UInt8);

    public static TheoryData<string, Func<NDArray>> TooLarge =>
        new()
        {
            { "300", () => Bytes < 300 },
            { "-1", () => Bytes > -1 },
            { "356", () => Bytes == 356 },
            { "300", () => Clip(Bytes, 0, 300) },
            { "300", () => Where(Bytes > 5, Bytes, 300) },
            { "300", () => Bytes.At[0].Set(300) },
            { "300", () => Full(Shape.Create([2]), 300, DType.UInt8) },
            { "300", () => Jit(x => x + 300)(Bytes) },
            { "-1", () => Ones(Shape.Create([2]), DType.UInt32) * -1 },
            { "5000000000", () => Ones(Shape.Create([2]), DType.Int32) + 5_000_000_000 },
        };

    [Theory, MemberData(nameof(TooLarge))]
    public void A_number_that_an_element_type_does_not_hold_is_an_error(string number, Func<NDArray> use) =>
        Assert.StartsWith($"The number {number} does not fit the ", Assert.Throws<DTypeException>(use).Message, StringComparison.Ordinal);

    [Fact]
    public void A_number_wraps_where_that_is_asked_for()
    {
        Assert.Equal(44, (int)((NDArray)300).AsType(DType.UInt8));
        Assert.Equal(new byte[] { 255, 255 }, (Bytes + 155).ToArray<byte>());
    }

    [Fact]
    public void Unsigned_numbers_stay_integers()
    {
        NDArray[] numbers = [(byte)200, (ushort)200, 200u, 200ul, (char)200, 16777217ul];
        Assert.All(numbers, n => Assert.Equal((DType.Int64, true), (n.DType, n.Aval.Weak)));
        Assert.Equal(16777217, (long)numbers[^1]);
        Assert.Throws<DTypeException>(() => (NDArray)ulong.MaxValue);
    }

    [Fact]
    public void CheckGrads_needs_something_to_check() =>
        Assert.Throws<IntegerInputException>(() => CheckGrads((NDArray x) => StopGradient(x) * x, order: 1, at: 3));

    [PyTree]
    internal partial record Plain(NDArray X);

    [PyTree]
    internal sealed partial record Wider(NDArray X, NDArray Y) : Plain(X);

    [Fact]
    public void A_tree_of_a_derived_type_is_not_cut_down()
    {
        var error = Assert.Throws<NotATreeException>(() => Jit((Plain n) => n.X)(new Wider(2.0, 3.0)));
        Assert.StartsWith("A Wider came where a Plain was declared", error.Message, StringComparison.Ordinal);
        Assert.Throws<NotATreeException>(() => Grad((List<Plain> n) => n[0].X)([new Wider(2.0, 3.0)]));
        Assert.Equal(2.0, (double)Jit((Plain n) => n.X)(new Plain(2.0)));
    }

    [Fact]
    public void A_comparison_is_a_condition_where_its_value_is_known()
    {
        static NDArray Bent(NDArray x)
        {
            if (x > 0 && x < 10)
                return x * x;
            return -x;
        }
        Assert.Equal((6.0, -1.0), ((double)Grad(Bent)(3.0), (double)Grad(Bent)(-3.0)));
        var error = Assert.Throws<ConcretizationException>(() => Jit(Bent)(3.0));
        Assert.Contains("Cond", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Trace ", error.Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => Bytes > 3 ? 1 : 2);
    }

    [Fact]
    public void Null_is_told_from_an_array()
    {
        NDArray none = null!;
        Assert.Contains("is null", Assert.Throws<ArgumentNullException>(() => none == 1.0).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => 1.0 + none);
        Assert.Throws<ArgumentNullException>(() => Sin(none));
    }

    [Fact]
    public void An_argument_that_is_no_tree_is_told_what_to_do()
    {
#pragma warning disable AD0004 // The analyzer says so first.
        var error = Assert.Throws<NotATreeException>(() => Tree.Leaves(("a", Ones(2))));
#pragma warning restore AD0004
        Assert.Contains("[Static]", error.Message, StringComparison.Ordinal);
    }
}
