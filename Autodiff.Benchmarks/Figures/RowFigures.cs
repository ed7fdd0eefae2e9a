using System.Numerics;

namespace Autodiff.Benchmarks;

/// <summary>Reductions, alone and between elementwise passes.</summary>
static unsafe class RowFigures
{
    const double Target = 1.15;
    const double Epsilon = 1e-5;
    const string Loop = "loop";

    internal static IEnumerable<Figure> Of(Sizes sizes) =>
        [.. Of<float>(DType.Float32, sizes), .. Of<double>(DType.Float64, sizes), .. Gradients(sizes)];

    static IEnumerable<Figure> Of<T>(DType type, Sizes sizes)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (rows, columns) = sizes.Matrix;
        var (matrix, vector) = ($"{type.ShortName} {rows}×{columns}", $"{type.ShortName} {Sizes.Short(sizes.Vector)}");
        NDArray Matrix() => Inputs.Normal(1, type, rows, columns);
        NDArray Vector(int seed) => Inputs.Normal(seed, type, sizes.Vector);
        Figure Row(string name, Func<Contest> prepare) => new(name, Loop, Unit.Microseconds, Target, prepare);
        var tolerance = Inputs.Tolerance(type);

        return
        [
            Row(
                $"softmax {matrix}",
                () =>
                {
                    var (x, jitted) = (Matrix(), Jit(x => Softmax(x)));
                    return Contest.Between(
                        () => jitted(x),
                        () => Arrays.Map<T>((from, to, _) => RowLoops.Softmax(from, to, rows, columns), x),
                        tolerance
                    );
                }
            ),
            Row(
                $"layer norm {matrix}",
                () =>
                {
                    var (x, gain, bias) = (
                        Matrix(),
                        (ConcreteArray)Inputs.Normal(2, type, columns),
                        (ConcreteArray)Inputs.Normal(3, type, columns)
                    );
                    var jitted = Jit<Func<NDArray, NDArray, NDArray, NDArray>>(LayerNorm);
                    NDArray ByHand()
                    {
                        fixed (
                            byte* g = &gain.Buffer.First,
                                b = &bias.Buffer.First
                        )
                        {
                            var (pg, pb) = ((nint)g, (nint)b);
                            return Arrays.Map<T>(
                                (from, to, _) => RowLoops.LayerNorm(from, (T*)pg, (T*)pb, to, rows, columns, T.CreateChecked(Epsilon)),
                                x
                            );
                        }
                    }
                    return Contest.Between(() => jitted(x, gain, bias), ByHand, tolerance);
                }
            ),
            Row(
                $"mean squared error {vector}",
                () =>
                {
                    var (x, y, jitted) = (Vector(1), Vector(2), Jit((x, y) => Mean(Square(x - y))));
                    NDArray ByHand() =>
                        ConcreteArray.Create(new(type, Shape.Scalar), [Arrays.Fold<T, T>(FoldLoops.MeanSquaredError, x, y)]);
                    return Contest.Between(() => jitted(x, y), ByHand, 10 * tolerance);
                }
            ),
            Row(
                $"argmax {vector}",
                () =>
                {
                    var (x, jitted) = (Vector(1), Jit(x => ArgMax(x)));
                    return Contest.Between(() => jitted(x), () => Arrays.Fold<T, long>(FoldLoops.ArgMax, x, x), 0);
                }
            ),
            Row(
                $"cumsum {vector}",
                () =>
                {
                    var (x, jitted) = (Vector(1), Jit(x => CumSum(x)));
                    return Contest.Between(() => jitted(x), () => Arrays.Map<T>(FoldLoops.CumulativeSum, x), 100 * tolerance);
                }
            ),
        ];
    }

    /// <summary>The gradients of scalars made of the same; a position has none.</summary>
    static IEnumerable<Figure> Gradients(Sizes sizes)
    {
        const DType Type = DType.Float64;
        var (rows, columns) = sizes.Matrix;
        var (matrix, vector) = ($"{Type.ShortName} {rows}×{columns}", $"{Type.ShortName} {Sizes.Short(sizes.Vector)}");
        NDArray Matrix() => Inputs.Normal(1, Type, rows, columns);
        NDArray Vector(int seed) => Inputs.Normal(seed, Type, sizes.Vector);
        static Figure[] Both<T>(string work, Func<T, NDArray> f, Func<T> prepare) =>
            [
                GradientFigures.Of(work, Unit.Microseconds, f, prepare),
                GradientFigures.Of(work, Unit.Microseconds, f, prepare, fresh: false),
            ];
        return
        [
            .. Both($"Σ softmax², {matrix}", x => Sum(Square(Softmax(x))), Matrix),
            .. Both(
                $"Σ (layer norm)², {matrix}",
                ((NDArray X, NDArray Gain, NDArray Bias) s) => Sum(Square(LayerNorm(s.X, s.Gain, s.Bias))),
                () => (Matrix(), Inputs.Normal(2, Type, columns), Inputs.Normal(3, Type, columns))
            ),
            .. Both($"mean squared error, {vector}", ((NDArray X, NDArray Y) s) => Mean(Square(s.X - s.Y)), () => (Vector(1), Vector(2))),
            .. Both($"Σ cumsum², {vector}", x => Sum(Square(CumSum(x))), () => Vector(1)),
        ];
    }

    static NDArray LayerNorm(NDArray x, NDArray gain, NDArray bias) => Standardize(x, epsilon: Epsilon) * gain + bias;
}
