using System.Runtime.CompilerServices;

namespace Autodiff;

/// <summary>
/// Sorts each of <paramref name="batch"/> rows of <paramref name="length"/> elements, all operands alike, by the first
/// <paramref name="keys"/> operands, the first counting most. Equal elements keep their order, ascending and descending; -0 equals 0; NaN
/// is larger than any number.
/// </summary>
/// <remarks>
/// Keys become unsigned integers of the same order, which are sorted digit by digit from the lowest (Knuth, The Art of Computer
/// Programming, volume 3, 5.2.5), and so from the last key to the first; short rows by insertion.
/// </remarks>
public sealed unsafe class Sort(DType[] operandTypes, int keys, int batch, int length, bool descending = false) : Routine
{
    const int InsertionLimit = 48;
    const int Digits = 256;

    struct Entry
    {
        internal ulong Key;
        internal uint Index;
    }

    public override string Name => "sort";

    public override string Options => $"{keys} {(keys == 1 ? "key" : "keys")}{(descending ? ", descending" : "")}";

    public override void Run(byte** operands, byte** results)
    {
        if (length == 0)
            return;
        using var scratch = new Scratch(2L * length * sizeof(Entry));
        var entries = (Entry*)scratch.Pointer;
        for (nint row = 0; row < batch; row++)
        {
            for (var i = 0; i < length; i++)
                entries[i].Index = (uint)i;
            var sorted = entries;
            for (var k = keys - 1; k >= 0; k--)
            {
                var size = operandTypes[k].Size;
                SetKeys(operandTypes[k], operands[k] + row * length * size, sorted);
                sorted = SortByKey(sorted, sorted == entries ? entries + length : entries, size);
            }
            for (var o = 0; o < operandTypes.Length; o++)
            {
                var bytes = row * length * operandTypes[o].Size;
                Gather(operandTypes[o].Size, operands[o] + bytes, results[o] + bytes, sorted);
            }
        }
    }

    void SetKeys(DType type, byte* operand, Entry* entries)
    {
        switch (type)
        {
            case DType.Float64:
                SetKeys((double*)operand, entries);
                break;
            case DType.Float32:
                SetKeys((float*)operand, entries);
                break;
            case DType.Int64:
                SetKeys((long*)operand, entries);
                break;
            case DType.Int32:
                SetKeys((int*)operand, entries);
                break;
            case DType.UInt32:
                SetKeys((uint*)operand, entries);
                break;
            default:
                SetKeys(operand, entries);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void SetKeys<T>(T* operand, Entry* entries)
        where T : unmanaged
    {
        var flip = descending ? ulong.MaxValue : 0;
        for (var i = 0; i < length; i++)
            entries[i].Key = Ordered(operand[entries[i].Index]) ^ flip;
    }

    // An unsigned integer that orders as the value does. A negative float's bits run the other way.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong Ordered<T>(T value)
        where T : unmanaged
    {
        if (value is double d)
        {
            var bits = double.IsNaN(d) ? long.MaxValue : BitConverter.DoubleToInt64Bits(d == 0 ? 0 : d);
            return (ulong)(bits ^ ((bits >> 63) & long.MaxValue)) ^ (1UL << 63);
        }
        if (value is float f)
        {
            var bits = float.IsNaN(f) ? int.MaxValue : BitConverter.SingleToInt32Bits(f == 0 ? 0 : f);
            return (uint)(bits ^ ((bits >> 31) & int.MaxValue)) ^ (1U << 31);
        }
        return value switch
        {
            long x => (ulong)x ^ (1UL << 63),
            int x => (uint)x ^ (1U << 31),
            uint x => x,
            _ => Unsafe.BitCast<T, byte>(value),
        };
    }

    /// <summary>Sorts the entries by the lowest <paramref name="bytes"/> bytes of their keys, stably; gives where they then are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    Entry* SortByKey(Entry* from, Entry* to, int bytes)
    {
        if (length <= InsertionLimit)
        {
            Insert(from);
            return from;
        }
        var counts = stackalloc int[8 * Digits];
        new Span<int>(counts, bytes * Digits).Clear();
        for (var i = 0; i < length; i++)
        {
            var key = from[i].Key;
            for (var digit = 0; digit < bytes; digit++, key >>= 8)
                counts[digit * Digits + (byte)key]++;
        }
        for (var digit = 0; digit < bytes; digit++, counts += Digits)
        {
            var shift = 8 * digit;
            // A digit that all keys share orders nothing.
            if (counts[(byte)(from[0].Key >> shift)] == length)
                continue;
            var next = 0;
            for (var value = 0; value < Digits; value++)
                (counts[value], next) = (next, next + counts[value]);
            for (var i = 0; i < length; i++)
                to[counts[(byte)(from[i].Key >> shift)]++] = from[i];
            var sorted = to;
            to = from;
            from = sorted;
        }
        return from;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Insert(Entry* entries)
    {
        for (var i = 1; i < length; i++)
        {
            var entry = entries[i];
            var j = i - 1;
            for (; j >= 0 && entries[j].Key > entry.Key; j--)
                entries[j + 1] = entries[j];
            entries[j + 1] = entry;
        }
    }

    void Gather(int size, byte* source, byte* target, Entry* sorted)
    {
        switch (size)
        {
            case 1:
                Gather(source, target, sorted);
                break;
            case 4:
                Gather((int*)source, (int*)target, sorted);
                break;
            default:
                Gather((long*)source, (long*)target, sorted);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Gather<T>(T* source, T* target, Entry* sorted)
        where T : unmanaged
    {
        for (var i = 0; i < length; i++)
            target[i] = source[sorted[i].Index];
    }
}
