using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>What sums up rows, or folds them otherwise, is a part of the loop that computes them.</summary>
public class RowFoldTests
{
    static readonly RandomKey Key = new(11);

    static NDArray Loss((NDArray X, NDArray Gain, NDArray Bias) s) => Square(Standardize(s.X) * s.Gain + s.Bias).Sum();

    static (NDArray, NDArray, NDArray) Gradient((NDArray, NDArray, NDArray) s) => Grad<(NDArray, NDArray, NDArray)>(Loss)(s);

    static (NDArray, NDArray, NDArray) Layer(Shape shape) =>
        (Key.Normal(shape), Key.FoldIn(1).Normal([shape[^1]]), Key.FoldIn(2).Normal([shape[^1]]));

    static AbstractArray Like(Shape shape, DType type = DType.Float64) => new(new(type, shape));

    static string Kernels(Func<NDArray, NDArray> f, params int[] shape) => Jit(f).Lower(Like([.. shape])).Kernels;

    static int Count(string text, string part) => text.Split(part).Length - 1;

    static void Agree(NDArray expected, NDArray got) => Assert.True((bool)AllClose(expected, got, 1e-9, 1e-9), $"{expected} is not {got}");

    static void Agree(Func<NDArray, NDArray> f, NDArray x) => Agree(f(x), Jit(f)(x));

    [Fact]
    public void The_gradient_of_a_layer_norm_is_one_loop_over_rows()
    {
        var layer = (Like([512, 1024]), Like([1024]), Like([1024]));
        var text = Jit<Func<(NDArray, NDArray, NDArray), (NDArray, NDArray, NDArray)>>(Gradient).Lower(layer).Kernels;
        Assert.Equal(1, Count(text, "= loop 512 fold(add"));
        // Of whole arrays there are the input and its gradient.
        Assert.Equal(2, Count(text, "f64[512,1024]"));
        // Of rows there are the cotangent, the two sums and the gradient. The derivative of the variance is computed again where it is read.
        var body = text[text.IndexOf("do (", StringComparison.Ordinal)..];
        Assert.Equal(4, Count(body[body.IndexOf('\n')..], ":f64[1024]"));
    }

    [Theory]
    [InlineData(1, 100)]
    [InlineData(2, 1000)]
    [InlineData(17, 64)]
    [InlineData(100, 512)]
    [InlineData(1009, 67)]
    [InlineData(2048, 130)]
    [InlineData(8, 50, 70)]
    [InlineData(3, 40, 200)]
    public void Gradients_are_those_of_eager_code(params int[] shape)
    {
        var layer = Layer([.. shape]);
        var (expected, got) = (Gradient(layer), Jit<Func<(NDArray, NDArray, NDArray), (NDArray, NDArray, NDArray)>>(Gradient)(layer));
        Agree(expected.Item1, got.Item1);
        Agree(expected.Item2, got.Item2);
        Agree(expected.Item3, got.Item3);
    }

    static NDArray Folds(NDArray x)
    {
        var y = Softmax(x);
        NDArray[] folds =
        [
            y.Sum(0),
            y.Max(0),
            y.Min(0),
            Prod(y * x.Shape[1], 0),
            AsType(All(y > 0.001, 0), DType.Float64),
            AsType(Any(y > 0.02, 0), DType.Float64),
        ];
        return Stack(folds);
    }

    [Theory, InlineData(30, 100), InlineData(400, 64), InlineData(1009, 131)]
    public void Every_fold_that_combines_values_is_one_of_rows(int rows, int columns)
    {
        var text = Kernels(Folds, rows, columns);
        foreach (var fold in new[] { "add", "max", "min", "mul", "and", "or" })
            Assert.Matches($@"fold\(.*{fold} %", text);
        Agree(Folds, Key.Normal([rows, columns]));
    }

    [Fact]
    public void A_nan_comes_through_a_fold_of_rows()
    {
        var x = Key.Normal([500, 100]).At[250, 7].Set(double.NaN);
        var folds = Jit(Folds)(x);
        Assert.True((bool)All(IsNaN(folds[..4])));
    }

    [Fact]
    public void Integers_are_folded_as_they_are()
    {
        static NDArray F(NDArray x)
        {
            var y = x - Max(x, [1], keepDims: true) + Min(x, [1], keepDims: true);
            return Stack([y.Sum(0), y.Max(0), y.Min(0)]);
        }
        var x = AsType(Key.Normal([700, 300]) * 1000, DType.Int32);
        Assert.Contains("fold(", Jit(F).Lower(Like([700, 300], DType.Int32)).Kernels, StringComparison.Ordinal);
        Assert.True(ArrayEqual(F(x), Jit(F)(x)));
    }

    [Fact]
    public void The_sum_of_all_elements_is_folded_row_by_row()
    {
        Func<NDArray, NDArray> f = x => Square(Softmax(x)).Sum();
        Assert.Equal(1, Count(Kernels(f, 500, 300), "f64[500,300]"));
        Agree(f, Key.Normal([500, 300]));
        Func<NDArray, NDArray> g = x => LogSumExp(x, axis: 1).Mean();
        Assert.Contains("fold(add", Kernels(g, 500, 300), StringComparison.Ordinal);
        Agree(g, Key.Normal([500, 300]));
    }

    [Fact]
    public void Sums_that_come_first_share_the_rows_with_what_follows()
    {
        // The cotangent comes from a product, and its sum is computed before what else reads it.
        static NDArray F(NDArray x) => Softmax(x) * x.Sum() + x.Sum(0).Sum();
        static NDArray G(NDArray x) => Stack([x.Sum(0), (Softmax(x) * 2).Max(0)]);
        Agree(F, Key.Normal([300, 200]));
        Assert.Contains("fold(add", Kernels(G, 300, 200), StringComparison.Ordinal);
        Agree(G, Key.Normal([300, 200]));
    }

    [Fact]
    public void What_reads_a_sum_of_rows_comes_after_the_loop()
    {
        static NDArray F(NDArray x)
        {
            var y = Softmax(x);
            var z = y - y.Mean(0);
            return z / Sqrt(Square(z).Mean(0) + 1e-3) + y.Max();
        }
        Agree(F, Key.Normal([300, 200]));
        Agree(Grad(x => (F(x) * x).Sum()), Key.Normal([300, 200]));
    }

    [Fact]
    public void A_sum_as_long_as_a_matrix_of_the_rows_is_folded_in_place()
    {
        static NDArray F(NDArray x) => Softmax(x).Sum(0);
        Assert.Contains("fold(add", Kernels(F, 30, 40, 90), StringComparison.Ordinal);
        Agree(F, Key.Normal([30, 40, 90]));
        Agree(F, Key.Normal([200, 20, 30]));
    }

    [Fact]
    public void Sums_of_products_of_columns_are_no_folds_of_rows()
    {
        // Each row would go into all of a matrix.
        static NDArray F(NDArray x)
        {
            var y = Softmax(x);
            return (ExpandDims(y, 2) * ExpandDims(Sin(y), 1)).Sum(0);
        }
        Assert.DoesNotContain("fold(", Kernels(F, 200, 100), StringComparison.Ordinal);
        Agree(F, Key.Normal([200, 100]));
    }

    [Fact]
    public void The_gradient_of_a_bias_is_summed_up_where_the_rows_of_the_layer_are()
    {
        static NDArray Layers(NDArray x)
        {
            var bias = Sin(x[0]);
            return Relu(MatMul(Relu(MatMul(x, x.T[..100, ..100]) + bias), x.T[..100, ..100]) + bias).Sum();
        }
        var text = Kernels(Grad(Layers), 400, 100);
        Assert.Contains("fold(add", text, StringComparison.Ordinal);
        // Rows of what products give are rows, and not looked for element by element.
        Assert.DoesNotMatch(@"\[0,%\d+,", text);
        Agree(Grad(Layers), Key.Normal([400, 100]));
    }

    [Fact]
    public void What_reads_across_rows_is_no_part_of_a_loop_that_folds()
    {
        static NDArray F(NDArray x)
        {
            var y = Softmax(x);
            return Stack([(y[1..] * y[..^1]).Sum(0), (y * x.T).Sum(0)]);
        }
        Assert.DoesNotMatch(@"\[%\d+( \+ 1)?,|,%\d+\]", Kernels(F, 300, 300));
        Agree(F, Key.Normal([300, 300]));
    }

    [Fact]
    public void Few_rows_are_not_folded()
    {
        Assert.DoesNotContain("fold(", Kernels(x => Softmax(x).Sum(0), 8, 4000), StringComparison.Ordinal);
        Agree(x => Softmax(x).Sum(0), Key.Normal([8, 4000]));
    }

    [Fact]
    public void Many_rows_are_added_up_as_exactly_as_by_themselves()
    {
        static NDArray Sums(NDArray x) => (x - Max(x, [1], keepDims: true)).Sum(0);
        var x = AsType(Key.Uniform([20_000, 64]), DType.Float32);
        var exact = Sums(AsType(x, DType.Float64));
        Assert.Contains("fold(add", Jit(Sums).Lower(Like([20_000, 64], DType.Float32)).Kernels, StringComparison.Ordinal);
        var error = (double)Max(Abs(AsType(Jit(Sums)(x), DType.Float64) - exact) / Abs(exact));
        Assert.InRange(error, 0, 1e-5);
    }
}

/// <summary>The same where even the smallest loop is cut into parts for threads.</summary>
[Collection(typeof(ProcessSettings))]
public sealed class RowFoldsInParts : RowFoldTests, IDisposable
{
    readonly double before = BlockEmitter.LeastRegion;

    public RowFoldsInParts() => BlockEmitter.LeastRegion = 0;

    public void Dispose() => BlockEmitter.LeastRegion = before;
}
