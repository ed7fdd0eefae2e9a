using static Autodiff.Ops;
using static Autodiff.Tests.Domains;

namespace Autodiff.Tests;

public static partial class OpTable
{
    static IEnumerable<OpRow> Shapes =>
        new[]
        {
            Of("Copy", Copy, x => x, [2, 3], []),
            Of("Ravel", Ravel, x => new([x.Values.Length], x.Values), [2, 3], []),
            Of("PermuteDims", x => PermuteDims(x, 1, 0), x => Permuted(x, [1, 0]), [2, 3]),
            Of("SwapAxes", x => SwapAxes(x, 0, -1), x => Permuted(x, [2, 1, 0]), [2, 3, 4]),
            Of("MatrixTranspose", MatrixTranspose, x => Permuted(x, [0, 2, 1]), [2, 3, 4]),
            Of("ExpandDims", x => ExpandDims(x, 0, -1), x => new([1, .. x.Shape, 1], x.Values), [2, 3], []),
            Of("Squeeze", x => Squeeze(x), x => new([.. x.Shape.Where(d => d != 1)], x.Values), [2, 1, 3], [1]),
            Of("AtLeast1D", AtLeast1D, x => new(x.Rank == 0 ? [1] : x.Shape, x.Values), [], [2]),
            Of("AtLeast2D", AtLeast2D, x => new([1, x.Values.Length], x.Values), [], [2]),
            Of("AtLeast3D", AtLeast3D, x => new([1, x.Values.Length, 1], x.Values), [], [2]),
            Of("FlipLR", FlipLR, x => Dense.Build(x.Shape, i => x[i[0], x.Shape[1] - 1 - i[1]]), [2, 3]),
            Of("FlipUD", FlipUD, x => Dense.Build(x.Shape, i => x[x.Shape[0] - 1 - i[0], i[1]]), [2, 3]),
            Of("Rot90", x => Rot90(x), x => Dense.Build([3, 2], i => x[i[1], 2 - i[0]]), [2, 3]),
            Of("Rot90: backwards", x => Rot90(x, -1), x => Dense.Build([3, 2], i => x[1 - i[1], i[0]]), [2, 3]),
            Of("Roll", x => Roll(x, 2), x => new(x.Shape, [.. x.Values[^2..], .. x.Values[..^2]]), [5], [2, 3]),
            Of("Roll: axes", x => Roll(x, [1, -1], [0, 1]), x => Dense.Build([2, 3], i => x[(i[0] + 1) % 2, (i[1] + 1) % 3]), [2, 3]),
            new("BroadcastArrays", xs => BroadcastArrays(xs), xs => [.. xs.Select(x => Dense.Build([2, 3], x.Broadcast))])
            {
                Arguments = [new(Real), new(Real)],
                Cases =
                [
                    [
                        [3],
                        [2, 1],
                    ],
                ],
            },
            Of("Tile", x => Tile(x, 2, 2), x => Dense.Build([2, 2 * x.Shape[0]], i => x[i[1] % x.Shape[0]]), [3]),
            Of("Repeat", x => Repeat(x, 2), x => new([2 * x.Values.Length], [.. x.Values.SelectMany(v => new[] { v, v })]), [3], [2, 2]),
            Of("Repeat: counts", x => Repeat(x, [2, 0, 1], 0), x => new([3], [x[0], x[0], x[2]]), [3]),
            Of("Pad", x => Pad(x, 1), x => Dense.Build([4, 5], i => i[0] is 0 or 3 || i[1] is 0 or 4 ? 0 : x[i[0] - 1, i[1] - 1]), [2, 3]),
            Padded("edge", PadMode.Edge, i => Math.Clamp(i, 0, 3)),
            Padded(
                "reflect",
                PadMode.Reflect,
                i =>
                    i < 0 ? -i
                    : i > 3 ? 6 - i
                    : i
            ),
            Padded(
                "symmetric",
                PadMode.Symmetric,
                i =>
                    i < 0 ? -1 - i
                    : i > 3 ? 7 - i
                    : i
            ),
            Padded("wrap", PadMode.Wrap, i => (i + 4) % 4),
        }.Select(row => row with { Types = Signed });

    static IEnumerable<OpRow> Joining =>
        new[]
        {
            Of2(
                "HStack",
                (x, y) => HStack([x, y]),
                (x, y) => Joined(x, y, 1),
                [
                    [2, 3],
                    [2, 1],
                ]
            ),
            Of2(
                "VStack",
                (x, y) => VStack([x, y]),
                (x, y) => new([2, 3], [.. x.Values, .. y.Values]),
                [
                    [3],
                    [3],
                ]
            ),
            Of2(
                "DStack",
                (x, y) => DStack([x, y]),
                (x, y) => Dense.Build([1, 3, 2], i => (i[2] == 0 ? x : y)[i[1]]),
                [
                    [3],
                    [3],
                ]
            ),
            Of2(
                "ColumnStack",
                (x, y) => ColumnStack([x, y]),
                (x, y) => Dense.Build([3, 2], i => (i[1] == 0 ? x : y)[i[0]]),
                [
                    [3],
                    [3],
                ]
            ),
            Of2(
                "Append",
                (x, y) => Append(x, y),
                (x, y) => new([x.Values.Length + y.Values.Length], [.. x.Values, .. y.Values]),
                [
                    [2, 2],
                    [3],
                ]
            ),
            Of2(
                "Append: axis",
                (x, y) => Append(x, y, 0),
                (x, y) => Joined(x, y, 0),
                [
                    [2, 2],
                    [1, 2],
                ]
            ),
            Of2(
                "Insert",
                (x, y) => Insert(x, 1, y),
                (x, y) => new([4], [x[0], y[[]], x[1], x[2]]),
                [
                    [3],
                    [],
                ]
            ),
            Of("Delete", x => Delete(x, 1), x => new([2], [x[0], x[2]]), [3]),
            Of("Delete: several", x => Delete(x, [0, 2], 0), x => Dense.Build([1, 2], i => x[1, i[1]]), [3, 2]),
            Parts("Split", x => Split(x, 2, 1), (x, k) => Dense.Build([2, 2], i => x[i[0], i[1] + 2 * k]), 2, [2, 4]),
            Parts("Split: positions", x => Split(x, [2]), (x, k) => Dense.Build([2], i => x[i[0] + 2 * k]), 2, [4]),
            Parts("ArraySplit", x => ArraySplit(x, 2), (x, k) => Dense.Build([3 - k], i => x[i[0] + 3 * k]), 2, [5]),
            Parts("HSplit", x => HSplit(x, 2), (x, k) => Dense.Build([2, 2], i => x[i[0], i[1] + 2 * k]), 2, [2, 4]),
            Parts("VSplit", x => VSplit(x, 2), (x, k) => Dense.Build([1, 3], i => x[k, i[1]]), 2, [2, 3]),
            Parts("DSplit", x => DSplit(x, 2), (x, k) => Dense.Build([1, 2, 1], i => x[0, i[1], k]), 2, [1, 2, 2]),
            Parts("Unstack", x => Unstack(x, 1), (x, k) => Dense.Build([2], i => x[i[0], k]), 3, [2, 3]),
        }.Select(row => row with { Types = Signed });

    static IEnumerable<OpRow> Matrices =>
        new[]
        {
            Of("Tril", x => Tril(x), x => Dense.Build(x.Shape, i => i[^1] <= i[^2] ? x[i] : 0), [3, 3], [2, 2, 3]),
            Of("Triu", x => Triu(x, 1), x => Dense.Build(x.Shape, i => i[^1] >= i[^2] + 1 ? x[i] : 0), [3, 3], [2, 2, 3]),
            Of("Diag", x => Diag(x), x => Dense.Build([3, 3], i => i[0] == i[1] ? x[i[0]] : 0), [3]),
            Of("Diag: of a matrix", x => Diag(x, 1), x => Dense.Build([2], i => x[i[0], i[0] + 1]), [2, 3]),
            Of("DiagFlat", x => DiagFlat(x), x => Dense.Build([4, 4], i => i[0] == i[1] ? x.Values[i[0]] : 0), [2, 2]),
            Of("Diagonal", x => Diagonal(x), x => Dense.Build([2], i => x[i[0], i[0]]), [2, 3]),
            Of("Vander", x => Vander(x), x => Dense.Build([3, 3], i => Math.Pow(x[i[0]], 2 - i[1])), [3]),
            Of2(
                "Einsum",
                (x, y) => Einsum("ij,jk->ki", x, y),
                (x, y) => Permuted(Product(x, y), [1, 0]),
                [
                    [2, 3],
                    [3, 4],
                ]
            ),
            Of2(
                "Einsum: batches",
                (x, y) => Einsum("bij,bkj->bik", x, y),
                (x, y) => Sums([2, 2, 2], 1, (i, k) => x[i[0], i[1], k[0]] * y[i[0], i[2], k[0]], 3),
                [
                    [2, 2, 3],
                    [2, 2, 3],
                ]
            ),
            Of("Einsum: diagonal", x => Einsum("ii->i", x), x => Dense.Build([3], i => x[i[0], i[0]]), [3, 3]),
            Of("Einsum: sum", x => Einsum("ij->", x), x => Dense.Scalar(x.Values.Sum()), [2, 3]),
            Made("Eye", () => Eye(2, 3, 1), Dense.Build([2, 3], i => i[1] == i[0] + 1 ? 1 : 0)),
            Made("Identity", () => Identity(3), Dense.Build([3, 3], i => i[0] == i[1] ? 1 : 0)),
            Made("Tri", () => Tri(3), Dense.Build([3, 3], i => i[1] <= i[0] ? 1 : 0)),
            Of("OneHot", x => OneHot(x, 4), x => Dense.Build([.. x.Shape, 4], i => x[i[..^1]] == i[^1] ? 1 : 0), [3], []) with
            {
                Arguments = [new(Integers(0, 4), DType.Int64)],
                Order = 0,
            },
        };

    static OpRow Padded(string name, PadMode mode, Func<int, int> source) =>
        Of($"Pad: {name}", x => Pad(x, [(2, 1)], mode), x => Dense.Build([7], i => x[source(i[0] - 2)]), [4]);

    static OpRow Parts(string name, Func<NDArray, NDArray[]> f, Func<Dense, int, Dense> part, int count, int[] shape) =>
        new(name, xs => f(xs[0]), xs => [.. Enumerable.Range(0, count).Select(k => part(xs[0], k))])
        {
            Arguments = [new(Real)],
            Cases =
            [
                [shape],
            ],
        };
}
