using System.Runtime.InteropServices;

namespace Autodiff;

/// <summary>
/// Keeps a thread off the core of another that needs its help. In a virtual machine Linux takes an idle core whose host sleeps for a busy one,
/// and puts a woken thread behind its waker, where it waits for some ticks of the clock, each of milliseconds. So the waker's core is taken
/// from the cores that the thread may use, until it runs again. Elsewhere than on Linux nothing is done.
/// </summary>
sealed unsafe class CoreChoice
{
    // A bit for each core, as many as the C library has in its type for them.
    const int MaskBytes = 128;
    const int MaskWords = MaskBytes / sizeof(ulong);

    static readonly bool IsAvailable = OperatingSystem.IsLinux() && HasFunctions();

    readonly ulong[] allowed = new ulong[MaskWords];
    readonly int thread = IsAvailable ? GetThreadId() : 0;
    volatile bool isRestricted;

    /// <summary>The core that the caller runs on at the moment, or −1 if that is not known.</summary>
    internal static int Current => IsAvailable ? GetCore() : -1;

    /// <summary>
    /// The thread that made this object shall leave the core of the caller, or not be woken on it, if it may use another.
    /// </summary>
    internal void AvoidCallersCore()
    {
        var core = Current;
        if ((uint)core >= 8 * MaskBytes)
            return;
        lock (allowed)
            fixed (ulong* mask = allowed)
            {
                if (!isRestricted && GetAffinity(thread, MaskBytes, mask) < 0)
                    return;
                var others = stackalloc ulong[MaskWords];
                allowed.CopyTo(new Span<ulong>(others, MaskWords));
                others[core / 64] &= ~(1UL << core);
                if (new Span<ulong>(others, MaskWords).ContainsAnyExcept(0UL) && SetAffinity(thread, MaskBytes, others) == 0)
                    isRestricted = true;
            }
    }

    /// <summary>Called by the thread itself when it runs: it may use all its cores again.</summary>
    internal void Restore()
    {
        if (!isRestricted)
            return;
        lock (allowed)
            fixed (ulong* mask = allowed)
                isRestricted = SetAffinity(0, MaskBytes, mask) != 0;
    }

    static bool HasFunctions()
    {
        try
        {
            return GetThreadId() > 0 && GetCore() >= 0;
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "gettid"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int GetThreadId();

    [SuppressGCTransition]
    [DllImport("libc", EntryPoint = "sched_getcpu"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int GetCore();

    [DllImport("libc", EntryPoint = "sched_getaffinity"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int GetAffinity(int thread, nint bytes, ulong* mask);

    [DllImport("libc", EntryPoint = "sched_setaffinity"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int SetAffinity(int thread, nint bytes, ulong* mask);
}
