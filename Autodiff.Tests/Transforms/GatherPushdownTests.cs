using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>Rows that nobody reads are not computed: a gather costs what it would if its table had been gathered from first.</summary>
public sealed class GatherPushdownTests
{
    const int Rows = 60;

    static readonly RandomKey Key = new(11);
    static readonly NDArray X = Key.Normal([Rows, 6, 5]);
    static readonly NDArray A = Key.FoldIn(1).Normal([Rows, 30]);
    static readonly NDArray B = Key.FoldIn(2).Normal([30, 20]);

    // A row twice, one from the end, one past each end.
    static readonly NDArray Indices = new long[] { 3, 59, 3, -2, 17, 60, -61 };

    /// <summary>Functions of a table and the numbers of some of its rows: late, as one would write it, and early.</summary>
    static readonly Dictionary<
        string,
        (NDArray Table, Func<NDArray, NDArray, NDArray> Late, Func<NDArray, NDArray, NDArray> Early)
    > Programs = new()
    {
        ["elementwise"] = (X, (x, i) => Exp(Tanh(x) * 2 - x)[i], (x, i) => Exp(Tanh(x[i]) * 2 - x[i])),
        ["rows of a product"] = (A, (a, i) => MatMul(a, B)[i], (a, i) => MatMul(a[i], B)),
        ["columns of a product"] = (A, (a, i) => MatMul(B.T, a.T)[.., i], (a, i) => MatMul(B.T, a[i].T)),
        ["rows of a transposed product"] = (A, (a, i) => MatMul(B.T, a.T).T[i], (a, i) => MatMul(B.T, a[i].T).T),
        ["a batch of products"] = (
            X,
            (x, i) => MatMul(x, Sin(x).Transpose(0, 2, 1))[i],
            (x, i) => MatMul(x[i], Sin(x[i]).Transpose(0, 2, 1))
        ),
        ["products of products"] = (A, (a, i) => MatMul(Tanh(MatMul(a, B)), B.T)[i], (a, i) => MatMul(Tanh(MatMul(a[i], B)), B.T)),
        ["sums of rows"] = (X, (x, i) => Sum(Exp(x), [1, 2])[i], (x, i) => Sum(Exp(x[i]), [1, 2])),
        ["where rows are largest"] = (A, (a, i) => ArgMax(Exp(a), 1)[i], (a, i) => ArgMax(Exp(a[i]), 1)),
        ["a transpose of a broadcast"] = (
            A,
            (a, i) => (Exp(a)[.., Slice.NewAxis] * B.T).Transpose(2, 0, 1)[.., i],
            (a, i) => (Exp(a[i])[.., Slice.NewAxis] * B.T).Transpose(2, 0, 1)
        ),
        ["reshapes around a product"] = (
            X,
            (x, i) => MatMul(Exp(x).Reshape(-1, 5), B[..5]).Reshape(Rows, 6, 20)[i],
            (x, i) => MatMul(Exp(x[i]).Reshape(-1, 5), B[..5]).Reshape(-1, 6, 20)
        ),
        ["the derivative in every direction"] = (
            A,
            (a, i) => JacFwd((NDArray b) => MatMul(a, Sin(b))[i])(B[.., ..2]),
            (a, i) => JacFwd((NDArray b) => MatMul(a[i], Sin(b)))(B[.., ..2])
        ),
        ["two readers"] = (
            A,
            (a, i) => Log(Square(MatMul(a, B)))[i] + MatMul(a, B)[i],
            (a, i) => Log(Square(MatMul(a[i], B))) + MatMul(a[i], B)
        ),
        ["two axes of indices"] = (A, (a, i) => MatMul(a, B)[Stack([i, i + 1])], (a, i) => MatMul(a[Stack([i, i + 1])], B)),
        ["an index into each row"] = (
            A,
            (a, i) => ForiLoop(0, 3, (step, sum) => sum + MatMul(a * Sin(sum[0, 0]), B)[i], Zeros(7, 20)),
            (a, i) => ForiLoop(0, 3, (step, sum) => sum + MatMul(a[i] * Sin(sum[0, 0]), B), Zeros(7, 20))
        ),
    };

    public static TheoryData<string> Names => [.. Programs.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Only_rows_that_are_read_are_computed(string name)
    {
        var (table, late, early) = Programs[name];
        Agreement.Holds(early(table, Indices), Jit(late)(table, Indices));
        var (cost, least) = (Jit(late).Lower(table, Indices).Cost, Jit(early).Lower(table, Indices).Cost);
        Assert.Equal((least.Flops, least.Transcendentals), (cost.Flops, cost.Transcendentals));
    }

    [Theory]
    [InlineData(IndexMode.Clip)]
    [InlineData(IndexMode.Fill)]
    public void Rows_that_do_not_exist_are_what_the_mode_says(IndexMode mode)
    {
        NDArray Program(NDArray a, NDArray i) => Take(MatMul(a, B), i, 0, mode);
        var got = Jit<Func<NDArray, NDArray, NDArray>>(Program)(A, Indices);
        Agreement.Holds(Program(A, Indices), got);
        Assert.Equal(mode == IndexMode.Fill, (bool)IsNaN(got[5]).All());
    }

    /// <summary>Two products read the rows; what is between is cheap to compute and large, and cheaper for few rows once their numbers are there.</summary>
    [Fact]
    public void Cheap_work_beyond_a_reshape_is_done_for_the_rows_of_products()
    {
        NDArray Both(NDArray x, NDArray a, NDArray i)
        {
            var rows = (x[.., ..2, ..1] * a[.., Slice.NewAxis, ..4]).Reshape(Rows, 8)[i];
            return MatMul(rows, B[..8]) + MatMul(rows, Sin(B[..8])) + Exp(Tanh(a) * 2 - a)[i][.., ..20];
        }
        var (few, kernels) = (Indices[..5], Jit(Both).Lower(X, A, Indices[..5]).Kernels);
        Assert.DoesNotContain($"f64[{Rows},2,4]", kernels, StringComparison.Ordinal);
        var table = (X[.., ..2, ..1] * A[.., Slice.NewAxis, ..4]).Reshape(Rows, 8);
        var expected = MatMul(table[few], B[..8] + Sin(B[..8])) + Exp(Tanh(A) * 2 - A)[few, ..20];
        Assert.True((bool)AllClose(expected, Jit(Both)(X, A, few), 1e-12, 1e-12));
    }

    [Fact]
    public void Gradients_pass()
    {
        NDArray Program(NDArray a) => Sum(Square(Tanh(MatMul(a, B))[Indices]));
        Agreement.Holds(Grad(Program)(A), Jit(Grad(Program))(A));
    }

    /// <summary>Programs that need more than some rows, or rows that are not fewer.</summary>
    static readonly Dictionary<string, Func<NDArray, NDArray, NDArray>> NeedAll = new()
    {
        ["the whole is read too"] = (y, i) => Sum(y) + y[i],
        ["different rows are read"] = (y, i) => y[i] + y[i + 1],
        ["as many as there are"] = (y, i) => y[Concatenate([i, i, i, i, i, i, i, i])],
    };

    public static TheoryData<string> NamesOfNeedAll => [.. NeedAll.Keys];

    [Theory, MemberData(nameof(NamesOfNeedAll))]
    public void What_is_needed_whole_is_computed_once(string name)
    {
        NDArray Program(NDArray a, NDArray i) => NeedAll[name](MatMul(a, B), i);
        var jitted = Jit<Func<NDArray, NDArray, NDArray>>(Program);
        Agreement.Holds(Program(A, Indices), jitted(A, Indices));
        var cost = jitted.Lower(A, Indices).Cost;
        Assert.InRange(cost.Flops, 2 * Rows * 30 * 20, 2.1 * Rows * 30 * 20);
    }

    [Fact]
    public void Indices_may_depend_on_other_rows()
    {
        NDArray Program(NDArray a, NDArray i)
        {
            var y = Exp(MatMul(a, B));
            return Sin(y)[ArgMax(MatMul(a, Cos(B)), 0)][i % 5];
        }
        Agreement.Holds(Program(A, Indices), Jit<Func<NDArray, NDArray, NDArray>>(Program)(A, Indices));
    }
}
