using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>Kernels that hand rows to each other run as one loop over rows, where that spares more than it costs.</summary>
public sealed class RowFusionTests
{
    static readonly RandomKey Key = new(5);

    static string Kernels(Func<NDArray, NDArray> f, params int[] shape) =>
        Jit(f).Lower(new AbstractArray([.. shape], DType.Float64)).Kernels;

    // Each row is a vector, turned about itself and scaled: its elements are read one by one, at a distance from those of the next row.
    static NDArray Turn(NDArray v)
    {
        var length = Sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2] + 1);
        var (x, y, z) = (v[0] / length, v[1] / length, v[2] / length);
        return Stack([x * Cos(length) - y * Sin(length), x * Sin(length) + y * Cos(length), z * length]);
    }

    static NDArray Chain(NDArray rows) => Vmap(v => Turn(Turn(v) * Turn(-v)))(rows);

    static NDArray Energy(NDArray rows) => Square(Chain(rows)).Sum();

    public static TheoryData<int> Rows => new(2, 3, 17, 64, 1000, 5001);

    [Theory, MemberData(nameof(Rows))]
    public void Rows_give_what_eager_code_gives(int rows)
    {
        var x = Key.Normal([rows, 3]);
        Agree(Chain(x), Jit(Chain)(x));
        Agree(Grad(Energy)(x), Jit(Grad(Energy))(x));
        Agree(Vmap(JacRev(Turn))(x), Jit(Vmap(JacRev(Turn)))(x));
    }

    static void Agree(NDArray expected, NDArray got) =>
        Assert.True((bool)AllClose(expected, got, 1e-10, 1e-12), $"{expected} is not {got}");

    [Fact]
    public void Short_rows_that_are_read_element_by_element_go_from_kernel_to_kernel_in_one_loop()
    {
        var text = Kernels(Vmap(JacRev(Turn)), 5000, 3);
        Assert.Contains("= loop 5000 rows(", text);
        // What kernels hand to each other is a row, and only the matrices are arrays.
        Assert.DoesNotContain("f64[5000]", text);
    }

    [Fact]
    public void Kernels_that_walk_through_memory_in_order_take_all_rows_at_once()
    {
        Assert.DoesNotContain("loop", Kernels(Grad(x => Sin(Exp(x) * CumSum(x)).Sum()), 5000));
        Assert.DoesNotContain("loop", Kernels(x => (Sin(x) * CumSum(Exp(x), 0), Cos(x)).Item1, 5000, 2));
    }

    [Fact]
    public void A_few_short_rows_stay_as_they_are() => Assert.DoesNotContain("loop", Kernels(Vmap(JacRev(Turn)), 20, 3));

    [Fact]
    public void Long_rows_go_from_kernel_to_kernel() => Assert.Contains("= loop 500 rows(", Kernels(x => Softmax(x), 500, 1000));

    static NDArray Lookup(NDArray table, NDArray at) => Vmap(JacRev(Turn))(table[at]);

    [Theory]
    [InlineData(40, true)]
    [InlineData(4000, false)]
    public void Rows_of_a_small_table_are_read_where_they_are(int size, bool direct)
    {
        var (table, at) = (Key.Normal([size, 3]), Arange(3000) * 7 % size);
        var jitted = Jit<Func<NDArray, NDArray, NDArray>>(Lookup);
        var text = jitted.Lower(table, at).Kernels;
        Assert.True(direct != text.Contains(": %0[min(", StringComparison.Ordinal), text);
        Agree(Lookup(table, at), jitted(table, at));
        Agree(Grad((NDArray t) => Lookup(t, at).Sum())(table), Jit(Grad((NDArray t) => Lookup(t, at).Sum()))(table));
    }
}
