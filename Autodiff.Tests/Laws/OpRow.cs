namespace Autodiff.Tests;

/// <summary>
/// An operand of a row. <paramref name="Type"/> is fixed for indices, masks and keys; otherwise the operand takes each type of the row.
/// </summary>
public sealed record Argument(Domain Domain, DType? Type = null);

/// <summary>
/// One operation, or one way to call it. The name is the method's, and after a colon what distinguishes the row from others of
/// the same method.
/// </summary>
public sealed record OpRow(string Name, Func<NDArray[], NDArray[]> Function, Func<Dense[], Dense[]> Reference)
{
    public required Argument[] Arguments { get; init; }

    /// <summary>The shapes of the arguments, for each case. Derivatives and batches are checked for the first two.</summary>
    public required int[][][] Cases { get; init; }

    public DType[] Types { get; init; } = [DType.Float64, DType.Float32];

    /// <summary>How many times it is differentiated; 0 for a discrete function.</summary>
    public int Order { get; init; } = 2;

    /// <summary>The error allowed in the value, in units of the last place of Float64 or of Float32, whichever the result has.</summary>
    public double Ulps { get; init; } = 16;

    /// <summary>The error allowed in jvp against finite differences, relative to the size of the derivative.</summary>
    public double Slope { get; init; } = 1e-8;

    public string Method => Name.Split(':')[0];

    /// <summary>The arguments for one case, the same each time.</summary>
    public NDArray[] Draw(int[][] shapes, DType type, int seed = 0)
    {
        var random = new Random(Name.Aggregate(seed * 7919 + 17, (hash, c) => hash * 31 + c));
        return [.. Arguments.Select((a, i) => Draw(a, shapes[i], a.Type ?? type, random))];
    }

    static NDArray Draw(Argument argument, int[] shape, DType type, Random random)
    {
        var values = argument.Domain(random, shape.Aggregate(1, (n, d) => n * d));
        return new Dense(shape, Array.ConvertAll(values, v => Fitting(v, type))).ToArray(type);
    }

    static double Fitting(double value, DType type) =>
        type switch
        {
            DType.Bool => value > 0 ? 1 : 0,
            { IsUnsigned: true } => Math.Abs(Math.Round(value)),
            { IsInteger: true } => Math.Round(value),
            _ => value,
        };

    public override string ToString() => Name;
}
