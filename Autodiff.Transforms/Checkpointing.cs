namespace Autodiff;

/// <summary>How much of a scan's history is stored for reverse mode, and how much is computed again.</summary>
public abstract record Checkpointing
{
    private protected Checkpointing() { }

    /// <summary>One carry is stored every <paramref name="steps"/> steps; the steps between are run again in the backward pass.</summary>
    /// <exception cref="InvalidArgumentException">There must be at least one step.</exception>
    public static Checkpointing Every(int steps) =>
        steps > 0
            ? new EveryPolicy(steps)
            : throw new InvalidArgumentException($"Checkpointing.Every needs at least 1 step, but got {steps}.");

    /// <summary>About √n carries are stored and √n steps at a time are run again: one extra forward pass.</summary>
    public static Checkpointing Sqrt { get; } = new SqrtPolicy();

    /// <summary>About 8·log₈ n carries are stored; every step is run again about log₈ n times.</summary>
    public static Checkpointing Recursive { get; } = new RecursivePolicy();

    /// <summary>The number of steps between stored carries in a scan of <paramref name="length"/> steps.</summary>
    internal abstract int ChunkFor(int length);

    /// <summary>Likewise for a loop of <paramref name="count"/> steps, an Int64 scalar that may be traced.</summary>
    internal abstract NDArray ChunkFor(NDArray count);

    /// <summary>The policy inside a chunk.</summary>
    internal virtual Checkpointing? Inner => null;

    /// <summary>The policy inside a chunk of a loop whose count is traced.</summary>
    internal virtual Checkpointing? InnerOfCounted => null;

    sealed record EveryPolicy(int Steps) : Checkpointing
    {
        internal override int ChunkFor(int length) => Steps;

        internal override NDArray ChunkFor(NDArray count) => Ops.Strong(Steps);
    }

    sealed record SqrtPolicy : Checkpointing
    {
        internal override int ChunkFor(int length) => Math.Max(1, (int)Math.Ceiling(Math.Sqrt(length)));

        internal override NDArray ChunkFor(NDArray count) => PowerOf(count, 1.0 / 2);
    }

    sealed record RecursivePolicy : Checkpointing
    {
        internal override int ChunkFor(int length) => length > 8 ? ScanCall.RecursiveChunk(length) : length;

        // A traced count gives no depth to recurse to: chunks of n^(2/3), and √ of those inside.
        internal override NDArray ChunkFor(NDArray count) => PowerOf(count, 2.0 / 3);

        internal override Checkpointing Inner => this;

        internal override Checkpointing InnerOfCounted => Sqrt;
    }

    static NDArray PowerOf(NDArray count, double exponent) =>
        Ops.AsType(Ops.Ceil(Ops.Power(Ops.Maximum(count, 1) * 1.0, exponent)), DType.Int64);
}
