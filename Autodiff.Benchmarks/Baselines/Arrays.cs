namespace Autodiff.Benchmarks;

/// <summary>A loop over n elements that writes n elements.</summary>
unsafe delegate void MapLoop<T>(T* x, T* y, nint n)
    where T : unmanaged;

/// <summary>A loop over pairs of n elements that writes n elements.</summary>
unsafe delegate void PairLoop<T>(T* x, T* y, T* z, nint n)
    where T : unmanaged;

/// <summary>A loop over pairs of n elements that gives one number.</summary>
unsafe delegate R PairFold<T, R>(T* x, T* y, nint n)
    where T : unmanaged;

/// <summary>
/// Hand-written loops as functions of arrays. Their results are fresh arrays, like those of the library: from the same pool, at the same cost.
/// </summary>
static unsafe class Arrays
{
    /// <param name="into">If given, the result is written there instead, each time over the last one.</param>
    internal static NDArray Map<T>(MapLoop<T> loop, NDArray x, NDArray? into = null)
        where T : unmanaged
    {
        var (from, to) = ((ConcreteArray)x, (ConcreteArray?)into ?? ConcreteArray.Allocate(x.Aval));
        fixed (
            byte* px = &from.Buffer.First,
                result = &to.Buffer.First
        )
            loop((T*)px, (T*)result, (nint)x.Size);
        GC.KeepAlive(from);
        return to;
    }

    internal static NDArray Map<T>(PairLoop<T> loop, NDArray x, NDArray y)
        where T : unmanaged
    {
        var (first, second, to) = ((ConcreteArray)x, (ConcreteArray)y, ConcreteArray.Allocate(x.Aval));
        fixed (
            byte* px = &first.Buffer.First,
                py = &second.Buffer.First,
                result = &to.Buffer.First
        )
            loop((T*)px, (T*)py, (T*)result, (nint)x.Size);
        GC.KeepAlive(first);
        GC.KeepAlive(second);
        return to;
    }

    internal static R Fold<T, R>(PairFold<T, R> loop, NDArray x, NDArray y)
        where T : unmanaged
    {
        var (first, second) = ((ConcreteArray)x, (ConcreteArray)y);
        fixed (
            byte* px = &first.Buffer.First,
                py = &second.Buffer.First
        )
        {
            var result = loop((T*)px, (T*)py, (nint)x.Size);
            GC.KeepAlive(first);
            GC.KeepAlive(second);
            return result;
        }
    }
}
