namespace Autodiff;

/// <summary>
/// What is known of an array before it has values: element type and shape. <paramref name="Weak"/> marks the type of a C# literal, which
/// adapts to the other operand. <paramref name="Tape"/> counts the levels of sequence around the array: a tape is a sequence of rows whose
/// length is known only at run time; rows past its end read as zero, and its batch axis lies inside the innermost row.
/// </summary>
public sealed record Aval(DType DType, Shape Shape, bool Weak = false, int Tape = 0)
{
    public int Rank => Shape.Rank;
    public bool IsScalar => Tape == 0 && Shape.IsScalar;
    public long ByteSize => Shape.Size * DType.Size;

    /// <summary>The type of one row: a tape's, or an array's along its first axis.</summary>
    public Aval Row => Tape > 0 ? this with { Tape = Tape - 1 } : new(DType, Shape.Tail);

    /// <summary>The type of <paramref name="length"/> rows of this; of a tape of them where the length is not known.</summary>
    public Aval Stack(int? length) =>
        Tape > 0 || length is null ? this with { Tape = Tape + 1, Weak = false } : new(DType, Shape.Prepend(length.Value));

    public Aval Batched(int size) => this with { Shape = Shape.Prepend(size), Weak = false };

    public Aval Unbatched => this with { Shape = Shape.Tail };

    public Aval Strong => Weak ? this with { Weak = false } : this;

    /// <summary>Equality but for weakness, which decides promotion and nothing else.</summary>
    public bool Matches(Aval other) =>
        ReferenceEquals(this, other) || (DType == other.DType && Tape == other.Tape && Shape.Equals(other.Shape));

    public override string ToString() => string.Concat(Enumerable.Repeat("tape ", Tape)) + DType.ShortName + Shape;
}
