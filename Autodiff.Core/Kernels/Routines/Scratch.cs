using System.Runtime.InteropServices;

namespace Autodiff;

/// <summary>
/// Native working memory for the length of a call, aligned to 64 bytes, with any content. Each thread keeps one block for its next call;
/// what is too large for it, or asked for while it is taken, comes from the pool.
/// </summary>
readonly unsafe ref struct Scratch
{
    const long MaxKept = 8L << 20;

    [ThreadStatic]
    static Block? kept;

    readonly long pooled;

    internal Scratch(long bytes)
    {
        var block = kept ??= new();
        if (bytes > MaxKept || block.Taken)
        {
            Pointer = (byte*)NativePool.Rent(bytes);
            pooled = bytes;
            return;
        }
        Pointer = block.Take(bytes);
    }

    internal byte* Pointer { get; }

    public void Dispose()
    {
        if (pooled > 0)
            NativePool.Return((nint)Pointer, pooled);
        else
            kept!.Taken = false;
    }

    sealed class Block
    {
        byte* memory;
        long size;

        internal bool Taken { get; set; }

        internal byte* Take(long bytes)
        {
            if (bytes > size)
            {
                NativeMemory.AlignedFree(memory);
                var larger = Math.Min(MaxKept, Math.Max(2 * size, Math.Max(bytes, 4096)));
                memory = null;
                size = 0;
                memory = (byte*)NativeMemory.AlignedAlloc((nuint)larger, 64);
                size = larger;
            }
            Taken = true;
            return memory;
        }

        ~Block() => NativeMemory.AlignedFree(memory);
    }
}
