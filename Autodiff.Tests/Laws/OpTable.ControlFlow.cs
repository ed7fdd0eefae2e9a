using static Autodiff.Ops;
using static Autodiff.Tests.Domains;

namespace Autodiff.Tests;

public static partial class OpTable
{
    static readonly Argument Flag = new(Truth, DType.Bool);

    static OpRow[] ControlFlow =>
        [
            Of2(
                "Cond",
                (p, x) => Transform.Cond(p, Sin, a => a * a, x),
                (p, x) => Dense.Map(v => p[[]] != 0 ? Math.Sin(v[0]) : v[0] * v[0], x),
                [
                    [],
                    [3],
                ]
            ) with
            {
                Arguments = [Flag, new(Real)],
            },
            // In reverse mode the branch without a loop gives an empty tape.
            Of2(
                "Cond: loop in a branch",
                (p, x) => Transform.Cond(p, a => Transform.WhileLoop(c => c < 20, c => c * (1.5 + 0.1 * c), a), Sin, x),
                (p, x) => Dense.Map(v => p[[]] != 0 ? Grown(v[0]) : Math.Sin(v[0]), x),
                [
                    [],
                    [],
                ]
            ) with
            {
                Arguments = [Flag, new(AboveOne)],
            },
            Of2(
                "Switch",
                (i, x) => Transform.Switch(i, [Sin, Cos, Exp], x),
                (i, x) => Dense.Map(v => Chosen((int)i[[]], v[0]), x),
                [
                    [],
                    [3],
                ]
            ) with
            {
                Arguments = [new(Integers(0, 3), DType.Int64), new(Real)],
            },
            new("Scan", xs => Pair(Transform.Scan((c, x) => (c * x, Sin(c) + x), xs[0], xs[1])), xs => Scanned(xs[0], xs[1]))
            {
                Arguments = [new(Real), new(Real)],
                Cases =
                [
                    [
                        [],
                        [4],
                    ],
                    [
                        [],
                        [0],
                    ],
                ],
            },
            Of2(
                "ForiLoop",
                (x, n) => Transform.ForiLoop(0, n, (i, c) => c * c + x * i, x),
                Looped,
                [
                    [2],
                    [],
                ]
            ) with
            {
                Arguments = [new(Small), new(Integers(0, 4), DType.Int64)],
            },
            Of(
                "WhileLoop",
                x => Transform.WhileLoop(c => c < 20, c => c * (1.5 + 0.1 * c), x),
                x => Dense.Map(v => Grown(v[0]), x),
                []
            ) with
            {
                Arguments = [new(AboveOne)],
            },
            Of("Map", x => Transform.Map(r => Sum(Sin(r)), x), x => x.Fold([1], v => v.Sum(Math.Sin)), [3, 2]),
            Of("AssociativeScan", x => Transform.AssociativeScan((a, b) => a * b, x), x => x.Lines(0, Products), [5], [2, 2]),
        ];

    static OpRow[] Functions =>
        [
            Unary("Jit", Transform.Jit(x => Sin(x) * x), x => Math.Sin(x) * x, Real),
            Unary("Checkpoint", Transform.Checkpoint(x => Sin(Sin(x))), x => Math.Sin(Math.Sin(x)), Real),
            Unary("CustomJvp", Transform.CustomJvp(Sin, (x, dx) => (Sin(x), Cos(x) * dx)), Math.Sin, Real),
            Unary("CustomVjp", Transform.CustomVjp(Sin, x => (Sin(x), x), (x, ct) => Cos(x) * ct), Math.Sin, Real),
        ];

    static NDArray[] Pair((NDArray, NDArray) pair) => [pair.Item1, pair.Item2];

    static double Chosen(int index, double x) =>
        index switch
        {
            0 => Math.Sin(x),
            1 => Math.Cos(x),
            _ => Math.Exp(x),
        };

    static Dense[] Scanned(Dense init, Dense xs)
    {
        var carry = init[[]];
        List<double> ys = [];
        foreach (var x in xs.Values)
        {
            ys.Add(Math.Sin(carry) + x);
            carry *= x;
        }
        return [Dense.Scalar(carry), new(xs.Shape, [.. ys])];
    }

    static Dense Looped(Dense x, Dense count) =>
        Dense.Map(
            v =>
            {
                var carry = v[0];
                for (var i = 0; i < count[[]]; i++)
                    carry = carry * carry + v[0] * i;
                return carry;
            },
            x
        );

    static double Grown(double x)
    {
        while (x < 20)
            x *= 1.5 + 0.1 * x;
        return x;
    }

    static double[] Products(double[] line)
    {
        for (var i = 1; i < line.Length; i++)
            line[i] *= line[i - 1];
        return line;
    }
}
