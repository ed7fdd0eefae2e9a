using System.Reflection.Emit;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Autodiff.Tests.Widths;

/// <summary>Vectors on the stack of compiled code lie within lines of the cache.</summary>
public sealed unsafe class AlignedStackTests
{
    const int Line = 64;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_vector_that_finds_no_register_lies_in_one_line_of_the_cache(int further)
    {
        Assert.SkipUnless(
            RuntimeInformation.ProcessArchitecture == Architecture.X64 && KernelCompiler.WidestVector > 128,
            "no wide vectors"
        );
        var inner = new MethodEmitter("Inner");
        StoreAddress(inner);
        var outer = new MethodEmitter("Outer");
        AlignedStack.Begin(outer.IL);
        outer.Call(inner);
        outer.End();
        // The stack of the caller lies anywhere.
        var space = stackalloc byte[16 * further + 1];
        Volatile.Write(ref *space, 0);
        Assert.Equal(0, AddressIn(outer.Build()) % Line);
        Assert.Equal(0, AddressIn(inner.Build()) % Line);
    }

    // Writes where its vector lies to the call's scratch memory.
    static void StoreAddress(MethodEmitter method)
    {
        var vector = method.IL.DeclareLocal(typeof(Vector512<double>));
        method.PushArena(0);
        method.IL.Emit(OpCodes.Ldloca, vector);
        method.IL.Emit(OpCodes.Conv_U);
        method.IL.Emit(OpCodes.Stind_I);
        method.End();
    }

    static nint AddressIn(Entry entry)
    {
        nint address;
        AlignedStack.Call(entry, null!, null, (byte*)&address, null, 0, 0);
        return address;
    }
}
