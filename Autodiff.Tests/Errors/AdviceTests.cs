using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>Errors that a newcomer meets say what to do.</summary>
public sealed class AdviceTests
{
    static readonly NDArray X = new[] { 3.0, 0.0, 3.0, 1.0 };

    public static TheoryData<string, string, Func<NDArray, NDArray>> DecidedByValues =>
        new()
        {
            { "NonZero", "size", x => NonZero(x)[0] },
            { "NonZero", "size", x => Where(x > 1)[0] },
            { "FlatNonZero", "size", x => FlatNonZero(x) },
            { "ArgWhere", "size", x => ArgWhere(x) },
            { "Unique", "size", x => Unique(x) },
            { "UniqueCounts", "size", x => UniqueCounts(x).Counts },
            { "UniqueInverse", "size", x => UniqueInverse(x).Inverse },
            { "Unique", "size", x => Union1D(x, x) },
            { "BinCount", "length", x => BinCount(AsType(x, DType.Int64)) },
        };

    [Theory, MemberData(nameof(DecidedByValues))]
    public void A_shape_that_values_decide_needs_a_size_where_they_are_not_known(string name, string size, Func<NDArray, NDArray> f)
    {
        f(X);
        Message.Says<ConcretizationException>(
            () => Jit(f)(X),
            $"{name} without a {size} needs the value of a traced i64[]",
            $"Pass `{size}`",
            "outside of Jit"
        );
    }

    [Fact]
    public void Sets_without_a_size_are_for_known_values()
    {
        Message.Says<ConcretizationException>(
            () => Jit(x => Intersect1D(x, X))(X),
            "Intersect1D needs the value",
            "call Intersect1D outside"
        );
        Message.Says<ConcretizationException>(() => Jit(x => SetDiff1D(X, x))(X), "SetDiff1D needs the value", "IsIn");
        Assert.Equal(2, (int)Grad(x => Sum(Square(Intersect1D(x, new[] { 1.0 }))))(X)[3]);
    }

    [Fact]
    public void Rows_of_different_length_are_told_by_their_places()
    {
        Message.Says<ShapeException>(
            () =>
                Sum([
                    [1, 2],
                    [3, 4],
                    [5, 6, 7],
                ]),
            "element 0 is i64[2] and element 2 is i64[3]",
            "Pad"
        );
        Message.Says<ShapeException>(() => Asarray(new[] { new[] { 1.0 }, [2.0, 3.0] }), "element 0 is f64[1] and element 1 is f64[2]");
    }

    static Func<object?> Check<T>(Func<T, NDArray> f, int order, T at) =>
        () =>
        {
            CheckGrads(f, order, at);
            return null;
        };

    [Fact]
    public void CheckGrads_says_what_is_not_finite()
    {
        Message.Says<GradCheckException>(
            Check(
                ((NDArray A, NDArray B) t) => t.A * t.B,
                1,
                (
                    1.0,
                    [
                        [1.0, 2.0],
                        [double.NaN, 3.0],
                    ]
                )
            ),
            "`.Item2` (f64[2,2]) is nan at [1,0]"
        );
        Message.Says<GradCheckException>(Check<NDArray>(x => 1 / x, 1, new[] { 1.0, 0.0 }), "result 0 (f64[2]) is inf at [1]");
        Message.Says<GradCheckException>(Check<NDArray>(x => x * Sqrt(x), 1, 0.0), "1E-05 from the point in a direction of input 0", "nan");
        Message.Says<GradCheckException>(Check<NDArray>(x => Where(x > 0, x, 0) * Log(x), 2, 1e-7), "input 0", "nan");
        // The derivative is NaN, where the function is smooth.
        Message.Says<GradCheckException>(
            Check<NDArray>(x => Where(x > 0, Sqrt(x), x * x), 1, -1.0),
            "is NaN by reverse mode (Vjp), but",
            "by central differences."
        );
    }

    [Fact]
    public void Numbers_of_traced_values_have_other_ways()
    {
        Message.Says<ConcretizationException>(() => Jit(x => x[(int)x.Sum()])(X), "conversion to int", "the index in x[i]", "ForiLoop");
        Message.Says<ConcretizationException>(
            () => Jit(x => Math.Sqrt((double)x) * x)(1.0),
            "conversion to double",
            "Sqrt(x) instead of Math.Sqrt"
        );
        Message.Says<ScalarOutputException>(() => Grad(_ => (NDArray)null!)(X), "Grad", "returned null");
        Message.Says<ScalarOutputException>(() => ValueAndGrad((NDArray[] _) => null!)([X]), "ValueAndGrad", "returned null");
    }

    [Fact]
    public void Arrays_of_positions_are_written_as_lists()
    {
        var matrix = Reshape(Arange(6), 2, 3);
        Assert.Equal(new long[] { 1, 5 }, matrix[[0, 1], [1, 2]].ToArray<long>());
        Assert.Equal(new long[] { 3, 5 }, matrix[1, [0, 2]].ToArray<long>());
        Assert.Equal(new long[] { 2, 5 }, matrix[.., [false, false, true]].ToArray<long>());
        Assert.Equal(14, (int)matrix.At[[0, 1], [0, 0]].Set(1).Sum());
        Assert.Equal(2, new List<NDArray>([.. (Slice)new[] { 0, 1 }]).Count);
        Message.Says<IndexingException>(() => X[[0, 1], 2], "Too many indices: 2 for f64[4], which has one axis");
        Message.Says<ShapeException>(() => X.Sum(axis: 1), "f64[4] has one axis: 0, or -1 from the end");
    }

    [Fact]
    public void A_derivative_with_respect_to_an_integer_is_not_silently_zero()
    {
        Message.Says<IntegerInputException>(() => Jvp(x => x * x, 3, 1), "Jvp needs a floating-point input", "i64[]", "Write 3.0 for 3");
        Message.Says<IntegerInputException>(() => Vjp(x => x * x, 3), "Vjp needs a floating-point input");
        Message.Says<IntegerInputException>(() => Linearize(x => x * x, 3), "Linearize needs a floating-point input");
        // Beside floating-point inputs an integer has no derivative.
        var (value, tangent) = Jvp(((NDArray X, NDArray N) t) => t.X * t.N, (2.0, 3), (1.0, 1));
        Assert.Equal((6.0, 3.0), ((double)value, (double)tangent));
    }
}
