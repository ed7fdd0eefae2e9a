using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>Products that are added up become fused multiply-adds in compiled code.</summary>
public sealed class ContractionTests
{
    static readonly AbstractArray Type = new([100], DType.Float64);

    static string Sum(Func<NDArray, NDArray, NDArray, NDArray> f) =>
        Jit(f).Lower(Type, Type, Type).Kernels.Split("= for i<100: ")[1].Split('\n')[0];

    [Fact]
    public void A_product_that_is_added_is_rounded_once()
    {
        Assert.SkipUnless(KernelCompiler.Fuses, "The machine has no fused multiply-add.");
        Assert.Equal("fma(%0[i], %1[i], %2[i])", Sum((x, y, z) => x * y + z));
        Assert.Equal("fma(%0[i], %1[i], %2[i])", Sum((x, y, z) => z + x * y));
        Assert.Equal("fma(%0[i], %1[i], -%2[i])", Sum((x, y, z) => x * y - z));
        Assert.Equal("fma(-%0[i], %1[i], %2[i])", Sum((x, y, z) => z - x * y));
        Assert.Equal("fma(%0[i], -3, %1[i])", Sum((x, y, _) => y - 3 * x));
        Assert.Equal("fma(fma(%0[i], %1[i], %2[i]), %0[i], 1)", Sum((x, y, z) => (x * y + z) * x + 1));
    }

    [Fact]
    public void Vectors_and_the_rest_of_an_array_round_alike()
    {
        Assert.SkipUnless(KernelCompiler.Fuses, "The machine has no fused multiply-add.");
        var (x, y, z) = (1 + 1e-10 * Arange(37), 1 - 1e-10 * Arange(37), -Ones(37));
        var sums = Jit((x, y, z) => x * y + z)(x, y, z).ToArray<double>();
        for (var i = 0; i < sums.Length; i++)
            Assert.Equal(Math.FusedMultiplyAdd((double)x[i], (double)y[i], (double)z[i]), sums[i]);
    }

    /// <summary>Rounding one of two equal products would make their difference something else than 0, and the root of it NaN.</summary>
    [Fact]
    public void Equal_products_cancel()
    {
        Assert.Equal("%0[i] * %1[i] - %1[i] * %2[i]", Sum((x, y, z) => x * y - y * z));
        Assert.Equal("%0[i] * %1[i] + %1[i] * %2[i]", Sum((x, y, z) => x * y + y * z));
        var (x, y) = (Sqrt(1 + Arange(100)), 1 / (1 + Arange(100)));
        Assert.True((bool)All(Jit((a, b) => a * (4 * b) - (4 * a) * b)(x, y) == 0));
        Assert.True((bool)All(Jit((a, b) => Sqrt(a * a - b * b))(x, Copy(x)) == 0));
    }

    [Fact]
    public void Squares_cannot_cancel()
    {
        Assert.SkipUnless(KernelCompiler.Fuses, "The machine has no fused multiply-add.");
        Assert.Equal("fma(%1[i], %1[i], %0[i] * %0[i])", Sum((x, y, _) => x * x + y * y));
    }

    [Fact]
    public void A_product_that_is_read_twice_is_computed_once() =>
        Assert.DoesNotContain("fma", Jit((x, y) => (x * y + 1) / (x * y)).Lower(Type, Type).Kernels);

    /// <summary>Each operation on scalars is a step; a product moves into the sum if nothing else reads it.</summary>
    [Fact]
    public void Scalars_in_loops_are_added_with_their_products()
    {
        Assert.SkipUnless(KernelCompiler.Fuses, "The machine has no fused multiply-add.");
        string Body(Func<NDArray, NDArray, NDArray> step) =>
            Jit((NDArray x, NDArray y) => ForiLoop(0, 10, (_, c) => step(c, y), init: x))
                .Lower(new AbstractArray([], DType.Float64), new AbstractArray([], DType.Float64))
                .Kernels;
        Assert.Contains("= fma(%5, 0.1, %1)\n", Body((c, y) => y + 0.1 * c));
        Assert.DoesNotContain(" * ", Body((c, y) => y + 0.1 * c));
        Assert.DoesNotContain("fma", Body((c, y) => y * c - c * Sin(c)));
        Assert.Contains("= fma(", Body((c, y) => y * y + c * c));
        // A product that is read again, here by the next iteration, is not computed twice.
        var shared = Jit((NDArray x, NDArray y) => ForiLoop(0, 10, (_, c) => (c.Item2 * y, c.Item2 * y + 1), init: (x, x)).Item1);
        Assert.DoesNotContain("fma", shared.Lower(new AbstractArray([], DType.Float64), new AbstractArray([], DType.Float64)).Kernels);
    }

    [Fact]
    public void Equal_products_cancel_where_one_is_a_scalar_of_its_own()
    {
        var difference = Jit(
            (NDArray a, NDArray b) =>
                ForiLoop(
                    0,
                    1,
                    (_, c) =>
                    {
                        var product = c.Item1 * (4 * b);
                        return (4 * c.Item1 * b - product, product);
                    },
                    init: (a, a)
                ).Item1
        );
        for (var i = 2; i < 100; i++)
            Assert.Equal(0.0, (double)difference(Math.Sqrt(i), 1.0 / i));
    }

    [Fact]
    public void Integers_stay_as_they_are()
    {
        var integers = new AbstractArray([100], DType.Int64);
        Assert.DoesNotContain("fma", Jit((x, y) => x * y + x).Lower(integers, integers).Kernels);
    }
}
