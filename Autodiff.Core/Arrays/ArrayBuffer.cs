using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Autodiff;

/// <summary>
/// The host memory of an array: managed for small arrays, which cost the collector next to nothing, native and pooled for large ones,
/// which are aligned to cache lines, never zeroed twice and come back warm.
/// </summary>
public abstract class ArrayBuffer
{
    /// <summary>The largest buffer held in managed memory, in bytes.</summary>
    public const int ManagedLimit = 4096;

    public abstract long ByteLength { get; }

    /// <summary>The first byte. Pin it (<c>fixed</c>) for as long as a pointer is used, and keep the buffer alive.</summary>
    internal abstract ref byte First { get; }

    internal static ArrayBuffer Allocate(long bytes) =>
        bytes <= ManagedLimit ? new ManagedBuffer(new byte[bytes]) : new NativeBuffer(bytes);

    internal Span<byte> Bytes => MemoryMarshal.CreateSpan(ref First, checked((int)ByteLength));

    /// <summary>Copies bytes from <paramref name="offset"/> on to the host.</summary>
    public void CopyTo(Span<byte> destination, int offset = 0)
    {
        Bytes.Slice(offset, destination.Length).CopyTo(destination);
        GC.KeepAlive(this); // a span over native memory does not
    }

    /// <summary>Copies bytes from the host. Only who has just allocated the buffer may: arrays are immutable.</summary>
    public void CopyFrom(ReadOnlySpan<byte> source)
    {
        source.CopyTo(Bytes);
        GC.KeepAlive(this);
    }
}

sealed class ManagedBuffer(byte[] bytes) : ArrayBuffer
{
    public override long ByteLength => bytes.Length;
    internal override ref byte First => ref MemoryMarshal.GetArrayDataReference(bytes);
}

sealed unsafe class NativeBuffer : ArrayBuffer
{
    readonly nint pointer;

    internal NativeBuffer(long bytes)
    {
        pointer = NativePool.Rent(bytes);
        ByteLength = bytes;
    }

    ~NativeBuffer()
    {
        // Rent may have thrown: the finalizer runs all the same.
        if (pointer != 0)
            NativePool.Return(pointer, ByteLength);
    }

    public override long ByteLength { get; }
    internal override ref byte First => ref Unsafe.AsRef<byte>((void*)pointer);
}
