using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Autodiff;

/// <summary>
/// Calls of compiled code that begin where a line of the cache begins. The runtime aligns the stack to 16 bytes, and places the vectors that find
/// no register at multiples of their size from where the call began: most would cross from one line into the next, and
/// slow down a loop that needs them.
/// </summary>
static unsafe class AlignedStack
{
    const int Line = 64;

    // What lies between the stack pointer and what was allocated last: the arguments of calls that find no register, and on Windows room for four.
    static readonly int ArgumentsOfDelegate = OperatingSystem.IsWindows() ? 64 : 16;
    static readonly int ArgumentsOfMethod = OperatingSystem.IsWindows() ? 48 : 0;

    static readonly bool Pays = RuntimeInformation.ProcessArchitecture == Architecture.X64 && KernelCompiler.WidestVector > 128;

    /// <summary>Calls compiled code.</summary>
    internal static void Call(Entry entry, CallFrame frame, byte** table, byte* arena, byte* own, long from, long to)
    {
        if (Pays)
            CallAligned(entry, frame, table, arena, own, from, to);
        else
            entry(frame, table, arena, own, from, to);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    static void CallAligned(Entry entry, CallFrame frame, byte** table, byte* arena, byte* own, long from, long to)
    {
        // A small block of a constant size would become a variable, which may lie elsewhere.
        byte* block = stackalloc byte[Line];
        byte* rest = stackalloc byte[(int)(Line + ((nint)block - ArgumentsOfDelegate & Line - 1))];
        // What nobody reads is not allocated.
        Volatile.Write(ref *rest, 0);
        entry(frame, table, arena, own, from, to);
    }

    /// <summary>Begins a compiled method that calls others.</summary>
    internal static void Begin(ILGenerator il)
    {
        if (!Pays)
            return;
        il.Emit(OpCodes.Ldc_I4, Line);
        il.Emit(OpCodes.Conv_U);
        il.Emit(OpCodes.Localloc);
        il.Emit(OpCodes.Ldc_I4, ArgumentsOfMethod);
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.Ldc_I4, Line - 1);
        il.Emit(OpCodes.And);
        il.Emit(OpCodes.Ldc_I4, Line);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Localloc);
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Volatile);
        il.Emit(OpCodes.Stind_I1);
    }
}
