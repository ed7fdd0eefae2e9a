using static Autodiff.Ops;
using static Autodiff.Tests.Domains;

namespace Autodiff.Tests;

public static partial class OpTable
{
    static OpRow[] Sorting =>
        [
            Sorted("Sort", x => Ops.Sort(x), x => x.Lines(x.Rank - 1, v => [.. v.Order()])),
            Sorted("Sort: axis", x => Ops.Sort(x, 0), x => x.Lines(0, v => [.. v.Order()])),
            Sorted("Sort: descending", x => Ops.Sort(x, descending: true), x => x.Lines(x.Rank - 1, v => [.. v.OrderDescending()])),
            Ranked("ArgSort", x => ArgSort(x), x => x.Lines(x.Rank - 1, v => Ranks(v, (a, b) => a.CompareTo(b)))),
            Ranked("ArgSort: descending", x => ArgSort(x, 0, true), x => x.Lines(0, v => Ranks(v, (a, b) => b.CompareTo(a)))),
            new("LexSort", xs => [LexSort([xs[0], xs[1]])], xs => [new Dense(xs[0].Shape, ByLast(xs[0].Values, xs[1].Values))])
            {
                Arguments = [new(Ties), new(Ties)],
                Cases =
                [
                    [
                        [5],
                        [5],
                    ],
                    [
                        [37],
                        [37],
                    ],
                ],
                Order = 0,
            },
            new("TopK", xs => [TopK(xs[0], 2).Values, TopK(xs[0], 2).Indices], xs => [Top(xs[0], v => v[0]), Top(xs[0], v => v[1])])
            {
                Arguments = [new(Distinct)],
                Cases =
                [
                    [
                        [2, 3],
                    ],
                    [
                        [5],
                    ],
                    [
                        [2, 37],
                    ],
                ],
                Types = Signed,
            },
        ];

    static OpRow Sorted(string name, Func<NDArray, NDArray> f, Func<Dense, Dense> reference) =>
        Of(name, f, reference, [3, 2], [5], [2, 0], [2, 37]) with
        {
            Arguments = [new(Distinct)],
            Types = Signed,
        };

    static OpRow Ranked(string name, Func<NDArray, NDArray> f, Func<Dense, Dense> reference) =>
        Sorted(name, f, reference) with
        {
            Arguments = [new(Ties)],
            Types = Every,
            Order = 0,
        };

    static double[] Ranks(double[] values, Comparison<double> compare) =>
        [.. Enumerable.Range(0, values.Length).OrderBy(i => values[i], Comparer<double>.Create(compare)).Select(i => (double)i)];

    static double[] ByLast(double[] minor, double[] major) =>
        [.. Enumerable.Range(0, minor.Length).OrderBy(i => major[i]).ThenBy(i => minor[i]).Select(i => (double)i)];

    // The two largest of each row as pairs of value and position.
    static Dense Top(Dense x, Func<double[], double> part)
    {
        double[][] Pairs(IEnumerable<double> row) => [.. row.Select((v, i) => new[] { v, i }).OrderByDescending(p => p[0]).Take(2)];
        var length = x.Shape[^1];
        return Dense.Build(
            [.. x.Shape[..^1], 2],
            i => part(Pairs(Enumerable.Range(0, length).Select(k => x[Dense.With(i, x.Rank - 1, k)]))[i[^1]])
        );
    }
}
