namespace Autodiff.GradBench;

/// <summary>A gradient by one of the two modes.</summary>
delegate NDArray Gradient(Func<NDArray, NDArray> f, NDArray x);

/// <summary>The solver of the evals particle and saddle: steps that double while they succeed and halve when they do not.</summary>
static partial class GradientDescent
{
    const double Precision = 1e-5;

    public static NDArray Forward(Func<NDArray, NDArray> f, NDArray x) => JacFwd(f)(x);

    public static NDArray Reverse(Func<NDArray, NDArray> f, NDArray x) => Grad(f)(x);

    public static NDArray ArgMax(Func<NDArray, NDArray> f, NDArray start, Gradient gradient) => ArgMin(x => -f(x), start, gradient);

    public static NDArray ArgMin(Func<NDArray, NDArray> f, NDArray start, Gradient gradient)
    {
        Search Step(Search s)
        {
            var x = s.X - s.Rate * s.Slope;
            return Cond(Norm(x - s.X) <= Precision, () => s with { Done = true }, () => Try(s, x));
        }
        Search Try(Search s, NDArray x)
        {
            var value = f(x);
            return Cond(
                value < s.Value,
                () => s with { X = x, Value = value, Slope = gradient(f, x), Successes = s.Successes + 1 },
                () => s with { Rate = s.Rate / 2, Successes = 0 }
            );
        }
        var found = WhileLoop(
            s => !s.Done & (Norm(s.Slope) > Precision),
            s => Cond(Equal(s.Successes, 10), () => s with { Rate = 2 * s.Rate, Successes = 0 }, () => Step(s)),
            new Search(start, f(start), gradient(f, start), Rate: 1e-5, Successes: 0, Done: false)
        );
        return found.X;
    }

    static NDArray Norm(NDArray x) => Sqrt(Sum(Square(x)));

    [PyTree]
    internal sealed partial record Search(NDArray X, NDArray Value, NDArray Slope, NDArray Rate, NDArray Successes, NDArray Done);
}
