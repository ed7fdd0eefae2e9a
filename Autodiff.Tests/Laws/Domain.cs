namespace Autodiff.Tests;

/// <summary>Where an operand's numbers are drawn: a function of the generator and of their count.</summary>
public delegate double[] Domain(Random random, int count);

public static class Domains
{
    /// <summary>Numbers of both signs, away from 0, where some functions have a kink.</summary>
    public static readonly Domain Real = Each(r => (r.Next(2) * 2 - 1) * Between(r, 0.3, 2.5));

    /// <summary>Likewise, and not 0 when rounded to a whole number either.</summary>
    public static readonly Domain Divisor = Each(r => (r.Next(2) * 2 - 1) * Between(r, 0.6, 2.5));

    public static readonly Domain Positive = Interval(0.3, 3);
    public static readonly Domain AboveOne = Interval(1.2, 4);

    /// <summary>Strictly between −1 and 1, away from both.</summary>
    public static readonly Domain Unit = Interval(-0.8, 0.8);

    public static readonly Domain Small = Interval(-0.1, 0.1);

    /// <summary>Far enough from whole and half numbers for a derivative of floor or round.</summary>
    public static readonly Domain Fractions = Each(r => r.Next(-4, 4) + (r.Next(2) == 0 ? 0.25 : 0.75) + Between(r, -0.1, 0.1));

    /// <summary>Likewise for rounding to two decimals.</summary>
    public static readonly Domain Hundredths = Each(r => r.Next(-300, 300) / 100.0 + Between(r, -0.003, 0.003));

    /// <summary>All different, by more than any step of a finite difference.</summary>
    public static readonly Domain Distinct = (r, n) =>
    {
        double[] values = [.. Enumerable.Range(0, n).Select(i => i - n / 2 + Between(r, 0.2, 0.6))];
        r.Shuffle(values);
        return values;
    };

    /// <summary>Few different whole numbers, so that some are equal.</summary>
    public static readonly Domain Ties = Each(r => r.Next(-2, 3));

    /// <summary>Whole numbers that fit every type.</summary>
    public static readonly Domain Whole = Each(r => r.Next(1, 12));

    public static readonly Domain Truth = Each(r => r.Next(2));

    public static Domain Interval(double low, double high) => Each(r => Between(r, low, high));

    /// <summary>Whole numbers from <paramref name="low"/> up to but without <paramref name="high"/>.</summary>
    public static Domain Integers(int low, int high) => Each(r => r.Next(low, high));

    public static Domain Constant(params double[] values) => (_, _) => values;

    static Domain Each(Func<Random, double> draw) => (r, n) => [.. Enumerable.Range(0, n).Select(_ => draw(r))];

    static double Between(Random r, double low, double high) => low + (high - low) * r.NextDouble();
}
