using System.Reflection;
using System.Reflection.Emit;

namespace Autodiff;

/// <summary>The IL of one native method, with a pool of its locals: the JIT slows down past a thousand of them.</summary>
sealed unsafe class MethodEmitter
{
    const long MostInlineBytes = 256;

    static readonly Type[] Parameters = [typeof(CallFrame), typeof(byte**), typeof(byte*), typeof(byte*), typeof(long), typeof(long)];

    readonly DynamicMethod method;
    readonly Dictionary<Type, Stack<LocalBuilder>> free = [];

    internal MethodEmitter(string name)
    {
        method = new DynamicMethod(name, null, Parameters, typeof(CallFrame).Module, skipVisibility: true) { InitLocals = false };
        IL = method.GetILGenerator();
    }

    internal ILGenerator IL { get; }

    internal LocalBuilder Rent(Type type) =>
        free.TryGetValue(type, out var stack) && stack.TryPop(out var local) ? local : IL.DeclareLocal(type);

    internal void Return(LocalBuilder local)
    {
        if (!free.TryGetValue(local.LocalType, out var stack))
            free[local.LocalType] = stack = new();
        stack.Push(local);
    }

    internal void Long(long value) => IL.Emit(OpCodes.Ldc_I8, value);

    internal void PushFrame() => IL.Emit(OpCodes.Ldarg_0);

    /// <summary>Pushes pointer number <paramref name="index"/> of the call's table.</summary>
    internal void PushTable(int index)
    {
        IL.Emit(OpCodes.Ldarg_1);
        Displace((long)index * sizeof(byte*));
        IL.Emit(OpCodes.Ldind_I);
    }

    internal void PushArena(long offset)
    {
        IL.Emit(OpCodes.Ldarg_2);
        Displace(offset);
    }

    /// <summary>Pushes an address in the scratch memory that this part of a parallel region has for itself.</summary>
    internal void PushOwn(long offset)
    {
        IL.Emit(OpCodes.Ldarg_3);
        Displace(offset);
    }

    /// <summary>Pushes the first iteration that this part of a parallel region runs.</summary>
    internal void PushFrom() => IL.Emit(OpCodes.Ldarg_S, (byte)4);

    /// <summary>Pushes the iteration before which this part ends.</summary>
    internal void PushTo() => IL.Emit(OpCodes.Ldarg_S, (byte)5);

    /// <summary>Adds bytes to the pointer on the stack.</summary>
    internal void Displace(long bytes)
    {
        if (bytes == 0)
            return;
        Long(bytes);
        IL.Emit(OpCodes.Conv_I);
        IL.Emit(OpCodes.Add);
    }

    /// <summary>Calls another method with this one's arguments.</summary>
    internal void Call(MethodEmitter other)
    {
        IL.Emit(OpCodes.Ldarg_0);
        IL.Emit(OpCodes.Ldarg_1);
        IL.Emit(OpCodes.Ldarg_2);
        IL.Emit(OpCodes.Ldarg_3);
        PushFrom();
        PushTo();
        IL.Emit(OpCodes.Call, other.method);
    }

    /// <summary>Copies a number of bytes between the two pointers on the stack (to, from).</summary>
    internal void Copy(long bytes)
    {
        if (bytes <= MostInlineBytes)
        {
            IL.Emit(OpCodes.Ldc_I4, (int)bytes);
            IL.Emit(OpCodes.Unaligned, (byte)1);
            IL.Emit(OpCodes.Cpblk);
            return;
        }
        Long(bytes);
        IL.Emit(OpCodes.Call, typeof(MethodEmitter).GetMethod(nameof(CopyMany), BindingFlags.Static | BindingFlags.NonPublic)!);
    }

    static void CopyMany(byte* to, byte* from, long bytes) => Buffer.MemoryCopy(from, to, bytes, bytes);

    internal void End() => IL.Emit(OpCodes.Ret);

    internal Entry Build() => method.CreateDelegate<Entry>();
}

/// <summary>
/// Compiled code: the objects of the call, pointers to inputs and results, scratch memory, and for a part of a parallel region scratch memory of its
/// own and the iterations it runs.
/// </summary>
unsafe delegate void Entry(CallFrame frame, byte** table, byte* arena, byte* own, long from, long to);
