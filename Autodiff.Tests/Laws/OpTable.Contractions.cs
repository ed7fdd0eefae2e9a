using MathNet.Numerics.LinearAlgebra;
using static Autodiff.Ops;

namespace Autodiff.Tests;

public static partial class OpTable
{
    static IEnumerable<OpRow> Contractions =>
        new OpRow[]
        {
            Of2(
                "MatMul",
                Ops.MatMul,
                Product,
                [
                    [2, 3],
                    [3, 4],
                ],
                [
                    [1, 3],
                    [3, 1],
                ],
                [
                    [2, 0],
                    [0, 3],
                ],
                [
                    [17, 33],
                    [33, 19],
                ]
            ),
            Of2(
                "MatMul: vectors",
                Ops.MatMul,
                (x, y) => Sums([], 1, (_, k) => x[k[0]] * y[k[0]], x.Shape[0]),
                [
                    [3],
                    [3],
                ],
                [
                    [37],
                    [37],
                ]
            ),
            Of2(
                "MatMul: matrix and vector",
                Ops.MatMul,
                (x, y) => Sums([x.Shape[0]], 1, (i, k) => x[i[0], k[0]] * y[k[0]], x.Shape[1]),
                [
                    [2, 3],
                    [3],
                ]
            ),
            Of2(
                "MatMul: vector and matrix",
                Ops.MatMul,
                (x, y) => Sums([y.Shape[1]], 1, (i, k) => x[k[0]] * y[k[0], i[0]], x.Shape[0]),
                [
                    [3],
                    [3, 2],
                ]
            ),
            Of2(
                "MatMul: batches",
                Ops.MatMul,
                Batched,
                [
                    [2, 2, 3],
                    [2, 3, 2],
                ],
                [
                    [2, 1, 2, 3],
                    [3, 3, 2],
                ]
            ),
            Of2(
                "MatMul: one batch",
                Ops.MatMul,
                (x, y) => Sums([2, 2, 4], 1, (i, k) => x[i[0], i[1], k[0]] * y[k[0], i[2]], 3),
                [
                    [2, 2, 3],
                    [3, 4],
                ]
            ),
            Of2(
                "MatMul: vector and batch",
                Ops.MatMul,
                (x, y) => Sums([2, 4], 1, (i, k) => x[k[0]] * y[i[0], k[0], i[1]], 3),
                [
                    [3],
                    [2, 3, 4],
                ]
            ),
            Of2(
                "Dot",
                Dot,
                Product,
                [
                    [2, 3],
                    [3, 4],
                ]
            ),
            Of2(
                "Dot: scalar",
                Dot,
                (x, y) => Dense.Map(v => v[0] * v[1], x, y),
                [
                    [],
                    [2, 3],
                ],
                [
                    [2],
                    [],
                ]
            ),
            Of2(
                "Dot: tensors",
                Dot,
                (x, y) => Sums([2, 2, 2], 1, (i, k) => x[i[0], k[0]] * y[i[1], k[0], i[2]], 3),
                [
                    [2, 3],
                    [2, 3, 2],
                ]
            ),
            Of2(
                "VDot",
                VDot,
                (x, y) => Dense.Scalar(x.Values.Zip(y.Values, (a, b) => a * b).Sum()),
                [
                    [2, 3],
                    [3, 2],
                ],
                [
                    [37],
                    [37],
                ]
            ),
            Of2(
                "VecDot",
                (x, y) => VecDot(x, y),
                (x, y) => Sums([2], 1, (i, k) => x[i[0], k[0]] * y[k[0]], 3),
                [
                    [2, 3],
                    [3],
                ]
            ),
            Of2(
                "VecDot: axis",
                (x, y) => VecDot(x, y, 0),
                (x, y) => Sums([3], 1, (i, k) => x[k[0], i[0]] * y[k[0], i[0]], 2),
                [
                    [2, 3],
                    [2, 3],
                ]
            ),
            Of2(
                "Inner",
                Inner,
                (x, y) => Sums([2, 4], 1, (i, k) => x[i[0], k[0]] * y[i[1], k[0]], 3),
                [
                    [2, 3],
                    [4, 3],
                ]
            ),
            Of2(
                "Outer",
                Outer,
                (x, y) => Dense.Build([2, 3], i => x.Values[i[0]] * y.Values[i[1]]),
                [
                    [2],
                    [3],
                ],
                [
                    [2, 1],
                    [3],
                ]
            ),
            Of2(
                "TensorDot",
                (x, y) => TensorDot(x, y),
                (x, y) => Sums([2, 3], 2, (i, k) => x[i[0], k[0], k[1]] * y[k[0], k[1], i[1]], 2, 4),
                [
                    [2, 2, 4],
                    [2, 4, 3],
                ]
            ),
            Of2(
                "TensorDot: outer",
                (x, y) => TensorDot(x, y, 0),
                (x, y) => Dense.Build([2, 3], i => x[i[0]] * y[i[1]]),
                [
                    [2],
                    [3],
                ]
            ),
            Of2(
                "TensorDot: axes",
                (x, y) => TensorDot(x, y, [2, 0], [0, 1]),
                (x, y) => Sums([3, 4], 2, (i, k) => x[k[1], i[0], k[0]] * y[k[0], k[1], i[1]], 4, 2),
                [
                    [2, 3, 4],
                    [4, 2, 4],
                ]
            ),
            Of2(
                "Kron",
                Kron,
                (x, y) => Dense.Build([4, 6], i => x[i[0] / 2, i[1] / 2] * y[i[0] % 2, i[1] % 2]),
                [
                    [2, 3],
                    [2, 2],
                ]
            ),
            Of("Trace", x => Trace(x), x => Sums([], 1, (_, k) => x[k[0], k[0]], Math.Min(x.Shape[0], x.Shape[1])), [2, 3], [3, 3]),
            Of("Trace: offset", x => Trace(x, 1, 2, 0), x => Sums([2], 1, (i, k) => x[k[0] + 1, i[0], k[0]], 2), [3, 2, 3]),
            // Devices and batches sum in another order.
        }.Select(row => row with { Types = Signed, Ulps = 64 });

    static Dense Sums(int[] shape, int summed, Func<int[], int[], double> term, params int[] ranges)
    {
        Assert.Equal(summed, ranges.Length);
        return Dense.Build(shape, i => Dense.Indices(ranges).Sum(k => term(i, k)));
    }

    static Dense Batched(Dense x, Dense y)
    {
        int[] Leading(Dense a) => a.Shape[..^2];
        var batch = Dense.CommonShape(new Dense(Leading(x), []), new Dense(Leading(y), []));
        double At(Dense a, int[] i, int row, int column)
        {
            var lead = Leading(a);
            int[] at = [.. lead.Select((d, axis) => d == 1 ? 0 : i[axis + batch.Length - lead.Length])];
            return a[[.. at, row, column]];
        }
        return Sums([.. batch, x.Shape[^2], y.Shape[^1]], 1, (i, k) => At(x, i, i[^2], k[0]) * At(y, i, k[0], i[^1]), x.Shape[^1]);
    }

    // MathNet has no empty matrices.
    static Dense Product(Dense x, Dense y)
    {
        if (x.Values.Length == 0)
            return Dense.Build([x.Shape[0], y.Shape[1]], _ => 0);
        var (a, b) = (Matrix(x), Matrix(y));
        var product = a * b;
        return Dense.Build([x.Shape[0], y.Shape[1]], i => product[i[0], i[1]]);
    }

    static Matrix<double> Matrix(Dense x) => CreateMatrix.Dense(x.Shape[0], x.Shape[1], (i, j) => x[i, j]);
}
