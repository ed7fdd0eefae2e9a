using System.Runtime.InteropServices;

namespace Autodiff;

/// <summary>
/// A sequence of rows that grows: of fixed-size arrays at depth 1, of sequences of them above. All rows of a depth lie in one native block, so a
/// loop that writes a tape allocates only when a block doubles. Rows that were never written read as zero, or as empty.
/// </summary>
sealed unsafe class Tape
{
    // At depth 1 the rows themselves; above, pairs (start, count) into the rows of the level below.
    readonly Store store;
    long start;

    internal Tape(int depth, long rowBytes)
        : this(new Store(depth, rowBytes)) { }

    Tape(Store store) => this.store = store;

    /// <summary>The number of rows.</summary>
    internal long Count { get; private set; }

    internal int Depth => store.Depth;

    internal long RowBytes => store.RowBytes;

    /// <summary>The memory of row <paramref name="i"/>, for reading; of zeros past the end. Depth 1.</summary>
    internal byte* Row(long i) => (ulong)i < (ulong)Count ? store.Rows.Pointer + (start + i) * store.RowBytes : store.Zeros;

    /// <summary>The memory of row <paramref name="i"/>, for writing; rows skipped are zero. Depth 1, and not of a view.</summary>
    internal byte* Write(long i)
    {
        Extend(i + 1);
        return store.Rows.Pointer + i * store.RowBytes;
    }

    // Compiled loops keep these at hand while they read or write all rows in turn.

    /// <summary>The memory of row 0. Depth 1.</summary>
    internal byte* First => store.Rows.Pointer + start * store.RowBytes;

    /// <summary>A row of zeros.</summary>
    internal byte* Zeros => store.Zeros;

    /// <summary>For how many rows there is memory. Depth 1, and not of a view.</summary>
    internal long Room => store.RowBytes == 0 ? long.MaxValue : store.Rows.Capacity / store.RowBytes;

    /// <summary>Makes room for a number of rows, all of which will be written before <see cref="Finish"/>, and gives <see cref="First"/>.</summary>
    internal byte* Reserve(long count) => store.Rows.Reserve(Math.Max(count * store.RowBytes, 1));

    /// <summary>Takes the first rows for written.</summary>
    internal void Finish(long count) => store.Finish(Count = count);

    /// <summary>Points <paramref name="view"/>, made by <see cref="NewView"/>, at row <paramref name="i"/>. Depth above 1.</summary>
    internal void Child(long i, Tape view)
    {
        if ((ulong)i >= (ulong)Count)
        {
            view.start = 0;
            view.Count = 0;
            return;
        }
        var entry = (long*)store.Rows.Pointer + 2 * (start + i);
        view.start = entry[0];
        view.Count = entry[1];
    }

    /// <summary>A view of the rows of a row, to be pointed by <see cref="Child"/>.</summary>
    internal Tape NewView() => new(store.Inner!);

    /// <summary>Copies the rows of <paramref name="child"/> into row <paramref name="i"/>. Depth above 1, and not of a view.</summary>
    internal void SetChild(long i, Tape child)
    {
        Extend(i + 1);
        var at = store.Inner!.Append(child.store, child.start, child.Count);
        var entry = (long*)store.Rows.Pointer + 2 * i;
        entry[0] = at;
        entry[1] = child.Count;
    }

    /// <summary>Forgets all rows and keeps the memory.</summary>
    internal void Clear()
    {
        Count = 0;
        store.Clear();
    }

    void Extend(long count)
    {
        if (count <= Count)
            return;
        store.Resize(count);
        Count = count;
    }

    sealed class Store(int depth, long rowBytes)
    {
        internal readonly int Depth = depth;
        internal readonly long RowBytes = rowBytes;
        internal readonly Store? Inner = depth > 1 ? new Store(depth - 1, rowBytes) : null;
        internal readonly NativeBlock Rows = new();
        readonly NativeBlock zeros = NativeBlock.OfZeros(Math.Max(rowBytes, 1));
        long used;

        internal byte* Zeros => zeros.Pointer;

        long EntryBytes => Depth == 1 ? RowBytes : 2 * sizeof(long);

        internal void Resize(long count)
        {
            if (count <= used)
                return;
            Rows.Reserve(Math.Max(count * EntryBytes, 1));
            NativeMemory.Clear(Rows.Pointer + used * EntryBytes, (nuint)((count - used) * EntryBytes));
            used = count;
        }

        internal void Finish(long count) => used = count;

        internal long Append(Store from, long start, long count)
        {
            var at = used;
            Resize(used + count);
            Buffer.MemoryCopy(
                from.Rows.Pointer + start * EntryBytes,
                Rows.Pointer + at * EntryBytes,
                count * EntryBytes,
                count * EntryBytes
            );
            if (Depth > 1)
                for (var i = 0L; i < count; i++)
                {
                    var entry = (long*)Rows.Pointer + 2 * (at + i);
                    entry[0] = Inner!.Append(from.Inner!, entry[0], entry[1]);
                }
            return at;
        }

        internal void Clear()
        {
            used = 0;
            Inner?.Clear();
        }
    }

    /// <summary>A native block that doubles.</summary>
    sealed class NativeBlock
    {
        internal static NativeBlock OfZeros(long bytes)
        {
            var block = new NativeBlock();
            NativeMemory.Clear(block.Reserve(bytes), (nuint)bytes);
            return block;
        }

        internal byte* Pointer { get; private set; }

        internal long Capacity { get; private set; }

        internal byte* Reserve(long bytes)
        {
            if (bytes > Capacity)
            {
                var grown = Math.Max(Math.Max(256, bytes), 2 * Capacity);
                var block = (byte*)NativeMemory.AlignedAlloc((nuint)grown, 64);
                if (Pointer is not null)
                    Buffer.MemoryCopy(Pointer, block, grown, Capacity);
                NativeMemory.AlignedFree(Pointer);
                GC.AddMemoryPressure(grown - Capacity);
                Pointer = block;
                Capacity = grown;
            }
            return Pointer;
        }

        ~NativeBlock()
        {
            NativeMemory.AlignedFree(Pointer);
            if (Capacity > 0)
                GC.RemoveMemoryPressure(Capacity);
        }
    }
}
