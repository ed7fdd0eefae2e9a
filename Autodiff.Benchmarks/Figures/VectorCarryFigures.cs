namespace Autodiff.Benchmarks;

/// <summary>The state of a recurrent network, c ← tanh(A c + b), which should stay in place; and the gradient with respect to A, b and c.</summary>
static unsafe class VectorCarryFigures
{
    const double Target = 1.3;

    internal static IEnumerable<Figure> Of(Sizes sizes) => [.. Of(8, sizes.VectorSteps), .. Of(64, sizes.VectorSteps)];

    static IEnumerable<Figure> Of(int length, int steps)
    {
        var work = $"c ← tanh(A c + b), length {length}, {Sizes.Short(steps)} steps";
        NDArray F((NDArray A, NDArray B, NDArray C) s) => ForiLoop(0, steps, (_, c) => Tanh(Dot(s.A, c) + s.B), s.C);
        yield return new(
            work,
            "loop",
            Unit.Milliseconds,
            Target,
            () =>
            {
                var (x, jitted) = (Start(length), Jit(F));
                return Contest.Between(() => jitted(x), () => ByHand(x, steps), 1e-9);
            }
        );
        yield return GradientFigures.Of(work, Unit.Milliseconds, s => Sum(F(s)), () => Start(length));
    }

    // A is a rotation: states and derivatives neither die out nor grow, so that no step works on denormal numbers.
    static (NDArray A, NDArray B, NDArray C) Start(int length)
    {
        var (half, one) = (Inputs.Normal(1, DType.Float64, length, length), Eye(length));
        var skew = half - MatrixTranspose(half);
        return (Solve(one - skew, one + skew), 1e-3 * Inputs.Normal(2, DType.Float64, length), Inputs.Normal(3, DType.Float64, length));
    }

    static NDArray ByHand((NDArray A, NDArray B, NDArray C) start, int steps)
    {
        var (columns, b, c) = (new double[start.A.Size], start.B.ToArray<double>(), start.C.ToArray<double>());
        var length = c.Length;
        var rows = start.A.ToArray<double>();
        for (var i = 0; i < length; i++)
        for (var j = 0; j < length; j++)
            columns[j * length + i] = rows[i * length + j];
        fixed (
            double* pa = columns,
                pb = b,
                pc = c
        )
            VectorCarries.Run(pa, pb, pc, length, steps);
        return c;
    }
}
