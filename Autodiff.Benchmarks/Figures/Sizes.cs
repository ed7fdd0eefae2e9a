namespace Autodiff.Benchmarks;

/// <summary>How large the inputs of the figures are: as the table has them, or as small as tests want them.</summary>
sealed record Sizes
{
    internal int[] Maps { get; init; } = [4_096, 500_000];
    internal int LargeMap { get; init; } = 50_000_000;
    internal (int Rows, int Columns) Matrix { get; init; } = (512, 1024);
    internal int Vector { get; init; } = 500_000;
    internal int ScalarSteps { get; init; } = 10_000_000;
    internal int OrbitSteps { get; init; } = 1_000_000;
    internal int VectorSteps { get; init; } = 100_000;
    internal int Grid { get; init; } = 512;
    internal int Lanes { get; init; } = 20_000;
    internal int[] Products { get; init; } = [64, 128, 256, 512, 1024, 2048];
    internal (int Rows, int Inputs, int Outputs) Layer { get; init; } = (100_000, 16, 64);
    internal (int Batch, int Heads, int Length, int Width) Attention { get; init; } = (16, 8, 256, 64);
    internal (int[] Widths, int Batch) Network { get; init; } = ([784, 512, 512, 10], 128);
    internal int Examples { get; init; } = 1_000;
    internal int Eager { get; init; } = 1_000_000;
    internal (int Few, int More, int Many) Layers { get; init; } = (10, 100, 1_000);

    internal static Sizes Full { get; } = new();

    internal static Sizes Tiny { get; } =
        new()
        {
            Maps = [5, 67],
            LargeMap = 1_000,
            Matrix = (3, 32),
            Vector = 5_003,
            ScalarSteps = 50,
            OrbitSteps = 50,
            VectorSteps = 50,
            Grid = 12,
            Lanes = 70,
            Products = [7, 64],
            Layer = (30, 4, 6),
            Attention = (2, 2, 5, 4),
            Network = ([12, 8, 8, 3], 5),
            Examples = 4,
            Eager = 67,
            Layers = (1, 2, 3),
        };

    /// <summary>A count as a person writes it: 4 K, 50 M.</summary>
    internal static string Short(int n) =>
        n switch
        {
            >= 1_000_000 => $"{n / 1_000_000} M",
            >= 1_000 => $"{n / 1_000} K",
            _ => $"{n}",
        };
}
