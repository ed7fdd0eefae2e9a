using System.Runtime.InteropServices;

namespace Autodiff;

/// <summary>
/// Keeps a thread that is woken off the core of the thread that wakes it. In a virtual machine Linux takes an idle core whose host sleeps for
/// a busy one, and puts the woken thread behind its waker, where it waits for the next tick of the clock: some milliseconds. So the waker's
/// core is taken from the cores that the thread may use, until it has started. Elsewhere than on Linux nothing is done.
/// </summary>
sealed unsafe class CoreChoice
{
    // A bit for each core, as many as the C library has in its type for them.
    const int MaskBytes = 128;
    const int MaskWords = MaskBytes / sizeof(ulong);

    static readonly bool IsAvailable = OperatingSystem.IsLinux() && HasFunctions();

    readonly ulong[] allowed = new ulong[MaskWords];
    int thread;
    bool isRestricted;

    /// <summary>Tells which thread this is about: the one that calls.</summary>
    internal void Bind() => thread = IsAvailable ? GetThreadId() : 0;

    /// <summary>Before the thread is woken: it shall not run on the core of the caller if it may use another.</summary>
    internal void AvoidCallersCore()
    {
        var core = thread == 0 ? -1 : GetCore();
        if ((uint)core >= 8 * MaskBytes)
            return;
        fixed (ulong* mask = allowed)
        {
            if (GetAffinity(thread, MaskBytes, mask) < 0)
                return;
            var others = stackalloc ulong[MaskWords];
            allowed.CopyTo(new Span<ulong>(others, MaskWords));
            others[core / 64] &= ~(1UL << core);
            isRestricted = new Span<ulong>(others, MaskWords).ContainsAnyExcept(0UL) && SetAffinity(thread, MaskBytes, others) == 0;
        }
    }

    /// <summary>When the thread has been woken, on that thread: it may use all its cores again.</summary>
    internal void Restore()
    {
        if (!isRestricted)
            return;
        fixed (ulong* mask = allowed)
            _ = SetAffinity(0, MaskBytes, mask);
        isRestricted = false;
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

    [DllImport("libc", EntryPoint = "sched_getcpu"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int GetCore();

    [DllImport("libc", EntryPoint = "sched_getaffinity"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int GetAffinity(int thread, nint bytes, ulong* mask);

    [DllImport("libc", EntryPoint = "sched_setaffinity"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int SetAffinity(int thread, nint bytes, ulong* mask);
}
