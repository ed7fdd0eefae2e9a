namespace Autodiff;

/// <summary>
/// An integer expression as <c>Constant + Σ Axes[a] · axis a + Σ Coefficient · Term</c>, where the terms are expressions that are not affine
/// in the index variables.
/// </summary>
sealed class Affine(long constant, long[] axes, (Scalar Term, long Coefficient)[] terms)
{
    internal long Constant => constant;
    internal long[] Axes => axes;
    internal (Scalar Term, long Coefficient)[] Terms => terms;
    internal bool IsConstant => terms.Length == 0 && Array.TrueForAll(axes, a => a == 0);

    internal static Affine Number(long value, int rank) => new(value, new long[rank], []);

    internal static Affine Axis(int axis, int rank)
    {
        var axes = new long[rank];
        axes[axis] = 1;
        return new(0, axes, []);
    }

    internal static Affine Opaque(Scalar term, int rank) => new(0, new long[rank], [(term, 1)]);

    internal Affine Plus(Affine other)
    {
        var sum = new List<(Scalar Term, long Coefficient)>(terms);
        foreach (var (term, c) in other.Terms)
        {
            var at = sum.FindIndex(t => ReferenceEquals(t.Term, term));
            if (at < 0)
                sum.Add((term, c));
            else
                sum[at] = (term, sum[at].Coefficient + c);
        }
        sum.RemoveAll(t => t.Coefficient == 0);
        return new(constant + other.Constant, [.. axes.Zip(other.Axes, (a, b) => a + b)], [.. sum]);
    }

    internal Affine Times(long factor) =>
        factor == 0
            ? Number(0, axes.Length)
            : new(
                constant * factor,
                Array.ConvertAll(axes, a => a * factor),
                Array.ConvertAll(terms, t => (t.Term, t.Coefficient * factor))
            );

    /// <summary>The parts whose coefficients <paramref name="divisor"/> divides, divided by it, and the rest.</summary>
    internal (Affine Quotient, Affine Remainder) Split(long divisor)
    {
        var quotient = Array.ConvertAll(axes, a => a % divisor == 0 ? a / divisor : 0);
        var rest = Array.ConvertAll(axes, a => a % divisor == 0 ? 0 : a);
        var whole = constant - Modulo(constant, divisor);
        return (
            new(
                whole / divisor,
                quotient,
                [.. terms.Where(t => t.Coefficient % divisor == 0).Select(t => (t.Term, t.Coefficient / divisor))]
            ),
            new(constant - whole, rest, Array.FindAll(terms, t => t.Coefficient % divisor != 0))
        );
    }

    static long Modulo(long a, long b) => (a % b + b) % b;

    internal bool SameAs(Affine other) => constant == other.Constant && SamePlaceAs(other);

    /// <summary>Equality but for the constant.</summary>
    internal bool SamePlaceAs(Affine other) =>
        axes.AsSpan().SequenceEqual(other.Axes)
        && terms.Length == other.Terms.Length
        && Array.TrueForAll(terms, t => Array.Exists(other.Terms, o => ReferenceEquals(o.Term, t.Term) && o.Coefficient == t.Coefficient));
}
