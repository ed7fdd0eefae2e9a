using MathNet.Numerics;
using static Autodiff.Ops;
using static Autodiff.Tests.Domains;

namespace Autodiff.Tests;

public static partial class OpTable
{
    static OpRow[] Activations =>
        [
            Unary("Relu", Relu, x => Math.Max(x, 0), Real) with
            {
                Types = Signed,
            },
            Unary("Relu6", Relu6, x => Math.Clamp(x, 0, 6), Real),
            Unary("LeakyRelu", x => LeakyRelu(x), x => x >= 0 ? x : 0.01 * x, Real),
            Unary("Elu", x => Elu(x), x => x > 0 ? x : Math.Exp(x) - 1, Real),
            Unary("Selu", Selu, x => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * (Math.Exp(x) - 1)), Real),
            Unary("Celu", x => Celu(x, 2), x => x > 0 ? x : 2 * (Math.Exp(x / 2) - 1), Real),
            Unary("Gelu", x => Gelu(x), x => x / 2 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))), Real),
            Unary("Gelu: exact", x => Gelu(x, approximate: false), x => x / 2 * SpecialFunctions.Erfc(-x / Math.Sqrt(2)), Real),
            Unary("Silu", Silu, x => x * SpecialFunctions.Logistic(x), Real),
            Unary("Swish", Swish, x => x * SpecialFunctions.Logistic(x), Real),
            Unary("Mish", Mish, x => x * Math.Tanh(Math.Log(1 + Math.Exp(x))), Real),
            Unary("Softplus", Softplus, x => Math.Log(1 + Math.Exp(x)), Real),
            Unary("SoftSign", SoftSign, x => x / (1 + Math.Abs(x)), Real),
            Unary("SquarePlus", x => SquarePlus(x), x => (x + Math.Sqrt(x * x + 4)) / 2, Real),
            Unary("HardTanh", HardTanh, x => Math.Clamp(x, -1, 1), Real),
            Unary("HardSigmoid", HardSigmoid, x => Math.Clamp(x + 3, 0, 6) / 6, Real),
            Unary("HardSilu", HardSilu, x => x * Math.Clamp(x + 3, 0, 6) / 6, Real),
            Unary("HardSwish", HardSwish, x => x * Math.Clamp(x + 3, 0, 6) / 6, Real),
            Unary("LogSigmoid", LogSigmoid, x => -Math.Log(1 + Math.Exp(-x)), Real),
            Of("Glu", x => Glu(x), x => Dense.Build([2, 2], i => x[i] * SpecialFunctions.Logistic(x[i[0], i[1] + 2])), [2, 4]),
            Lined("Softmax", x => Softmax(x), v => [.. v.Select(e => Math.Exp(e) / v.Sum(Math.Exp))]),
            Lined("LogSoftmax", x => LogSoftmax(x), v => [.. v.Select(e => e - Math.Log(v.Sum(Math.Exp)))]),
            Lined("Standardize", x => Standardize(x), v => [.. v.Select(e => (e - v.Average()) / Math.Sqrt(Spread(v) + 1e-5))]),
            Lined("Normalize", x => Normalize(x), v => [.. v.Select(e => e / Math.Sqrt(v.Sum(u => u * u)))]),
            .. Fold("LogSumExp", (x, axes) => LogSumExp(x, axes), v => Math.Log(v.Sum(Math.Exp)), Real, Floats),
        ];

    static IEnumerable<OpRow> Statistics =>
        [
            .. Fold("Mean", (x, axes) => Mean(x, axes), v => v.Average(), Real, Every),
            .. Fold("Var", (x, axes) => Var(x, axes), Spread, Real, Floats),
            .. Fold("Std", (x, axes) => Std(x, axes), v => Math.Sqrt(Spread(v)), Distinct, Floats).Where(r => r.Name == "Std: two axes"),
            Of("Std", x => Std(x), x => Dense.Scalar(Math.Sqrt(Spread(x.Values))), [2, 3], [37]),
            Of("Var: ddof", x => Var(x, [1], ddof: 1), x => x.Fold([1], v => Spread(v) * v.Length / (v.Length - 1)), [2, 3]),
            .. Fold("Ptp", (x, axes) => Ptp(x, axes), v => v.Max() - v.Min(), Distinct, Signed),
            .. Fold("CountNonZero", (x, axes) => CountNonZero(x, axes), v => v.Count(e => e != 0), Ties, Every, order: 0),
            .. Fold("NanSum", (x, axes) => NanSum(x, axes), v => Valid(v).Sum(), Gaps, Floats, order: 0),
            .. Fold("NanProd", (x, axes) => NanProd(x, axes), v => Valid(v).Aggregate(1.0, (a, b) => a * b), Gaps, Floats, order: 0),
            .. Fold("NanMax", (x, axes) => NanMax(x, axes), v => Valid(v).DefaultIfEmpty(double.NaN).Max(), Gaps, Floats, order: 0),
            .. Fold("NanMin", (x, axes) => NanMin(x, axes), v => Valid(v).DefaultIfEmpty(double.NaN).Min(), Gaps, Floats, order: 0),
            .. Fold("NanMean", (x, axes) => NanMean(x, axes), v => Valid(v).DefaultIfEmpty(double.NaN).Average(), Gaps, Floats, order: 0),
            .. Fold("NanVar", (x, axes) => NanVar(x, axes), v => Spread([.. Valid(v).DefaultIfEmpty(double.NaN)]), Gaps, Floats, order: 0),
            .. Fold(
                "NanStd",
                (x, axes) => NanStd(x, axes),
                v => Math.Sqrt(Spread([.. Valid(v).DefaultIfEmpty(double.NaN)])),
                Gaps,
                Floats,
                order: 0
            ),
            .. Running("NanCumSum", (x, axis, _) => NanCumSum(x, axis), (a, b) => a + b, Real, Floats).Where(r => r.Name[^1] != 'e'),
            .. Running("NanCumProd", (x, axis, _) => NanCumProd(x, axis), (a, b) => a * b, Positive, Floats).Where(r => r.Name[^1] != 'e'),
            Position("NanArgMax", x => NanArgMax(x), x => x.Fold([.. Enumerable.Range(0, x.Rank)], First(v => v.Max()))),
            Position("NanArgMin", x => NanArgMin(x, 1), x => x.Fold([1], First(v => v.Min()))),
            Of2(
                "Average",
                (x, w) => Average(x, w),
                (x, w) => Dense.Scalar(x.Values.Zip(w.Values, (a, b) => a * b).Sum() / w.Values.Sum()),
                [
                    [2, 3],
                    [2, 3],
                ]
            ) with
            {
                Arguments = [new(Real), new(Positive)],
            },
            Of("Cov", x => Cov(x), x => Dense.Build([2, 2], i => Covariance(x, i[0], i[1])), [2, 5]),
            Of(
                "CorrCoef",
                x => CorrCoef(x),
                x => Dense.Build([2, 2], i => Covariance(x, i[0], i[1]) / Math.Sqrt(Covariance(x, i[0], i[0]) * Covariance(x, i[1], i[1]))),
                [2, 5]
            )
            // The diagonal is clipped at 1, where rounding decides which side is taken.
            with
            {
                Order = 0,
            },
            Ordered("Median", x => Median(x), v => At(v, 0.5)),
            Ordered("Quantile", x => Quantile(x, 0.3), v => At(v, 0.3)),
            Ordered("Percentile", x => Percentile(x, 30), v => At(v, 0.3)),
            Ordered("NanMedian", x => NanMedian(x), v => At(v, 0.5)),
            Ordered("NanQuantile", x => NanQuantile(x, 0.3), v => At(v, 0.3)),
            Ordered("NanPercentile", x => NanPercentile(x, 30), v => At(v, 0.3)),
        ];

    static OpRow Lined(string name, Func<NDArray, NDArray> f, Func<double[], double[]> line) =>
        Of(name, f, x => x.Lines(x.Rank - 1, line), [2, 3], [5], [2, 37]);

    static OpRow Ordered(string name, Func<NDArray, NDArray> f, Func<double[], double> statistic) =>
        Of(name, f, x => Dense.Scalar(statistic([.. x.Values.Order()])), [5], [2, 3], [37]) with
        {
            Arguments = [new(Distinct)],
        };

    static double At(double[] sorted, double quantile)
    {
        var at = quantile * (sorted.Length - 1);
        var (low, high) = ((int)Math.Floor(at), (int)Math.Ceiling(at));
        return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
    }

    static double Spread(double[] values) => values.Average(v => (v - values.Average()) * (v - values.Average()));

    static double Covariance(Dense x, int a, int b)
    {
        var n = x.Shape[1];
        double Mean(int row) => Enumerable.Range(0, n).Average(k => x[row, k]);
        return Enumerable.Range(0, n).Sum(k => (x[a, k] - Mean(a)) * (x[b, k] - Mean(b))) / (n - 1);
    }

    static IEnumerable<double> Valid(double[] values) => values.Where(v => !double.IsNaN(v));

    static readonly Domain Gaps = (r, n) => [.. Real(r, n).Select(v => r.Next(3) == 0 ? double.NaN : v)];
}
