namespace Autodiff;

/// <summary>
/// An array of numbers, or a stand-in for one while a transform traces a function. It is immutable. The element type is a value,
/// <see cref="DType"/>; C# scalars convert implicitly and are weakly typed, so <c>2 * x</c> keeps the type of <c>x</c>. A collection
/// expression stacks: <c>[[1, 2], [3, 4]]</c> is a matrix.
/// </summary>
public abstract partial class NDArray : IFormattable, IDisposable
{
    private protected NDArray() { }

    /// <summary>Element type and shape.</summary>
    public abstract Aval Aval { get; }

    public DType DType => Aval.DType;
    public Shape Shape => Aval.Shape;

    /// <summary>
    /// Gives the memory of the array back at once, where the collector would find it later; any use of the array is an error from then on. Calls
    /// that read it just now, on other threads, still do, and arrays that share its memory keep it. A stand-in for an array, and a number written
    /// in C#, have nothing to give: nothing happens. An operation with nothing to do, such as a reshape to the same shape, may return its argument itself,
    /// a jitted function never.
    /// </summary>
    public void Dispose()
    {
        GiveUp();
        GC.SuppressFinalize(this);
    }

    private protected virtual void GiveUp() { }

    /// <summary>Whether the array has no values any more, because it was disposed of or donated to a call.</summary>
    public virtual bool IsReleased => false;

    /// <summary>
    /// Numbers in a C# format, such as <c>$"{loss:F4}"</c>; those of an array in columns, in the lines and brackets in which it always prints. Booleans have
    /// no formats.
    /// </summary>
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
