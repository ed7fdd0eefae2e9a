using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>JAX's conventions where a derivative is a choice, and IEEE's special numbers.</summary>
public sealed class SpecialValueTests
{
    const double Inf = double.PositiveInfinity;
    const double NaN = double.NaN;

    static readonly Dictionary<string, Func<NDArray, NDArray>> Functions = new()
    {
        ["abs"] = Abs,
        ["relu"] = Relu,
        ["relu6"] = Relu6,
        ["leaky relu"] = x => LeakyRelu(x),
        ["elu"] = x => Elu(x),
        ["hard tanh"] = HardTanh,
        ["maximum with 0"] = x => Maximum(x, 0),
        ["minimum with 0"] = x => Minimum(x, 0),
        ["clip to ±1"] = x => Clip(x, -1, 1),
        ["clamp to ±1"] = x => Clamp(-1, x, 1),
        ["sqrt"] = Sqrt,
        ["cbrt"] = Cbrt,
        ["x²"] = x => Power(x, 2),
        ["x⁰"] = x => Power(x, 0),
        ["x^(integer 0)"] = x => Power(x, FromSpan<long>([0]).Sum()),
        ["0ˣ"] = x => Power(0.0, x),
        ["sign"] = Sign,
        ["floor"] = Floor,
        ["ceil"] = Ceil,
        ["round"] = x => Round(x),
        ["hypot with 0"] = x => Hypot(x, 0),
        ["norm"] = x => Sqrt(Sum(x * x)),
        ["log1p"] = Log1p,
        ["arcsin"] = Arcsin,
        ["sinc"] = Sinc,
        ["double where"] = x => Where(x > 0, Sqrt(Where(x > 0, x, 1)), 0),
    };

    [Theory]
    [InlineData("abs", 0, 1)]
    [InlineData("abs", -0.0, 1)]
    [InlineData("relu", 0, 0)]
    [InlineData("relu6", 0, 0)]
    [InlineData("relu6", 6, 0)]
    [InlineData("leaky relu", 0, 1)]
    [InlineData("elu", 0, 1)]
    [InlineData("hard tanh", 1, 1)]
    [InlineData("hard tanh", -1, 1)]
    [InlineData("maximum with 0", 0, 0.5)]
    [InlineData("minimum with 0", 0, 0.5)]
    [InlineData("clip to ±1", 1, 0.5)]
    [InlineData("clip to ±1", -1, 0.5)]
    [InlineData("clip to ±1", 0, 1)]
    [InlineData("clamp to ±1", 1, 0)]
    [InlineData("clamp to ±1", -1, 0)]
    [InlineData("clamp to ±1", 0, 1)]
    [InlineData("sqrt", 0, Inf)]
    [InlineData("cbrt", 0, Inf)]
    [InlineData("x²", 0, 0)]
    [InlineData("x⁰", 0, 0)]
    [InlineData("x^(integer 0)", 0, 0)]
    [InlineData("0ˣ", 2, 0)]
    [InlineData("sign", 0, 0)]
    [InlineData("floor", 1, 0)]
    [InlineData("ceil", 1, 0)]
    [InlineData("round", 0.5, 0)]
    [InlineData("hypot with 0", 0, 0)]
    [InlineData("norm", 0, NaN)]
    [InlineData("log1p", 0, 1)]
    [InlineData("arcsin", 1, Inf)]
    [InlineData("sinc", 0, 0)]
    [InlineData("double where", 0, 0)]
    public void DerivativeAt(string function, double x, double expected) =>
        OnEveryDevice(() =>
        {
            var f = Functions[function];
            Assert.Equal(expected, (double)Grad(f)(x));
            Assert.Equal(expected, (double)Jvp(f, x, 1.0).Tangent);
            Assert.Equal(expected, (double)Jit(Grad(f))(x));
        });

    // Forward mode selects between tangents, reverse mode multiplies the zero cotangent of the other side by ∞, as in JAX.
    [Fact]
    public void ASingleWhereDoesNotProtect() =>
        OnEveryDevice(() =>
        {
            NDArray F(NDArray x) => Where(x > 0, Sqrt(x), 0);
            Assert.Equal(NaN, (double)Grad(F)(0.0));
            Assert.Equal(0, (double)Jvp(F, 0.0, 1.0).Tangent);
        });

    [Fact]
    public void ExtremaShareTheirCotangent() =>
        OnEveryDevice(() =>
        {
            Elements(Grad(x => Max(x))((double[])[1, 3, 3, 2]), 0, 0.5, 0.5, 0);
            Elements(Grad(x => Min(x))((double[])[1, 1, 1, 2]), 1 / 3.0, 1 / 3.0, 1 / 3.0, 0);
            Elements(Grad(x => Sum(Maximum(x, (double[])[1, 2])))((double[])[1, 3]), 0.5, 1);
        });

    [Fact]
    public void ProductsHaveDerivativesAtZero() =>
        OnEveryDevice(() =>
        {
            Elements(Grad(x => Prod(x))((double[])[2, 0, 3]), 0, 6, 0);
            Elements(Grad(x => Prod(x))((double[])[0, 0, 3]), 0, 0, 0);
            Elements(Grad(x => Sum(CumProd(x)))((double[])[2, 0, 3]), 1, 8, 0);
        });

    [Fact]
    public void SortingCarriesCotangentsHome() =>
        OnEveryDevice(() => Elements(Grad(x => Sum(Ops.Sort(x) * (double[])[1, 10, 100]))((double[])[3, 1, 2]), 100, 1, 10));

    // Of equal elements the first stays first.
    [Fact]
    public void SortingIsStable() =>
        OnEveryDevice(() => Elements(Grad(x => Sum(Ops.Sort(x) * (double[])[1, 10, 100]))((double[])[2, 2, 1]), 10, 100, 1));

    [Fact]
    public void NaNSortsLast() =>
        OnEveryDevice(() =>
        {
            Elements(Ops.Sort((double[])[NaN, 1, Inf, -Inf]), -Inf, 1, Inf, NaN);
            Elements(Ops.Sort((double[])[NaN, 1, Inf, -Inf], descending: true), NaN, Inf, 1, -Inf);
        });

    [Fact]
    public void NaNIsTheExtremum() =>
        OnEveryDevice(() =>
        {
            NDArray x = (double[])[1, NaN, 2];
            Assert.Equal(NaN, (double)Max(x));
            Assert.Equal(NaN, (double)Min(x));
            Assert.Equal(1, (long)ArgMax(x));
            Assert.Equal(1, (long)ArgMin(x));
            Elements(Maximum(x, 1.5), 1.5, NaN, 2);
            Elements(Fmax(x, 1.5), 1.5, 1.5, 2);
            Elements(Fmin(x, 1.5), 1, 1.5, 1.5);
        });

    [Fact]
    public void LogarithmsOfSumsAreSafe() =>
        OnEveryDevice(() =>
        {
            Assert.Equal(1000 + Math.Log(2), (double)LogSumExp((double[])[1000, 1000]));
            Assert.Equal(-Inf, (double)LogSumExp((double[])[-Inf, -Inf]));
            Assert.Equal(-Inf, (double)LogAddExp(-Inf, -Inf));
            Elements(Grad(x => LogSumExp(x))((double[])[1000, 1000]), 0.5, 0.5);
        });

    [Fact]
    public void BitsAreKept() =>
        OnEveryDevice(() =>
        {
            Assert.Equal([BitConverter.DoubleToInt64Bits(-0.0)], Bitcast((double[])[-0.0], DType.Int64).ToArray<long>());
            Assert.Equal([1.5f], Bitcast(Bitcast((float[])[1.5f], DType.UInt32), DType.Float32).ToArray<float>());
            Assert.Equal([-1], Bitcast((uint[])[uint.MaxValue], DType.Int32).ToArray<int>());
        });

    [Fact]
    public void IntegersWrap() =>
        OnEveryDevice(() =>
        {
            Assert.Equal([254], ((NDArray)(byte[])[1] - (byte[])[3]).ToArray<byte>());
            Assert.Equal([int.MinValue], ((NDArray)(int[])[int.MaxValue] + 1).ToArray<int>());
            Assert.Equal([0], FloorDivide((long[])[5], 0).ToArray<long>());
        });

    [Fact]
    public void ConversionsSaturate() =>
        OnEveryDevice(() =>
        {
            Assert.Equal([0, int.MaxValue, int.MinValue, -1], Ops.AsType((double[])[NaN, 1e30, -Inf, -1.9], DType.Int32).ToArray<int>());
            Assert.Equal([0, 255], Ops.AsType((double[])[-3, 300], DType.UInt8).ToArray<byte>());
        });

    [Fact]
    public void SetsOfNumbers() =>
        OnEveryDevice(() =>
        {
            Elements(Intersect1D((double[])[3, 1, 1, 2], (double[])[1, 3, 5]), 1, 3);
            Elements(SetDiff1D((double[])[3, 1, 1, 2], (double[])[1, 5]), 2, 3);
        });

    /// <summary>A choice by which is the less is not a minimum: NaN and zeros go by the comparison.</summary>
    [Fact]
    public void ChoicesOfTheLesserGoByTheComparison()
    {
        double[] special = [NaN, Inf, -Inf, 0, -0.0, 1, -1, 1e-310];
        var x = special.SelectMany(a => special.Select(_ => a)).ToArray();
        var y = special.SelectMany(_ => special).ToArray();
        foreach (var device in Devices.All.Concat(Devices.OfWidths))
        {
            using var scope = device.Use();
            Bits((x, y) => Where(x < y, x, y), (a, b) => a < b ? a : b);
            Bits((x, y) => Where(x < y, y, x), (a, b) => a < b ? b : a);
            Bits((x, y) => Where(y < x, y, x), (a, b) => b < a ? b : a);
        }

        void Bits(Func<NDArray, NDArray, NDArray> f, Func<double, double, double> expected) =>
            Assert.Equal(
                x.Zip(y, expected).Select(BitConverter.DoubleToInt64Bits),
                Jit(f)(Asarray(x), Asarray(y)).ToArray<double>().Select(BitConverter.DoubleToInt64Bits)
            );
    }

    [Fact]
    public void GeluKeepsItsDigitsInTheTail() =>
        OnEveryDevice(() =>
        {
            var u = Math.Sqrt(2 / Math.PI) * (-10 + 0.044715 * -1000);
            Assert.Equal(1, (double)Jit(x => Gelu(x))(-10.0) / (-10 * Math.Exp(2 * u)), 1e-12);
        });

    [Fact]
    public void EqualityOfArrays() =>
        OnEveryDevice(() =>
        {
            Assert.True(ArrayEqual((int[])[1, 2], (double[])[1, 2]));
            Assert.False(ArrayEqual((double[])[NaN], (double[])[NaN]));
            Assert.True(AllClose((double[])[1, Inf], (double[])[1 + 1e-7, Inf]));
            Assert.False(AllClose((double[])[1, Inf], (double[])[1, 1]));
            Assert.True(AllClose((double[])[NaN], (double[])[NaN], equalNaN: true));
        });

    static void OnEveryDevice(Action law)
    {
        foreach (var device in Devices.All)
            using (device.Use())
                law();
    }

    static void Elements(NDArray x, params double[] expected) => Assert.Equal(expected, x.ToArray<double>());
}
