namespace Autodiff;

/// <summary>
/// An array of numbers, or a stand-in for one while a transform traces a function. It is immutable. The element type is a value,
/// <see cref="DType"/>; C# scalars convert implicitly and are weakly typed, so <c>2 * x</c> keeps the type of <c>x</c>. A collection
/// expression stacks: <c>[[1, 2], [3, 4]]</c> is a matrix.
/// </summary>
public abstract partial class NDArray : IFormattable
{
    private protected NDArray() { }

    /// <summary>Element type and shape.</summary>
    public abstract Aval Aval { get; }

    public DType DType => Aval.DType;
    public Shape Shape => Aval.Shape;

    /// <summary>A scalar in a C# format, such as <c>$"{loss:F4}"</c>; an array as it always prints.</summary>
    public virtual string ToString(string? format, IFormatProvider? formatProvider) => ToString() ?? "";

    /// <summary>The number of axes.</summary>
    public int Rank => Aval.Rank;

    /// <summary>The number of elements.</summary>
    public long Size => Aval.Shape.Size;

    /// <summary>The size of the first axis.</summary>
    /// <exception cref="ShapeException">A scalar has none.</exception>
    public int Length =>
        Rank > 0 ? Shape[0] : throw new ShapeException("A scalar (rank 0) has no length. Reshape it to [1] to iterate over or index it.");
}
