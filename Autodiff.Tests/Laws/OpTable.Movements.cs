using static Autodiff.Ops;
using static Autodiff.Tests.Domains;

namespace Autodiff.Tests;

public static partial class OpTable
{
    static IEnumerable<OpRow> Movements =>
        new OpRow[]
        {
            Of("Reshape", x => Reshape(x, 3, -1), x => new([3, x.Values.Length / 3], x.Values), [2, 3], [3], [2, 3, 2]),
            Of("Reshape: scalar", x => Reshape(x), x => new([], x.Values), [1], [1, 1]),
            Of("Transpose", x => Transpose(x), x => Permuted(x, [.. Enumerable.Range(0, x.Rank).Reverse()]), [2, 3], [2, 3, 4], [], [0, 2]),
            Of("Transpose: permutation", x => Transpose(x, 1, 2, 0), x => Permuted(x, [1, 2, 0]), [2, 3, 4], [1, 0, 3]),
            Of("MoveAxis", x => MoveAxis(x, 0, -1), x => Permuted(x, [.. Enumerable.Range(1, x.Rank - 1), 0]), [2, 3], [2, 3, 4]),
            Of("BroadcastTo", x => BroadcastTo(x, [2, 3]), x => Dense.Build([2, 3], x.Broadcast), [3], [2, 1], [], [1, 1]),
            Of("Flip", x => Flip(x), x => Dense.Build(x.Shape, i => x[Mirrored(x, i)]), [2, 3], [5]),
            Of("Flip: axis", x => Flip(x, 1), x => Dense.Build(x.Shape, i => x[i[0], x.Shape[1] - 1 - i[1]]), [2, 3], [2, 0]),
            Of("StaticSlice", x => StaticSlice(x, [1, 0], [4, 3], [2, 1]), x => Dense.Build([2, 3], i => x[1 + 2 * i[0], i[1]]), [5, 3]),
            Of2(
                "PadWith",
                (x, value) => PadWith(x, value, [1, -1], [0, 2], [1, 0]),
                (x, value) => Dense.Build([4, 4], i => i[0] is 1 or 3 && i[1] < 2 ? x[i[0] / 2, i[1] + 1] : value[[]]),
                [
                    [2, 3],
                    [],
                ]
            ),
            Of2(
                "Concatenate",
                (x, y) => Concatenate([x, y]),
                (x, y) => Joined(x, y, 0),
                [
                    [2, 3],
                    [1, 3],
                ],
                [
                    [2],
                    [0],
                ],
                [
                    [3, 2],
                    [2, 2],
                ]
            ),
            Of2(
                "Concatenate: axis",
                (x, y) => Concatenate([x, y, x], -1),
                (x, y) => Joined(Joined(x, y, 1), x, 1),
                [
                    [2, 3],
                    [2, 1],
                ]
            ),
            Of2(
                "Stack",
                (x, y) => Stack([x, y]),
                (x, y) => new([2, .. x.Shape], [.. x.Values, .. y.Values]),
                [
                    [3],
                    [3],
                ],
                [
                    [
                        [],
                        [],
                    ],
                ]
            ),
            Of2(
                "Stack: more than one kernel takes",
                (x, y) => Stack([.. Enumerable.Range(0, 40).Select(i => i % 2 == 0 ? x : y)]),
                (x, y) => new([40, .. x.Shape], [.. Enumerable.Range(0, 40).SelectMany(i => (i % 2 == 0 ? x : y).Values)]),
                [
                    [3],
                    [3],
                ]
            ),
            Of2(
                "Stack: axis",
                (x, y) => Stack([x, y], 1),
                (x, y) => Dense.Build([3, 2], i => (i[1] == 0 ? x : y)[i[0]]),
                [
                    [3],
                    [3],
                ]
            ),
        }.Select(row => row with { Types = Signed });

    static IEnumerable<OpRow> Creation =>
        new[]
        {
            Made("Zeros", () => Zeros(2, 3), Dense.Build([2, 3], _ => 0)),
            Made("Ones", () => Ones(2, 3), Dense.Build([2, 3], _ => 1)),
            Made("Arange", () => Arange(5), Dense.Build([5], i => i[0])),
            Made("Arange: step", () => Arange(7, 1, -2), Dense.Build([3], i => 7 - 2 * i[0])),
            Made("Arange: floats", () => Arange(0.5, 2, 0.25), Dense.Build([6], i => 0.5 + 0.25 * i[0])),
            Made("Iota", () => Iota(DType.Int32, [2, 3], 1), Dense.Build([2, 3], i => i[1])),
            Made("FromSpan", () => FromSpan<double>([1, 2, 3, 4], 2, 2), new([2, 2], [1, 2, 3, 4])),
            Made(
                "Asarray",
                () =>
                    Asarray(
                        new[,]
                        {
                            { 1, 2 },
                            { 3, 4 },
                        }
                    ),
                new([2, 2], [1, 2, 3, 4])
            ),
        }.Concat([
            Of("Full", x => Full([2, 3], x), x => Dense.Build([2, 3], x.Broadcast), [], [3]) with
            {
                Types = Every,
            },
            Of("Full: type", x => Full([2, 3], x, DType.Float32), x => Dense.Build([2, 3], x.Broadcast), [], [3]) with
            {
                Slope = SlopeInSingle,
                Order = 1,
            },
            Of("FullLike", x => FullLike(x, 2), x => Dense.Build(x.Shape, _ => 2), [2, 3], []) with
            {
                Types = Numbers,
                Order = 0,
            },
            Of("ZerosLike", ZerosLike, x => Dense.Build(x.Shape, _ => 0), [2, 3], []) with
            {
                Types = Every,
                Order = 0,
            },
            Of("OnesLike", OnesLike, x => Dense.Build(x.Shape, _ => 1), [2, 3], []) with
            {
                Types = Every,
                Order = 0,
            },
        ]);

    static IEnumerable<OpRow> Conversions =>
        from type in DTypes.All
        from row in new[]
        {
            Unary($"AsType: {type.ShortName}", x => Ops.AsType(x, type), x => Converted(x, type), Positive) with
            {
                Types = Every,
            },
        }
        select row with
        {
            Order = type.IsFloat ? 1 : 0,
            Slope = type == DType.Float32 ? SlopeInSingle : row.Slope,
        };

    // Differences of Float32 results see their rounding.
    const double SlopeInSingle = 5e-3;

    static OpRow Made(string name, Func<NDArray> f, Dense expected) =>
        new(name, _ => [f()], _ => [expected])
        {
            Arguments = [],
            Cases =
            [
                [],
            ],
            Types = [DType.Float64],
            Order = 0,
        };

    static double Converted(double x, DType type) =>
        type switch
        {
            DType.Bool => x != 0 ? 1 : 0,
            { IsFloat: true } => x,
            _ => Math.Truncate(x),
        };

    static int[] Mirrored(Dense x, int[] index) => [.. index.Select((at, axis) => x.Shape[axis] - 1 - at)];

    static Dense Permuted(Dense x, int[] order) =>
        Dense.Build(
            [.. order.Select(a => x.Shape[a])],
            index =>
            {
                var from = new int[x.Rank];
                for (var k = 0; k < order.Length; k++)
                    from[order[k]] = index[k];
                return x[from];
            }
        );

    static Dense Joined(Dense x, Dense y, int axis) =>
        Dense.Build(
            Dense.With(x.Shape, axis, x.Shape[axis] + y.Shape[axis]),
            i => i[axis] < x.Shape[axis] ? x[i] : y[Dense.With(i, axis, i[axis] - x.Shape[axis])]
        );
}
