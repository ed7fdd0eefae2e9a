namespace Autodiff.Tests;

/// <summary>Arguments of a row for several examples, some of them shared by all.</summary>
public sealed class Batch
{
    readonly NDArray[][] examples;
    readonly int?[] axes;
    readonly OpRow row;

    Batch(OpRow row, NDArray[][] examples, NDArray[] arguments, int?[] axes) =>
        (this.row, this.examples, Arguments, this.axes) = (row, examples, arguments, axes);

    public NDArray[] Arguments { get; }

    public BatchAxes Axes => new() { In = axes };

    /// <summary>
    /// The arguments whose bit is set in <paramref name="batched"/> differ from example to example, along the first or the last axis.
    /// </summary>
    public static Batch Draw(OpRow row, int[][] shapes, DType type, int batched, int size, bool last)
    {
        NDArray[][] examples = [.. Enumerable.Range(0, Math.Max(1, size)).Select(seed => row.Draw(shapes, type, seed))];
        bool Varies(int k) => (batched & 1 << k) != 0;
        foreach (var example in examples)
            for (var k = 0; k < example.Length; k++)
                example[k] = Varies(k) ? example[k] : examples[0][k];
        NDArray Stacked(int k)
        {
            var stacked = Ops.Stack([.. examples.Select(e => e[k])]);
            stacked = size == 0 ? Ops.Zeros([0, .. stacked.Shape.Tail], stacked.DType) : stacked;
            return last ? Ops.MoveAxis(stacked, 0, -1) : stacked;
        }
        int?[] axes = [.. shapes.Select((_, k) => Varies(k) ? (last ? -1 : 0) : (int?)null)];
        return new(row, size == 0 ? [] : examples, [.. shapes.Select((_, k) => Varies(k) ? Stacked(k) : examples[0][k])], axes)
        {
            Example = examples[0],
        };
    }

    public required NDArray[] Example { get; init; }

    /// <summary>What the function gives for one example after another, stacked; for none, an empty batch.</summary>
    public NDArray[] Loop(Func<NDArray[], NDArray[]> f)
    {
        if (examples.Length == 0)
            return Array.ConvertAll(f(Example), y => Ops.Zeros(y.Shape.Prepend(0), y.DType));
        var results = Array.ConvertAll(examples, e => f(e));
        return [.. results[0].Select((_, i) => Ops.Stack([.. results.Select(r => r[i])]))];
    }

    public override string ToString() => row.Name;
}
