using System.Runtime.InteropServices;

namespace Autodiff;

/// <summary>Keeps the constants of a program at fixed addresses: native ones where they are, small managed ones in copies.</summary>
sealed unsafe class ConstantPool
{
    // Retained for as long as there is code that may read them: the collector returns them.
    readonly List<NativeBuffer> native = [];
    readonly List<nint> copies = [];

    ~ConstantPool()
    {
        foreach (var copy in copies)
            NativeMemory.AlignedFree((void*)copy);
    }

    internal nint Address(ConcreteArray array)
    {
        var buffer = array.Retain();
        if (buffer is NativeBuffer large)
        {
            native.Add(large);
            return (nint)large.Pointer;
        }
        var bytes = buffer.Bytes;
        var copy = (nint)NativeMemory.AlignedAlloc((nuint)Math.Max(bytes.Length, 1), 64);
        bytes.CopyTo(new Span<byte>((void*)copy, bytes.Length));
        copies.Add(copy);
        return copy;
    }

    /// <summary>The bits of a scalar.</summary>
    internal static long Bits(ConcreteArray scalar) =>
        scalar.DType switch
        {
            DType.Bool or DType.UInt8 => scalar.Ref<byte>(0),
            DType.UInt32 => scalar.Ref<uint>(0),
            DType.Int32 or DType.Float32 => scalar.Ref<int>(0),
            _ => scalar.Ref<long>(0),
        };
}
