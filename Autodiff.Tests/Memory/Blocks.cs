namespace Autodiff.Tests;

/// <summary>Where arrays lie.</summary>
static class Blocks
{
    internal static nint Of(NDArray x) => ((NativeBuffer)((ConcreteArray)x).Buffer).Address;

    internal static byte[] Bytes(NDArray x)
    {
        var array = (ConcreteArray)x;
        var bytes = new byte[array.Aval.ByteSize];
        array.CopyBytes(bytes);
        return bytes;
    }
}
