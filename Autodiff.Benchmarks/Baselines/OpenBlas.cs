using System.Runtime.InteropServices;

namespace Autodiff.Benchmarks;

/// <summary>The matrix products of OpenBLAS, where it is installed; only the benchmarks load it.</summary>
static unsafe class OpenBlas
{
    const int RowMajor = 101;
    const int NoTranspose = 111;

    static readonly string[] Names = ["libopenblas.so.0", "libopenblas.so", "libopenblas.dylib", "libopenblas.dll", "openblas"];

    static readonly nint Library = Load();

    internal static bool IsInstalled => Library != 0;

    /// <summary>Which one, and the kernels that it chose for this processor.</summary>
    internal static string Description =>
        IsInstalled ? $"{Text("openblas_get_config")}, kernels {Text("openblas_get_corename")}" : "OpenBLAS is not installed";

    static readonly delegate* unmanaged<int, void> SetNumThreads = (delegate* unmanaged<int, void>)Export("openblas_set_num_threads");
    static readonly delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void> Single =
        (delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void>)Export("cblas_sgemm");
    static readonly delegate* unmanaged<
        int,
        int,
        int,
        int,
        int,
        int,
        double,
        double*,
        int,
        double*,
        int,
        double,
        double*,
        int,
        void> Double = (delegate* unmanaged<
        int,
        int,
        int,
        int,
        int,
        int,
        double,
        double*,
        int,
        double*,
        int,
        double,
        double*,
        int,
        void>)Export("cblas_dgemm");

    static int threads;

    static nint Load()
    {
        foreach (var name in Names)
            if (NativeLibrary.TryLoad(name, out var library))
                return library;
        return 0;
    }

    static nint Export(string name) => IsInstalled ? NativeLibrary.GetExport(Library, name) : 0;

    static string Text(string function) => Marshal.PtrToStringUTF8((nint)((delegate* unmanaged<byte*>)Export(function))())?.Trim() ?? "";

    /// <summary>The most threads that the products take from now on.</summary>
    static void SetThreads(int count)
    {
        if (threads != count)
            SetNumThreads(threads = count);
    }

    /// <summary>C = A·B of square matrices, on so many threads, in a fresh array.</summary>
    internal static NDArray Multiply(NDArray a, NDArray b, int threads)
    {
        var (x, y, result) = ((ConcreteArray)a, (ConcreteArray)b, ConcreteArray.Allocate(a.Aval));
        var n = a.Shape[0];
        SetThreads(threads);
        fixed (
            byte* px = &x.Buffer.First,
                py = &y.Buffer.First,
                to = &result.Buffer.First
        )
            if (a.DType == DType.Float32)
                Single(RowMajor, NoTranspose, NoTranspose, n, n, n, 1, (float*)px, n, (float*)py, n, 0, (float*)to, n);
            else
                Double(RowMajor, NoTranspose, NoTranspose, n, n, n, 1, (double*)px, n, (double*)py, n, 0, (double*)to, n);
        GC.KeepAlive(x);
        GC.KeepAlive(y);
        return result;
    }
}
