namespace Autodiff;

/// <summary>What the <see cref="ScalarOp"/>s mean on numbers, where <see cref="Math"/> lacks the function or C# has another rule.</summary>
static partial class ScalarMath
{
    // Integers. Byte operands promote to Int32, and the caller wraps the result.

    internal static long Div(long a, long b) =>
        b is 0 ? 0
        : b is -1 ? -a
        : a / b;

    internal static int Div(int a, int b) =>
        b is 0 ? 0
        : b is -1 ? -a
        : a / b;

    internal static uint Div(uint a, uint b) => b is 0 ? 0 : a / b;

    internal static long Rem(long a, long b) => b is 0 or -1 ? 0 : a % b;

    internal static int Rem(int a, int b) => b is 0 or -1 ? 0 : a % b;

    internal static uint Rem(uint a, uint b) => b is 0 ? 0 : a % b;

    internal static long ShiftLeft(long a, long b) => (ulong)b < 64 ? a << (int)b : 0;

    internal static int ShiftLeft(int a, int b) => (uint)b < 32 ? a << b : 0;

    internal static uint ShiftLeft(uint a, uint b) => b < 32 ? a << (int)b : 0;

    internal static long ShiftRightLogical(long a, long b) => (ulong)b < 64 ? a >>> (int)b : 0;

    internal static int ShiftRightLogical(int a, int b) => (uint)b < 32 ? a >>> b : 0;

    internal static uint ShiftRightLogical(uint a, uint b) => b < 32 ? a >> (int)b : 0;

    internal static long ShiftRightArithmetic(long a, long b) => a >> ((ulong)b < 64 ? (int)b : 63);

    internal static int ShiftRightArithmetic(int a, int b) => a >> ((uint)b < 32 ? b : 31);

    internal static uint ShiftRightArithmetic(uint a, uint b) => ShiftRightLogical(a, b);

    internal static byte ToUInt8(double x) => (byte)Math.Clamp((int)x, 0, 255);
}
