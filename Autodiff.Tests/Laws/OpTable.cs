namespace Autodiff.Tests;

/// <summary>
/// One row for every operation, in a file for each family. A new operation is a row here first;
/// <see cref="CompletenessTests"/> names what is missing.
/// </summary>
public static partial class OpTable
{
    static readonly Lazy<OpRow[]> All = new(() =>
        [
            .. Arithmetic,
            .. Exponential,
            .. Trigonometric,
            .. Special,
            .. Rounding,
            .. Predicates,
            .. Logical,
            .. Selection,
            .. Reductions,
            .. Cumulations,
            .. Movements,
            .. Indexing,
            .. Contractions,
            .. Linalg,
            .. Sorting,
            .. Creation,
            .. Conversions,
            .. Randoms,
            .. ControlFlow,
            .. Functions,
            .. Activations,
            .. Statistics,
            .. Samples,
            .. Shapes,
            .. Joining,
            .. Matrices,
            .. Searching,
            .. Grids,
        ]
    );

    public static OpRow[] Rows => All.Value;

    public static OpRow Named(string name) => Rows.Single(r => r.Name == name);

    static readonly DType[] Floats = [DType.Float64, DType.Float32];
    static readonly DType[] Integral = [DType.Int64, DType.Int32, DType.UInt32, DType.UInt8];
    static readonly DType[] Signed = [.. Floats, DType.Int64, DType.Int32];
    static readonly DType[] Numbers = [.. Floats, .. Integral];
    static readonly DType[] Every = [.. Numbers, DType.Bool];

    // A matrix, a scalar, nothing, and a vector long enough for full registers and a rest.
    static readonly int[][][] OneOperand =
    [
        [
            [2, 3],
        ],
        [
            [],
        ],
        [
            [0, 2],
        ],
        [
            [37],
        ],
    ];
    static readonly int[][][] TwoOperands =
    [
        [
            [2, 3],
            [2, 3],
        ],
        [
            [3],
            [2, 1],
        ],
        [
            [],
            [2],
        ],
        [
            [2, 1],
            [],
        ],
        [
            [0, 2],
            [2],
        ],
        [
            [37],
            [37],
        ],
    ];

    static OpRow Unary(string name, Func<NDArray, NDArray> f, Func<double, double> reference, Domain domain) =>
        new(name, xs => [f(xs[0])], xs => [Dense.Map(x => reference(x[0]), xs)]) { Arguments = [new(domain)], Cases = OneOperand };

    static OpRow Binary(
        string name,
        Func<NDArray, NDArray, NDArray> f,
        Func<double, double, double> reference,
        Domain x,
        Domain? y = null
    ) =>
        new(name, xs => [f(xs[0], xs[1])], xs => [Dense.Map(x => reference(x[0], x[1]), xs)])
        {
            Arguments = [new(x), new(y ?? x)],
            Cases = TwoOperands,
        };

    /// <summary>A function without a derivative, of numbers of every type.</summary>
    static OpRow Discrete(OpRow row, DType[]? types = null) => row with { Order = 0, Types = types ?? Every };

    static OpRow Of(string name, Func<NDArray, NDArray> f, Func<Dense, Dense> reference, int[] shape, params int[][] others) =>
        new(name, xs => [f(xs[0])], xs => [reference(xs[0])])
        {
            Arguments = [new(Domains.Real)],
            Cases =
            [
                [shape],
                .. others.Select(s => new[] { s }),
            ],
        };

    static OpRow Of2(
        string name,
        Func<NDArray, NDArray, NDArray> f,
        Func<Dense, Dense, Dense> reference,
        int[][] shapes,
        params int[][][] others
    ) =>
        new(name, xs => [f(xs[0], xs[1])], xs => [reference(xs[0], xs[1])])
        {
            Arguments = [new(Domains.Real), new(Domains.Real)],
            Cases = [shapes, .. others],
        };
}
