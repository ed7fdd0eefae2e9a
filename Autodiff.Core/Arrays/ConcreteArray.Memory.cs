using System.Runtime.CompilerServices;

namespace Autodiff;

// Who has the memory. An array gives it up by exchanging its buffer for a ReleasedBuffer, which only one thread can do.
public sealed partial class ConcreteArray
{
    public override bool IsReleased => buffer is ReleasedBuffer;

    /// <summary>Keeps the memory where it is until the scope is disposed of, whatever becomes of the array meanwhile.</summary>
    /// <exception cref="ReleasedArrayException">The array has given it up.</exception>
    internal Holding Hold() => new(Retain());

    /// <summary>The buffer, with a reference for the caller to release.</summary>
    /// <exception cref="ReleasedArrayException">The array has given it up.</exception>
    internal ArrayBuffer Retain()
    {
        for (var known = buffer; ; )
        {
            if (known.TryRetain())
                return known;
            // Another thread may have taken the array's memory, and have given it back in another buffer.
            var now = buffer;
            if (now == known)
                throw ReleasedError();
            known = now;
        }
    }

    /// <summary>The error of a use after the memory was given up.</summary>
    internal ReleasedArrayException ReleasedError() => (buffer as ReleasedBuffer ?? ReleasedBuffer.Disposed).Error(Aval);

    /// <summary>The same elements in memory of their own.</summary>
    internal unsafe ConcreteArray Copy()
    {
        var own = Retain();
        var copy = Allocate(Aval);
        fixed (
            byte* from = &own.First,
                to = &copy.Buffer.First
        )
            System.Buffer.MemoryCopy(from, to, Aval.ByteSize, Aval.ByteSize);
        own.Release();
        return copy;
    }

    private protected override void GiveUp()
    {
        var own = buffer;
        if (!IsLiteral && own is not ReleasedBuffer && Interlocked.CompareExchange(ref buffer, ReleasedBuffer.Disposed, own) == own)
            own.Release();
    }

    /// <summary>
    /// Moves the memory to a new array, which shares it with nobody; null if this has given it up before. <paramref name="mark"/> tells from then on what
    /// became of it.
    /// </summary>
    internal ConcreteArray? TryMove(ReleasedBuffer mark)
    {
        var own = buffer;
        if (own is ReleasedBuffer || Interlocked.CompareExchange(ref buffer, mark, own) != own)
            return null;
        try
        {
            return new(Aval, own is NativeBuffer native ? native.Take() : own);
        }
        catch (OutOfMemoryException)
        {
            buffer = own;
            throw;
        }
    }

    /// <summary>Takes back what was moved.</summary>
    internal void MoveBack(ReleasedBuffer mark, ConcreteArray moved) => Interlocked.CompareExchange(ref buffer, moved.buffer, mark);

    /// <summary>See <see cref="Hold"/>.</summary>
    internal readonly ref struct Holding
    {
        readonly ArrayBuffer buffer;

        internal Holding(ArrayBuffer buffer) => this.buffer = buffer;

        internal Span<byte> Bytes => buffer.Bytes;

        /// <summary>The element at a position in row-major order.</summary>
        internal T Element<T>(long position) => Unsafe.Add(ref Unsafe.As<byte, T>(ref buffer.First), (nint)position);

        public void Dispose() => buffer.Release();
    }
}
