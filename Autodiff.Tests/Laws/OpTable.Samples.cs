using static Autodiff.Ops;
using static Autodiff.Tests.Domains;

namespace Autodiff.Tests;

public static partial class OpTable
{
    static OpRow[] Samples =>
        [
            Of("Diff", x => Diff(x), x => Dense.Build([2, 2], i => x[i[0], i[1] + 1] - x[i[0], i[1]]), [2, 3]),
            Of("Diff: twice", x => Diff(x, 2, 0), x => Dense.Build([3], i => x[i[0] + 2] - 2 * x[i[0] + 1] + x[i[0]]), [5]),
            Of("Ediff1d", x => Ediff1d(x), x => Dense.Build([5], i => x.Values[i[0] + 1] - x.Values[i[0]]), [2, 3]),
            Of("Trapezoid", x => Trapezoid(x, dx: 2), x => x.Fold([1], v => 2 * v.Sum() - v[0] - v[^1]), [2, 3]),
            Of("Gradient", x => Gradient(x), x => Dense.Build([4], i => Slope(x, i[0])), [4]),
            new(
                "Interp",
                xs => [Interp(xs[0], (double[])[-3, 0, 1, 3], xs[1])],
                xs => [Dense.Map(x => Line([-3, 0, 1, 3], xs[1].Values, x[0]), xs[0])]
            )
            {
                Arguments = [new(Interval(-2.5, -0.5)), new(Real)],
                Cases =
                [
                    [
                        [3],
                        [4],
                    ],
                ],
                Types = [DType.Float64],
            },
            Of("Unwrap", x => Unwrap(x), Unwrapped, [5]) with
            {
                Arguments = [new(Constant(3, -3, -2.5, 3, 0.5))],
            },
            Of2(
                "Convolve",
                (x, y) => Convolve(x, y),
                (x, y) => Convolved(x, y),
                [
                    [4],
                    [3],
                ]
            ),
            Of2(
                "Correlate",
                (x, y) => Correlate(x, y),
                (x, y) => Dense.Build([2], i => Enumerable.Range(0, 3).Sum(k => x[i[0] + k] * y[k])),
                [
                    [4],
                    [3],
                ]
            ),
            Of2(
                "PolyVal",
                PolyVal,
                (p, x) => Dense.Map(v => p.Values.Aggregate(0.0, (sum, c) => sum * v[0] + c), x),
                [
                    [3],
                    [2],
                ]
            ),
            Of("PolyDer", x => PolyDer(x), x => new([2], [2 * x[0], x[1]]), [3]),
        ];

    static OpRow[] Searching =>
        [
            new(
                "Select",
                xs => [Select([xs[0], xs[1]], [xs[2], xs[3]], 7)],
                xs =>
                    [
                        Dense.Map(
                            x =>
                                x[0] != 0 ? x[2]
                                : x[1] != 0 ? x[3]
                                : 7,
                            xs
                        ),
                    ]
            )
            {
                Arguments = [Flag, Flag, new(Real), new(Real)],
                Cases =
                [
                    [
                        [3],
                        [3],
                        [3],
                        [3],
                    ],
                ],
            },
            Unary(
                "Piecewise",
                x => Piecewise(x, [x < 0, x >= 1], [Sin, Cos], Exp),
                x =>
                    x < 0 ? Math.Sin(x)
                    : x >= 1 ? Math.Cos(x)
                    : Math.Exp(x),
                Real
            ),
            new("Choose", xs => [Choose(xs[0], xs[1], xs[2])], xs => [Dense.Map(x => x[0] == 0 ? x[1] : x[2], xs)])
            {
                Arguments = [new(Truth, DType.Int64), new(Real), new(Real)],
                Cases =
                [
                    [
                        [3],
                        [3],
                        [3],
                    ],
                ],
            },
            Discrete(Of("FlatNonZero", x => FlatNonZero(x, 8, -1), x => Filled(8, Positions(x)), [2, 3]) with { Arguments = [new(Ties)] }),
            Discrete(
                Of("ArgWhere", x => ArgWhere(x, 8, -1), x => Dense.Build([8, 1], i => Filled(8, Positions(x))[i[0]]), [6]) with
                {
                    Arguments = [new(Ties)],
                }
            ),
            Discrete(Parts("NonZero", x => NonZero(x, 8, -1), (x, k) => Filled(8, Positions(x)), 1, [6]) with { Arguments = [new(Ties)] }),
            Discrete(
                Parts(
                    "UnravelIndex",
                    x => UnravelIndex(x, [3, 4]),
                    (x, k) => Dense.Map(v => k == 0 ? Math.Floor(v[0] / 4) : v[0] % 4, x),
                    2,
                    [3]
                ) with
                {
                    Arguments = [new(Integers(0, 12), DType.Int64)],
                },
                [DType.Int64]
            ),
            Discrete(
                Binary("RavelMultiIndex", (x, y) => RavelMultiIndex([x, y], [3, 4]), (x, y) => 4 * x + y, Integers(0, 3)),
                [DType.Int64]
            ),
            Found("SearchSorted", (sorted, x) => SearchSorted(sorted, x), (v, x) => v.Count(e => e < x)),
            Found("SearchSorted: right", (sorted, x) => SearchSorted(sorted, x, right: true), (v, x) => v.Count(e => e <= x)),
            Found("Digitize", (sorted, x) => Digitize(x, sorted), (v, x) => v.Count(e => e <= x)),
            Found("IsIn", (sorted, x) => IsIn(x, sorted), (v, x) => v.Contains(x) ? 1 : 0),
            Discrete(
                Of("BinCount", x => BinCount(x, length: 5), x => Dense.Build([5], i => x.Values.Count(v => v == i[0])), [7]) with
                {
                    Arguments = [new(Integers(0, 5), DType.Int64)],
                },
                [DType.Int64]
            ),
            Discrete(
                Of(
                    "HistogramBinEdges",
                    x => HistogramBinEdges(x, 4),
                    x => Dense.Build([5], i => x.Values.Min() + i[0] * (x.Values.Max() - x.Values.Min()) / 4),
                    [7]
                ),
                Floats
            ),
            new(
                "Histogram",
                xs => Pair(Histogram(xs[0], 4, (-3, 3))),
                xs => [Dense.Build([4], i => xs[0].Values.Count(v => Math.Floor((v + 3) / 1.5) == i[0])), new([5], [-3, -1.5, 0, 1.5, 3])]
            )
            {
                Arguments = [new(Real)],
                Cases =
                [
                    [
                        [7],
                    ],
                ],
                Order = 0,
            },
            Discrete(Of("Unique", x => Unique(x, 6, 9), x => Filled(6, Different(x), 9), [7]) with { Arguments = [new(Ties)] }, Signed),
            new(
                "UniqueCounts",
                xs => Pair(UniqueCounts(xs[0], 6, 9)),
                xs => [Filled(6, Different(xs[0]), 9), Filled(6, Different(xs[0]).Select(u => (double)xs[0].Values.Count(v => v == u)), 0)]
            )
            {
                Arguments = [new(Ties)],
                Cases =
                [
                    [
                        [7],
                    ],
                ],
                Order = 0,
            },
            new(
                "UniqueInverse",
                xs => Pair(UniqueInverse(xs[0], 6, 9)),
                xs => [Filled(6, Different(xs[0]), 9), Dense.Map(v => Array.IndexOf([.. Different(xs[0])], v[0]), xs[0])]
            )
            {
                Arguments = [new(Ties)],
                Cases =
                [
                    [
                        [7],
                    ],
                ],
                Order = 0,
            },
            Of2(
                "Union1D",
                (x, y) => Union1D(x, y, 6, 9),
                (x, y) => Filled(6, Different(Joined(x, y, 0)), 9),
                [
                    [3],
                    [4],
                ]
            ) with
            {
                Arguments = [new(Ties), new(Ties)],
                Order = 0,
            },
        ];

    static OpRow[] Grids =>
        [
            Made("Empty", () => Empty(2, 3), Dense.Build([2, 3], _ => 0)),
            Of("EmptyLike", EmptyLike, x => Dense.Build(x.Shape, _ => 0), [2, 3]) with
            {
                Types = Every,
                Order = 0,
            },
            Spaced("LinSpace", (a, b) => LinSpace(a, b, 5), (a, b, t) => a + t * (b - a)),
            Spaced("LogSpace", (a, b) => LogSpace(a, b, 5), (a, b, t) => Math.Pow(10, a + t * (b - a))),
            Spaced("GeomSpace", (a, b) => GeomSpace(a, b, 5), (a, b, t) => a * Math.Pow(b / a, t)),
            Made("FromFunction", () => FromFunction((i, j) => i * 10 + j, 2, 3), Dense.Build([2, 3], i => 10 * i[0] + i[1])),
            Many("Indices", () => Indices([2, 3]), Dense.Build([2, 3], i => i[0]), Dense.Build([2, 3], i => i[1])),
            Many("Ix", () => Ix((long[])[1, 0], (long[])[2]), new([2, 1], [1, 0]), new([1, 1], [2])),
            new("Meshgrid", xs => Meshgrid(xs), xs => [Dense.Build([2, 3], i => xs[0][i[1]]), Dense.Build([2, 3], i => xs[1][i[0]])])
            {
                Arguments = [new(Real), new(Real)],
                Cases =
                [
                    [
                        [3],
                        [2],
                    ],
                ],
            },
        ];

    static OpRow Found(string name, Func<NDArray, NDArray, NDArray> f, Func<double[], double, double> reference) =>
        Of2(
            name,
            (x, values) => f(Ops.Sort(x), values),
            (x, values) => Dense.Map(v => reference(x.Values, v[0]), values),
            [
                [5],
                [3],
            ],
            [
                [5],
                [2, 2],
            ]
        ) with
        {
            Arguments = [new(Ties), new(Ties)],
            Order = 0,
            Types = Signed,
        };

    static OpRow Spaced(string name, Func<NDArray, NDArray, NDArray> f, Func<double, double, double, double> at) =>
        Of2(
            name,
            f,
            (a, b) => Dense.Build([5], i => at(a[[]], b[[]], i[0] / 4.0)),
            [
                [],
                [],
            ]
        ) with
        {
            Arguments = [new(Positive), new(Positive)],
            Ulps = 64,
        };

    static OpRow Many(string name, Func<NDArray[]> f, params Dense[] expected) =>
        Made(name, () => f()[0], expected[0]) with
        {
            Function = _ => f(),
            Reference = _ => expected,
        };

    static IEnumerable<double> Positions(Dense x) => x.Values.Select((v, i) => (v, i)).Where(p => p.v != 0).Select(p => (double)p.i);

    static IEnumerable<double> Different(Dense x) => x.Values.Distinct().Order();

    static Dense Filled(int size, IEnumerable<double> values, double fill = -1) =>
        new([size], [.. values.Concat(Enumerable.Repeat(fill, size)).Take(size)]);

    static double Slope(Dense x, int i)
    {
        var (low, high) = (Math.Max(0, i - 1), Math.Min(x.Shape[0] - 1, i + 1));
        return (x[high] - x[low]) / (high - low);
    }

    static double Line(double[] xs, double[] ys, double x)
    {
        var i = Array.FindLastIndex(xs, v => v <= x);
        return ys[i] + (x - xs[i]) / (xs[i + 1] - xs[i]) * (ys[i + 1] - ys[i]);
    }

    static Dense Unwrapped(Dense x)
    {
        var result = (double[])x.Values.Clone();
        for (var i = 1; i < result.Length; i++)
            result[i] -= 2 * Math.PI * Math.Round((result[i] - result[i - 1]) / (2 * Math.PI));
        return new(x.Shape, result);
    }

    static Dense Convolved(Dense x, Dense y) =>
        Dense.Build(
            [x.Shape[0] + y.Shape[0] - 1],
            i => Enumerable.Range(0, y.Shape[0]).Where(j => i[0] - j >= 0 && i[0] - j < x.Shape[0]).Sum(j => x[i[0] - j] * y[j])
        );
}
