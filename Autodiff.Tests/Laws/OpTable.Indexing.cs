using static Autodiff.Ops;
using static Autodiff.Tests.Domains;

namespace Autodiff.Tests;

public static partial class OpTable
{
    static IEnumerable<OpRow> Indexing =>
        new[]
        {
            Of("Index: position", x => x[1], x => Dense.Build(x.Shape[1..], i => x[[1, .. i]]), [3, 2], [3]),
            Of("Index: last", x => x[.., ^1], x => Dense.Build([x.Shape[0]], i => x[i[0], x.Shape[1] - 1]), [2, 3]),
            Of("Index: range", x => x[1..3, ..^1], x => Dense.Build([2, 2], i => x[i[0] + 1, i[1]]), [4, 3]),
            Of("Index: steps", x => x[Slice.Step(null, null, -2)], x => Dense.Build([3], i => x[4 - 2 * i[0]]), [5]),
            Of("Index: new axis", x => x[Slice.Ellipsis, Slice.NewAxis, 0], x => Dense.Build([2, 1], i => x[i[0], 0]), [2, 3]),
            Of("Index: mask", x => x[Mask], x => Dense.Build([2, 2], i => x[2 * i[0], i[1]]), [3, 2]),
            Of("Index: empty", x => x[1..1], x => Dense.Build([0, 2], _ => 0), [3, 2]),
            At("Index: array", (x, at) => x[at], (x, at) => Dense.Build([.. at.Shape, 2], i => x[Row(at[i[..^1]]), i[^1]]), [4, 2], [3]),
            At("Index: two arrays", (x, at) => x[at, at], (x, at) => Dense.Build(at.Shape, i => x[Row(at[i]), Row(at[i])]), [4, 4], [2, 2]),
            At("Index: array and range", (x, at) => x[1.., at], (x, at) => Dense.Build([1, 3], i => x[1, Row(at[i[1]])]), [2, 4], [3]),
            At("Take", (x, at) => Take(x, at), (x, at) => Dense.Build(at.Shape, i => x.Values[Row(at[i])]), [2, 2], [3]),
            At(
                "Take: axis",
                (x, at) => Take(x, at, 1),
                (x, at) => Dense.Build([2, 2, 2], i => x[i[0], Row(at[i[1], i[2]])]),
                [2, 4],
                [2, 2]
            ),
            At(
                "TakeAlongAxis",
                (x, at) => TakeAlongAxis(x, at, 1),
                (x, at) => Dense.Build(at.Shape, i => x[i[0], Row(at[i])]),
                [2, 4],
                [2, 3]
            ),
            At(
                "DynamicSlice",
                (x, at) => DynamicSlice(x, [at, 1], [2, 2]),
                (x, at) => Dense.Build([2, 2], i => x[Math.Clamp(Row(at[[]]), 0, 2) + i[0], i[1] + 1]),
                [4, 3],
                []
            ),
            Write("At: Set", (x, at, v) => x.At[at].Set(v), (_, v) => v, order: [3, 1, 0]),
            Write("At: Add", (x, at, v) => x.At[at].Add(v), (x, v) => x + v),
            Write("At: Subtract", (x, at, v) => x.At[at].Subtract(v), (x, v) => x - v),
            Write("At: Multiply", (x, at, v) => x.At[at].Multiply(v, uniqueIndices: true), (x, v) => x * v, order: [3, 1, 0]),
            Write("At: Divide", (x, at, v) => x.At[at].Divide(v, uniqueIndices: true), (x, v) => x / v, order: [3, 1, 0]) with
            {
                Types = Floats,
            },
            Write("At: Power", (x, at, v) => x.At[at].Power(v, uniqueIndices: true), Math.Pow, order: [3, 1, 0]) with
            {
                Types = Floats,
            },
            Write("At: Min", (x, at, v) => x.At[at].Min(v), Math.Min),
            Write("At: Max", (x, at, v) => x.At[at].Max(v), Math.Max),
            Write("At: Apply", (x, at, v) => x.At[at].Apply(e => e * e), (x, _) => x * x, order: [3, 1, 0]),
            Write("At: range", (x, _, v) => x.At[1..].Add(v), (x, v) => x + v, order: [1, 2, 3]),
            Write("At: Clip", (x, at, v) => x.At[at + 2].Add(v, IndexMode.Clip), (x, v) => x + v, order: [3, 3, 2]) with
            {
                Arguments = [new(Distinct), new(Constant(3, 1, 0), DType.Int64), new(Positive)],
            },
            At(
                "At: Get",
                (x, at) => x.At[at + 2].Get(IndexMode.Fill, 7),
                (x, at) => Dense.Build(at.Shape, i => Filled(x, Row(at[i]) + 2)),
                [4],
                [3]
            ),
            new(
                "PutAlongAxis",
                xs => [PutAlongAxis(xs[0], xs[1], xs[2], 0)],
                xs => [Dense.Build([3], i => i[0] == 1 ? xs[2][0] : xs[0][i])]
            )
            {
                Arguments = [new(Real), new(Constant(1), DType.Int64), new(Real)],
                Cases =
                [
                    [
                        [3],
                        [1],
                        [1],
                    ],
                ],
            },
            new(
                "DynamicUpdateSlice",
                xs => [DynamicUpdateSlice(xs[0], xs[1], [xs[2]])],
                xs =>
                    [Dense.Build([4], i => i[0] - Math.Min(xs[2][[]], 2) is 0 or 1 ? xs[1][i[0] - (int)Math.Min(xs[2][[]], 2)] : xs[0][i])]
            )
            {
                Arguments = [new(Real), new(Real), new(Integers(0, 4), DType.Int64)],
                Cases =
                [
                    [
                        [4],
                        [2],
                        [],
                    ],
                ],
            },
        }.Select(row => row with { Types = row.Types.Length == 2 && row.Name is "At: Divide" or "At: Power" ? Floats : Signed });

    static readonly bool[] Mask = [true, false, true];

    static OpRow At(string name, Func<NDArray, NDArray, NDArray> f, Func<Dense, Dense, Dense> reference, int[] x, int[] at) =>
        Of2(name, f, reference, [x, at]) with
        {
            Arguments = [new(Real), new(Integers(0, 4), DType.Int64)],
        };

    /// <summary>
    /// An update of a vector of four at the positions 3, 1, 0, or at 3, 1, 3 where an element may be met twice.
    /// </summary>
    static OpRow Write(string name, Func<NDArray, NDArray, NDArray, NDArray> f, Func<double, double, double> combine, int[]? order = null)
    {
        int[] positions = order ?? [3, 1, 3];
        return new(
            name,
            xs => [f(xs[0], xs[1], xs[2])],
            xs =>
            {
                var result = (double[])xs[0].Values.Clone();
                for (var k = 0; k < positions.Length; k++)
                    result[positions[k]] = combine(result[positions[k]], xs[2].Values[k]);
                return [new([4], result)];
            }
        )
        {
            Arguments = [new(Positive), new(Constant([.. positions.Select(p => (double)p)]), DType.Int64), new(Positive)],
            Cases =
            [
                [
                    [4],
                    [3],
                    [3],
                ],
            ],
        };
    }

    static int Row(double index) => (int)index;

    static double Filled(Dense x, int at) => at < x.Shape[0] ? x[at] : 7;
}
