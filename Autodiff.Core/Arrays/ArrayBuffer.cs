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

    /// <summary>The first byte. Pin it (<c>fixed</c>) for as long as a pointer is used, and retain the buffer.</summary>
    internal abstract ref byte First { get; }

    internal static ArrayBuffer Allocate(long bytes) =>
        bytes <= ManagedLimit ? new ManagedBuffer(new byte[bytes]) : new NativeBuffer(bytes);

    internal Span<byte> Bytes => MemoryMarshal.CreateSpan(ref First, checked((int)ByteLength));

    /// <summary>Keeps the memory from being given back until <see cref="Release"/> is called as often; false if it has been given back.</summary>
    internal virtual bool TryRetain() => true;

    internal virtual void Release() { }

    /// <summary>Copies bytes from <paramref name="offset"/> on to the host.</summary>
    /// <exception cref="ReleasedArrayException">The memory has been given back.</exception>
    public void CopyTo(Span<byte> destination, int offset = 0)
    {
        if (!TryRetain())
            throw ReleasedBuffer.Disposed.Error();
        try
        {
            Bytes.Slice(offset, destination.Length).CopyTo(destination);
        }
        finally
        {
            Release();
        }
    }

    /// <summary>Copies bytes from the host. Only who has just allocated the buffer may: arrays are immutable.</summary>
    public void CopyFrom(ReadOnlySpan<byte> source)
    {
        source.CopyTo(Bytes);
        GC.KeepAlive(this); // a span over native memory does not
    }
}

/// <summary>Memory that belongs to the collector, which knows who reads it.</summary>
sealed class ManagedBuffer(byte[] bytes) : ArrayBuffer
{
    public override long ByteLength => bytes.Length;
    internal override ref byte First => ref MemoryMarshal.GetArrayDataReference(bytes);
}

#pragma warning disable CA1816 // Finalizing a buffer is of no use once its block is somebody else's, whoever released it.

/// <summary>
/// A block of the pool. Whoever may touch it is counted: the arrays that share it, and the calls and copies that read it just now. It goes back when
/// there is none left, or when the collector finds that nobody knows it any more.
/// </summary>
sealed unsafe class NativeBuffer : ArrayBuffer
{
    nint block;

    // Once 0 it stays 0: who still knows this object finds out before touching memory that may be another array's by then.
    int references = 1;

    internal NativeBuffer(long bytes)
        : this(bytes, 0) => block = NativePool.Rent(bytes);

    NativeBuffer(long bytes, nint block) => (ByteLength, this.block) = (bytes, block);

    ~NativeBuffer()
    {
        Volatile.Write(ref references, 0);
        Free();
    }

    public override long ByteLength { get; }

    internal nint Address => block;

    internal byte* Pointer => (byte*)block;

    internal override ref byte First => ref Unsafe.AsRef<byte>((void*)block);

    internal override bool TryRetain()
    {
        for (var count = Volatile.Read(ref references); count > 0; )
        {
            var seen = Interlocked.CompareExchange(ref references, count + 1, count);
            if (seen == count)
                return true;
            count = seen;
        }
        return false;
    }

    internal override void Release()
    {
        if (Interlocked.Decrement(ref references) != 0)
            return;
        Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// Gives the caller, whose reference this takes, memory that is written nowhere else: this block if nobody else has a reference, a copy of
    /// it otherwise.
    /// </summary>
    internal NativeBuffer Take()
    {
        var taken = new NativeBuffer(ByteLength, 0);
        if (Interlocked.CompareExchange(ref references, 0, 1) == 1)
        {
            taken.block = Interlocked.Exchange(ref block, 0);
            GC.SuppressFinalize(this);
            return taken;
        }
        taken.block = NativePool.Rent(ByteLength);
        Buffer.MemoryCopy((void*)block, (void*)taken.block, ByteLength, ByteLength);
        Release();
        return taken;
    }

    // Rent may have thrown: then there is nothing to return.
    void Free()
    {
        if (Interlocked.Exchange(ref block, 0) is not 0 and var returned)
            NativePool.Return(returned, ByteLength);
    }
}

#pragma warning restore CA1816

/// <summary>What stands in the place of memory that an array has given up, and tells how it did.</summary>
sealed class ReleasedBuffer(string how) : ArrayBuffer
{
    internal static readonly ReleasedBuffer Disposed = new("was disposed of. Dispose of an array when it will not be used again");

    public override long ByteLength => 0;

    internal override ref byte First => throw Error();

    internal override bool TryRetain() => false;

    /// <summary>The error of a use of the array, whose type is given if it is known.</summary>
    internal ReleasedArrayException Error(Aval? type = null) =>
        new($"The array{(type is null ? "" : $" {type}")} has no values any more: it {how}.");
}
