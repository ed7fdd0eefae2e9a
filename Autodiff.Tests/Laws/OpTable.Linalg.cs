using MathNet.Numerics.LinearAlgebra;
using static Autodiff.Ops;
using static Autodiff.Tests.Domains;

namespace Autodiff.Tests;

public static partial class OpTable
{
    // Factors are compared with MathNet's; matrices with a heavy diagonal keep the condition number small.
    static IEnumerable<OpRow> Linalg =>
        new[]
        {
            OfMatrices(
                "Cholesky",
                x => Cholesky(MatMul(x, MatrixTranspose(x))),
                x => EachMatrix(x, m => (m * m.Transpose()).Cholesky().Factor)
            ),
            OfMatrices("Inv", Inv, x => EachMatrix(x, m => m.Inverse())),
            OfMatrices("Det", Det, x => EachNumber(x, m => m.Determinant())),
            OfMatrices("SlogDet", x => SlogDet(x).LogAbsDet, x => EachNumber(x, m => Math.Log(Math.Abs(m.Determinant())))),
            OfMatrices("SlogDet: sign", x => SlogDet(x).Sign, x => EachNumber(x, m => Math.Sign(m.Determinant()))) with
            {
                Order = 0,
            },
            OfMatrices("LuFactor", x => LuFactor(x).Factors, x => EachMatrix(x, m => m.LU().L + m.LU().U - DiagonalOf(m.RowCount))),
            OfMatrices("MatrixPower", x => MatrixPower(x, 3), x => EachMatrix(x, m => m * m * m)),
            OfMatrices("MatrixPower: inverse", x => MatrixPower(x, -2), x => EachMatrix(x, m => m.Inverse() * m.Inverse())),
            OfMatrices("Norm", x => Norm(x), x => Dense.Scalar(Math.Sqrt(x.Values.Sum(v => v * v)))),
            OfMatrices("VectorNorm", x => VectorNorm(x), x => x.Fold([x.Rank - 1], v => Math.Sqrt(v.Sum(e => e * e)))),
            OfMatrices("MatrixNorm", x => MatrixNorm(x), x => EachNumber(x, m => m.FrobeniusNorm())),
            Solved("Solve", (a, b) => Solve(a, b), (a, b) => Columns(a, b, m => m)),
            Solved("TriangularSolve", (a, b) => TriangularSolve(a, b), (a, b) => Columns(a, b, m => m.UpperTriangle())),
            Solved("TriangularSolve: lower", (a, b) => TriangularSolve(a, b, lower: true), (a, b) => Columns(a, b, m => m.LowerTriangle())),
            Solved(
                "TriangularSolve: transpose",
                (a, b) => TriangularSolve(a, b, transpose: true),
                (a, b) => Columns(a, b, m => m.UpperTriangle().Transpose())
            ),
            Solved(
                "TriangularSolve: unit diagonal",
                (a, b) => TriangularSolve(a, b, unitDiagonal: true),
                (a, b) => Columns(a, b, m => m.StrictlyUpperTriangle() + DiagonalOf(m.RowCount))
            ),
            new("MultiDot", xs => [MultiDot(xs)], xs => [Product(Product(xs[0], xs[1]), xs[2])])
            {
                Arguments = [new(Real), new(Real), new(Real)],
                Cases =
                [
                    [
                        [2, 3],
                        [3, 4],
                        [4, 2],
                    ],
                ],
            },
            Of2(
                "Cross",
                (x, y) => Cross(x, y),
                (x, y) => Dense.Build(x.Shape, i => Crossed(x, y, i)),
                [
                    [3],
                    [3],
                ],
                [
                    [2, 3],
                    [2, 3],
                ]
            ),
            // Rounding grows with the condition number, and by as much again in a derivative.
        }.Select(row => row with { Ulps = 512, Slope = 1e-7 });

    static readonly Domain Heavy = (r, n) =>
    {
        var values = Unit(r, n);
        // Both sizes that occur: one or two matrices of three rows, or one of two.
        var size = n % 9 == 0 ? 3 : 2;
        for (var i = 0; i < n; i++)
            if (i % (size * size) % (size + 1) == 0)
                values[i] = 3 + values[i];
        return values;
    };

    static OpRow OfMatrices(string name, Func<NDArray, NDArray> f, Func<Dense, Dense> reference) =>
        Of(name, f, reference, [3, 3], [2, 3, 3], [2, 2]) with
        {
            Arguments = [new(Heavy)],
        };

    static OpRow Solved(string name, Func<NDArray, NDArray, NDArray> f, Func<Dense, Dense, Dense> reference) =>
        Of2(
            name,
            f,
            reference,
            [
                [3, 3],
                [3, 2],
            ],
            [
                [2, 2],
                [2, 1],
            ]
        ) with
        {
            Arguments = [new(Heavy), new(Real)],
        };

    static Matrix<double> DiagonalOf(int n) => CreateMatrix.DenseIdentity<double>(n);

    static Dense Part(Dense x, int[] batch) => Dense.Build(x.Shape[^2..], i => x[[.. batch, .. i]]);

    static Dense EachMatrix(Dense x, Func<Matrix<double>, Matrix<double>> f) =>
        Dense.Build(x.Shape, i => f(Matrix(Part(x, i[..^2])))[i[^2], i[^1]]);

    static Dense EachNumber(Dense x, Func<Matrix<double>, double> f) => Dense.Build(x.Shape[..^2], i => f(Matrix(Part(x, i))));

    static Dense Columns(Dense a, Dense b, Func<Matrix<double>, Matrix<double>> part)
    {
        var solution = part(Matrix(a)).Solve(Matrix(b));
        return Dense.Build(b.Shape, i => solution[i[0], i[1]]);
    }

    static double Crossed(Dense x, Dense y, int[] i)
    {
        double At(Dense a, int k) => a[Dense.With(i, i.Length - 1, k % 3)];
        var k = i[^1];
        return At(x, k + 1) * At(y, k + 2) - At(x, k + 2) * At(y, k + 1);
    }
}
