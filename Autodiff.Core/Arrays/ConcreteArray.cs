using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Autodiff;

/// <summary>A value that has one: an array in memory or a tape.</summary>
public abstract class Concrete : NDArray
{
    private protected Concrete(Aval aval) => Aval = aval;

    public override Aval Aval { get; }
}

/// <summary>An array in memory: dense, row-major and immutable.</summary>
public sealed partial class ConcreteArray : Concrete
{
    ArrayBuffer buffer;

    internal ConcreteArray(Aval aval, ArrayBuffer buffer)
        : base(aval) => this.buffer = buffer;

    internal ArrayBuffer Buffer => buffer;

    /// <summary>Whether programs hold this as a number of their text: a C# literal, or a conversion of one.</summary>
    internal bool IsLiteral { get; init; }

    internal static ConcreteArray Allocate(Aval aval) => new(aval, ArrayBuffer.Allocate(aval.ByteSize));

    internal static ConcreteArray Create<T>(Aval aval, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        var array = Allocate(aval);
        array.Buffer.CopyFrom(MemoryMarshal.AsBytes(values));
        return array;
    }

    /// <summary>A scalar of type <paramref name="type"/>.</summary>
    internal static ConcreteArray Scalar(DType type, double value, bool weak = false)
    {
        var array = Literal(new Aval(type, Shape.Scalar, weak));
        array.Store(0, value);
        return array;
    }

    internal static ConcreteArray Literal(Aval aval) => new(aval, ArrayBuffer.Allocate(aval.ByteSize)) { IsLiteral = true };

    /// <summary>Copies elements, from a position in row-major order on.</summary>
    /// <exception cref="DTypeException"><typeparamref name="T"/> is not their type.</exception>
    internal void CopyTo<T>(Span<T> destination, long position = 0)
        where T : unmanaged
    {
        if (typeof(T) != DType.ElementType)
            throw new DTypeException(
                $"{Aval} has elements of type {DType.ElementType.Name}, but {typeof(T).Name} was asked for. Convert the array first."
            );
        CopyBytes(MemoryMarshal.AsBytes(destination), checked((int)(position * DType.Size)));
    }

    internal void CopyBytes(Span<byte> destination, int offset = 0)
    {
        using var held = Hold();
        held.Bytes.Slice(offset, destination.Length).CopyTo(destination);
    }

    public override string ToString() => ArrayPrinter.Print(this);

    public override string ToString(string? format, IFormatProvider? formatProvider) =>
        string.IsNullOrEmpty(format) || DType == DType.Bool
            ? ToString()
            : ArrayPrinter.Print(
                this,
                i =>
                    DType == DType.Float32 ? ((float)Load(i)).ToString(format, formatProvider)
                    : DType.IsFloat ? Load(i).ToString(format, formatProvider)
                    : LoadInteger(i).ToString(format, formatProvider)
            );

    /// <summary>The element at a position in row-major order, as a double; exact but for integers beyond 2⁵³.</summary>
    internal double Load(long position)
    {
        using var held = Hold();
        return Aval.DType switch
        {
            DType.Bool or DType.UInt8 => held.Element<byte>(position),
            DType.UInt32 => held.Element<uint>(position),
            DType.Int32 => held.Element<int>(position),
            DType.Int64 => held.Element<long>(position),
            DType.Float32 => held.Element<float>(position),
            _ => held.Element<double>(position),
        };
    }

    internal long LoadInteger(long position)
    {
        using var held = Hold();
        return Aval.DType == DType.Int64 ? held.Element<long>(position) : (long)Load(position);
    }

    internal void Store(long position, double value)
    {
        switch (Aval.DType)
        {
            case DType.Bool:
                Ref<byte>(position) = value != 0 ? (byte)1 : (byte)0;
                break;
            case DType.UInt8:
                Ref<byte>(position) = (byte)value;
                break;
            case DType.UInt32:
                Ref<uint>(position) = (uint)value;
                break;
            case DType.Int32:
                Ref<int>(position) = (int)value;
                break;
            case DType.Int64:
                Ref<long>(position) = (long)value;
                break;
            case DType.Float32:
                Ref<float>(position) = (float)value;
                break;
            default:
                Ref<double>(position) = value;
                break;
        }
    }

    internal void StoreInteger(long position, long value)
    {
        switch (Aval.DType)
        {
            case DType.Int64:
                Ref<long>(position) = value;
                break;
            case DType.Int32:
                Ref<int>(position) = (int)value;
                break;
            case DType.UInt32:
                Ref<uint>(position) = (uint)value;
                break;
            case DType.UInt8:
                Ref<byte>(position) = (byte)value;
                break;
            default:
                Store(position, value);
                break;
        }
    }

    /// <summary>A place in memory that nobody else can release: of a literal, or of an array that was just allocated.</summary>
    internal ref T Ref<T>(long position) => ref Unsafe.Add(ref Unsafe.As<byte, T>(ref Buffer.First), (nint)position);

    /// <summary>The same array as a part of a program's text.</summary>
    internal ConcreteArray AsLiteral() => new(Aval, Retain()) { IsLiteral = true };

    /// <summary>Another array with the same elements, perhaps under another type of the same size in bytes; it shares the memory.</summary>
    internal ConcreteArray As(Aval aval) => new(aval, Retain());
}

/// <summary>A tape in memory; see <see cref="Aval"/>.</summary>
public sealed class ConcreteTape : Concrete
{
    internal ConcreteTape(Aval aval, Tape rows)
        : base(aval) => Rows = rows;

    internal Tape Rows { get; }
}
