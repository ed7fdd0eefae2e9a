using System.Numerics;
using System.Runtime.CompilerServices;

namespace Autodiff;

/// <summary>A number that the compiler of a generic method sees as a constant.</summary>
interface ICount
{
    static abstract int Value { get; }
}

readonly struct One : ICount
{
    public static int Value => 1;
}

readonly struct Two : ICount
{
    public static int Value => 2;
}

readonly struct Three : ICount
{
    public static int Value => 3;
}

readonly struct Four : ICount
{
    public static int Value => 4;
}

readonly struct Five : ICount
{
    public static int Value => 5;
}

readonly struct Six : ICount
{
    public static int Value => 6;
}

readonly struct Seven : ICount
{
    public static int Value => 7;
}

readonly struct Eight : ICount
{
    public static int Value => 8;
}

/// <summary>
/// The innermost part of a matrix product: a tile of up to 8 rows by 3 vectors of the result, held in registers while the inner dimension
/// passes. It is written once for the largest tile; smaller tiles leave out what their constants rule out.
/// </summary>
static unsafe class ProductTile<T, V, L>
    where T : unmanaged, INumber<T>
    where V : unmanaged
    where L : ILanes<T, V>
{
    /// <summary>The tile of the given rows (1 to 8) and vectors (1 to 3). Its arguments are those of <see cref="Run"/>.</summary>
    internal static delegate* <T*, nint, nint, T*, nint, nint, T*, nint, bool, void> Get(nint rows, nint vectors) =>
        Tiles[3 * rows + vectors - 4];

    static readonly delegate* <T*, nint, nint, T*, nint, nint, T*, nint, bool, void>[] Tiles =
    [
        &Run<One, One>,
        &Run<One, Two>,
        &Run<One, Three>,
        &Run<Two, One>,
        &Run<Two, Two>,
        &Run<Two, Three>,
        &Run<Three, One>,
        &Run<Three, Two>,
        &Run<Three, Three>,
        &Run<Four, One>,
        &Run<Four, Two>,
        &Run<Four, Three>,
        &Run<Five, One>,
        &Run<Five, Two>,
        &Run<Five, Three>,
        &Run<Six, One>,
        &Run<Six, Two>,
        &Run<Six, Three>,
        &Run<Seven, One>,
        &Run<Seven, Two>,
        &Run<Seven, Three>,
        &Run<Eight, One>,
        &Run<Eight, Two>,
        &Run<Eight, Three>,
    ];

    /// <summary>
    /// c = a·b, or c += a·b: a steps by <paramref name="rowA"/> from row to row and by <paramref name="stepA"/> along the inner dimension,
    /// whose length is <paramref name="depth"/>; the rows of b and c are contiguous, <paramref name="stepB"/> and <paramref name="rowC"/>
    /// apart.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Run<R, W>(T* a, nint rowA, nint stepA, T* b, nint stepB, nint depth, T* c, nint rowC, bool add)
        where R : ICount
        where W : ICount
    {
        V c00 = default,
            c01 = default,
            c02 = default;
        V c10 = default,
            c11 = default,
            c12 = default;
        V c20 = default,
            c21 = default,
            c22 = default;
        V c30 = default,
            c31 = default,
            c32 = default;
        V c40 = default,
            c41 = default,
            c42 = default;
        V c50 = default,
            c51 = default,
            c52 = default;
        V c60 = default,
            c61 = default,
            c62 = default;
        V c70 = default,
            c71 = default,
            c72 = default;
        // Three base pointers reach all rows with scaled offsets.
        var a3 = a + 3 * rowA;
        var a6 = a + 6 * rowA;
        var row2 = 2 * rowA;
        for (; depth > 0; depth--)
        {
            var b0 = L.Load(b);
            var b1 = W.Value > 1 ? L.Load(b + L.Count) : default;
            var b2 = W.Value > 2 ? L.Load(b + 2 * L.Count) : default;
            var x = L.Broadcast(a[0]);
            c00 = L.MultiplyAdd(x, b0, c00);
            if (W.Value > 1)
                c01 = L.MultiplyAdd(x, b1, c01);
            if (W.Value > 2)
                c02 = L.MultiplyAdd(x, b2, c02);
            if (R.Value > 1)
            {
                x = L.Broadcast(a[rowA]);
                c10 = L.MultiplyAdd(x, b0, c10);
                if (W.Value > 1)
                    c11 = L.MultiplyAdd(x, b1, c11);
                if (W.Value > 2)
                    c12 = L.MultiplyAdd(x, b2, c12);
            }
            if (R.Value > 2)
            {
                x = L.Broadcast(a[row2]);
                c20 = L.MultiplyAdd(x, b0, c20);
                if (W.Value > 1)
                    c21 = L.MultiplyAdd(x, b1, c21);
                if (W.Value > 2)
                    c22 = L.MultiplyAdd(x, b2, c22);
            }
            if (R.Value > 3)
            {
                x = L.Broadcast(a3[0]);
                c30 = L.MultiplyAdd(x, b0, c30);
                if (W.Value > 1)
                    c31 = L.MultiplyAdd(x, b1, c31);
                if (W.Value > 2)
                    c32 = L.MultiplyAdd(x, b2, c32);
            }
            if (R.Value > 4)
            {
                x = L.Broadcast(a3[rowA]);
                c40 = L.MultiplyAdd(x, b0, c40);
                if (W.Value > 1)
                    c41 = L.MultiplyAdd(x, b1, c41);
                if (W.Value > 2)
                    c42 = L.MultiplyAdd(x, b2, c42);
            }
            if (R.Value > 5)
            {
                x = L.Broadcast(a3[row2]);
                c50 = L.MultiplyAdd(x, b0, c50);
                if (W.Value > 1)
                    c51 = L.MultiplyAdd(x, b1, c51);
                if (W.Value > 2)
                    c52 = L.MultiplyAdd(x, b2, c52);
            }
            if (R.Value > 6)
            {
                x = L.Broadcast(a6[0]);
                c60 = L.MultiplyAdd(x, b0, c60);
                if (W.Value > 1)
                    c61 = L.MultiplyAdd(x, b1, c61);
                if (W.Value > 2)
                    c62 = L.MultiplyAdd(x, b2, c62);
            }
            if (R.Value > 7)
            {
                x = L.Broadcast(a6[rowA]);
                c70 = L.MultiplyAdd(x, b0, c70);
                if (W.Value > 1)
                    c71 = L.MultiplyAdd(x, b1, c71);
                if (W.Value > 2)
                    c72 = L.MultiplyAdd(x, b2, c72);
            }
            a += stepA;
            a3 += stepA;
            a6 += stepA;
            b += stepB;
        }
        Put<W>(c, c00, c01, c02, add);
        if (R.Value > 1)
            Put<W>(c + rowC, c10, c11, c12, add);
        if (R.Value > 2)
            Put<W>(c + 2 * rowC, c20, c21, c22, add);
        if (R.Value > 3)
            Put<W>(c + 3 * rowC, c30, c31, c32, add);
        if (R.Value > 4)
            Put<W>(c + 4 * rowC, c40, c41, c42, add);
        if (R.Value > 5)
            Put<W>(c + 5 * rowC, c50, c51, c52, add);
        if (R.Value > 6)
            Put<W>(c + 6 * rowC, c60, c61, c62, add);
        if (R.Value > 7)
            Put<W>(c + 7 * rowC, c70, c71, c72, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Put<W>(T* c, V v0, V v1, V v2, bool add)
        where W : ICount
    {
        L.Store(add ? L.Add(v0, L.Load(c)) : v0, c);
        if (W.Value > 1)
            L.Store(add ? L.Add(v1, L.Load(c + L.Count)) : v1, c + L.Count);
        if (W.Value > 2)
            L.Store(add ? L.Add(v2, L.Load(c + 2 * L.Count)) : v2, c + 2 * L.Count);
    }
}
