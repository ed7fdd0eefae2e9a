using static Autodiff.Ops;
using static Autodiff.Tests.Domains;

namespace Autodiff.Tests;

public static partial class OpTable
{
    static IEnumerable<OpRow> Reductions =>
        [
            .. Fold("Sum", (x, axes) => Sum(x, axes), v => v.Sum(), Real, Every),
            .. Fold("Prod", (x, axes) => Prod(x, axes), v => v.Aggregate(1.0, (a, b) => a * b), Integers(1, 3), Every),
            .. Fold("Max", (x, axes) => Max(x, axes), v => v.Max(), Distinct, Signed),
            .. Fold("Min", (x, axes) => Min(x, axes), v => v.Min(), Distinct, Signed),
            .. Fold("All", (x, axes) => All(x, axes), v => v.All(e => e != 0) ? 1 : 0, Ties, Every, order: 0),
            .. Fold("Any", (x, axes) => Any(x, axes), v => v.Any(e => e != 0) ? 1 : 0, Ties, Every, order: 0),
            Reduced("Sum: keepDims", x => Sum(x, [1], keepDims: true), v => v.Sum()),
            Reduced("Prod: keepDims", x => Prod(x, [1], keepDims: true), v => v.Aggregate(1.0, (a, b) => a * b)),
            Reduced("Max: keepDims", x => Max(x, [1], keepDims: true), v => v.Max()),
            Reduced("Min: keepDims", x => Min(x, [1], keepDims: true), v => v.Min()),
            Of("Sum: nothing", x => Sum(x), _ => Dense.Scalar(0), [0], [2, 0]),
            Of("Prod: nothing", x => Prod(x), _ => Dense.Scalar(1), [0], [2, 0]),
            Position("ArgMax", x => ArgMax(x), x => x.Fold([.. Enumerable.Range(0, x.Rank)], First(v => v.Max()))),
            Position("ArgMax: axis", x => ArgMax(x, 1), x => x.Fold([1], First(v => v.Max()))),
            Position("ArgMin", x => ArgMin(x), x => x.Fold([.. Enumerable.Range(0, x.Rank)], First(v => v.Min()))),
            Position("ArgMin: axis", x => ArgMin(x, 1), x => x.Fold([1], First(v => v.Min()))),
        ];

    static IEnumerable<OpRow> Cumulations =>
        [
            // Vectors of another width add in another order, and the sums may cancel.
            .. Running("CumSum", CumSum, (a, b) => a + b, Real, Every).Select(row => row with { Ulps = 64 }),
            .. Running("CumProd", CumProd, (a, b) => a * b, Interval(0.5, 2), Floats),
            .. Running("CumMax", CumMax, Math.Max, Distinct, Signed),
            .. Running("CumMin", CumMin, Math.Min, Distinct, Signed),
            .. Running("CumLogSumExp", CumLogSumExp, (a, b) => Math.Log(Math.Exp(a) + Math.Exp(b)), Real, Floats),
        ];

    /// <summary>A reduction of all axes, of the last, and of two that are not neighbours.</summary>
    static IEnumerable<OpRow> Fold(
        string name,
        Func<NDArray, int[], NDArray> f,
        Func<double[], double> fold,
        Domain domain,
        DType[] types,
        int order = 2
    )
    {
        OpRow Row(string suffix, int[] axes, int[] reduced, int[][] shapes) =>
            Of(name + suffix, x => f(x, axes), x => x.Fold(reduced.Length == 0 ? [.. Enumerable.Range(0, x.Rank)] : reduced, fold), []) with
            {
                Cases = [.. shapes.Select(s => new[] { s })],
                Arguments = [new(domain)],
                Types = types,
                Order = order,
            };
        yield return Row(
            "",
            [],
            [],
            [
                [2, 3],
                [],
                [37],
            ]
        );
        yield return Row(
            ": last axis",
            [-1],
            [1],
            [
                [2, 3],
                [3, 1],
                [5, 37],
            ]
        );
        yield return Row(
            ": first axis",
            [0],
            [0],
            [
                [2, 3],
                [3, 2, 2],
                [37, 5],
            ]
        );
        yield return Row(
            ": two axes",
            [2, 0],
            [0, 2],
            [
                [2, 3, 2],
                [1, 2, 3],
            ]
        );
    }

    static OpRow Reduced(string name, Func<NDArray, NDArray> f, Func<double[], double> fold) =>
        Of(name, f, x => new([x.Shape[0], 1, .. x.Shape[2..]], x.Fold([1], fold).Values), [2, 3], [2, 2, 3]) with
        {
            Arguments = [new(Distinct)],
        };

    static OpRow Position(string name, Func<NDArray, NDArray> f, Func<Dense, Dense> reference) =>
        Of(name, f, reference, [2, 3], [3, 5], [2, 37]) with
        {
            Arguments = [new(Ties)],
            Order = 0,
            Types = Signed,
        };

    static Func<double[], double> First(Func<double[], double> wanted) => values => Array.IndexOf(values, wanted(values));

    /// <summary>A cumulative operation of the flattened array, along the first axis, and from the end.</summary>
    static IEnumerable<OpRow> Running(
        string name,
        Func<NDArray, int?, bool, NDArray> f,
        Func<double, double, double> combine,
        Domain domain,
        DType[] types
    )
    {
        double[] Prefixes(double[] line)
        {
            var result = (double[])line.Clone();
            for (var i = 1; i < result.Length; i++)
                result[i] = combine(result[i - 1], line[i]);
            return result;
        }
        double[] Suffixes(double[] line) => [.. Prefixes([.. line.Reverse()]).Reverse()];
        OpRow Row(string suffix, Func<NDArray, NDArray> g, Func<Dense, Dense> reference) =>
            Of(name + suffix, g, reference, [3, 2], [5], [0], [2, 0], [37, 2]) with
            {
                Arguments = [new(domain)],
                Types = types,
            };
        yield return Row("", x => f(x, null, false), x => new Dense([x.Values.Length], x.Values).Lines(0, Prefixes));
        yield return Row(": axis", x => f(x, 0, false), x => x.Lines(0, Prefixes));
        yield return Row(": reverse", x => f(x, -1, true), x => x.Lines(x.Rank - 1, Suffixes));
    }
}
