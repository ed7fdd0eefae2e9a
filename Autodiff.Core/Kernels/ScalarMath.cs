using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Autodiff;

/// <summary>
/// What the <see cref="ScalarOp"/>s mean on numbers, where <see cref="Math"/> lacks the function or C# has another rule. Every device that
/// computes an operation in another way must agree with this one to a few units in the last place, and on all special values.
/// </summary>
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

    /// <summary>By repeated squaring, wrapping. A negative power is the truncated quotient 1 / aⁿ, and 0 for a = 0.</summary>
    internal static long Pow(long a, long b)
    {
        if (b < 0)
            return a switch
            {
                1 => 1,
                -1 => (b & 1) == 0 ? 1 : -1,
                _ => 0,
            };
        var result = 1L;
        for (; b != 0; b >>= 1, a *= a)
            if ((b & 1) != 0)
                result *= a;
        return result;
    }

    internal static int Pow(int a, int b) => (int)Pow((long)a, b);

    internal static uint Pow(uint a, uint b) => (uint)Pow((long)a, b);

    internal static long ShiftLeft(long a, long b) => (ulong)b < 64 ? a << (int)b : 0;

    internal static int ShiftLeft(int a, int b) => (uint)b < 32 ? a << b : 0;

    internal static uint ShiftLeft(uint a, uint b) => b < 32 ? a << (int)b : 0;

    internal static long ShiftRightLogical(long a, long b) => (ulong)b < 64 ? a >>> (int)b : 0;

    internal static int ShiftRightLogical(int a, int b) => (uint)b < 32 ? a >>> b : 0;

    internal static uint ShiftRightLogical(uint a, uint b) => b < 32 ? a >> (int)b : 0;

    internal static long ShiftRightArithmetic(long a, long b) => a >> ((ulong)b < 64 ? (int)b : 63);

    internal static int ShiftRightArithmetic(int a, int b) => a >> ((uint)b < 32 ? b : 31);

    internal static uint ShiftRightArithmetic(uint a, uint b) => ShiftRightLogical(a, b);

    // C#'s own casts to these types saturate and take NaN to 0, on every platform since .NET 9; the one to byte drops high bits instead.

    internal static long ToInt64(double x) => (long)x;

    internal static int ToInt32(double x) => (int)x;

    internal static uint ToUInt32(double x) => (uint)x;

    internal static byte ToUInt8(double x) => (byte)Math.Clamp((int)x, 0, 255);

    // Floats.

    /// <summary>The smaller, NaN if either is NaN, −0 below +0.</summary>
    internal static double Min(double a, double b) => Math.Min(a, b);

    internal static float Min(float a, float b) => MathF.Min(a, b);

    /// <summary>The larger, NaN if either is NaN, −0 below +0.</summary>
    internal static double Max(double a, double b) => Math.Max(a, b);

    internal static float Max(float a, float b) => MathF.Max(a, b);

    internal static double Rem(double a, double b) => a % b;

    internal static float Rem(float a, float b) => a % b;

    internal static double Pow(double a, double b) => Math.Pow(a, b);

    internal static float Pow(float a, float b) => MathF.Pow(a, b);

    internal static double ScaleB(double a, double b) =>
        Avx512F.IsSupported ? Avx512F.ScaleScalar(Vector128.CreateScalar(a), Vector128.CreateScalar(b)).ToScalar() : Math.ScaleB(a, (int)b);

    internal static float ScaleB(float a, float b) =>
        Avx512F.IsSupported
            ? Avx512F.ScaleScalar(Vector128.CreateScalar(a), Vector128.CreateScalar(b)).ToScalar()
            : MathF.ScaleB(a, (int)b);

    internal static double Round(double x) => Math.Round(x, MidpointRounding.ToEven);

    internal static float Round(float x) => MathF.Round(x, MidpointRounding.ToEven);

    /// <summary>The runtime's, which may be wrong by 3 ULP, and a step of Newton's method.</summary>
    internal static double Cbrt(double x)
    {
        var y = Math.Cbrt(x);
        return y == 0 || !double.IsFinite(y) ? y : y - Math.FusedMultiplyAdd(y * y, y, -x) / (3 * y * y);
    }

    internal static float Cbrt(float x) => MathF.Cbrt(x);

    /// <summary>By way of Float64: the runtime's may be wrong by 2 ULP.</summary>
    internal static float Tanh(float x) => (float)Math.Tanh(x);

    /// <summary>A one-argument operation by its name.</summary>
    internal static double Evaluate(ScalarOp op, double x) =>
        op switch
        {
            ScalarOp.Neg => -x,
            ScalarOp.Abs => Math.Abs(x),
            ScalarOp.Floor => Math.Floor(x),
            ScalarOp.Ceil => Math.Ceiling(x),
            ScalarOp.Round => Round(x),
            ScalarOp.Sqrt => Math.Sqrt(x),
            ScalarOp.Cbrt => Cbrt(x),
            ScalarOp.Exp => Math.Exp(x),
            ScalarOp.Exp2 => Exp2(x),
            ScalarOp.Expm1 => Expm1(x),
            ScalarOp.Log => Math.Log(x),
            ScalarOp.Log2 => Math.Log2(x),
            ScalarOp.Log10 => Math.Log10(x),
            ScalarOp.Log1p => Log1p(x),
            ScalarOp.Sin => Sin(x),
            ScalarOp.Cos => Cos(x),
            ScalarOp.Tan => Tan(x),
            ScalarOp.Asin => Math.Asin(x),
            ScalarOp.Acos => Math.Acos(x),
            ScalarOp.Atan => Math.Atan(x),
            ScalarOp.Sinh => Math.Sinh(x),
            ScalarOp.Cosh => Math.Cosh(x),
            ScalarOp.Tanh => Math.Tanh(x),
            ScalarOp.Erf => Erf(x),
            ScalarOp.Erfc => Erfc(x),
            ScalarOp.ErfInv => ErfInv(x),
            ScalarOp.Lgamma => Lgamma(x),
            ScalarOp.Digamma => Digamma(x),
            _ => throw Unknown(op),
        };

    internal static float Evaluate(ScalarOp op, float x) =>
        op switch
        {
            ScalarOp.Neg => -x,
            ScalarOp.Abs => MathF.Abs(x),
            ScalarOp.Floor => MathF.Floor(x),
            ScalarOp.Ceil => MathF.Ceiling(x),
            ScalarOp.Round => Round(x),
            ScalarOp.Sqrt => MathF.Sqrt(x),
            ScalarOp.Cbrt => Cbrt(x),
            ScalarOp.Exp => MathF.Exp(x),
            ScalarOp.Exp2 => Exp2(x),
            ScalarOp.Expm1 => Expm1(x),
            ScalarOp.Log => MathF.Log(x),
            ScalarOp.Log2 => MathF.Log2(x),
            ScalarOp.Log10 => MathF.Log10(x),
            ScalarOp.Log1p => Log1p(x),
            ScalarOp.Sin => MathF.Sin(x),
            ScalarOp.Cos => MathF.Cos(x),
            ScalarOp.Tan => MathF.Tan(x),
            ScalarOp.Asin => MathF.Asin(x),
            ScalarOp.Acos => MathF.Acos(x),
            ScalarOp.Atan => MathF.Atan(x),
            ScalarOp.Sinh => MathF.Sinh(x),
            ScalarOp.Cosh => MathF.Cosh(x),
            ScalarOp.Tanh => Tanh(x),
            ScalarOp.Erf => Erf(x),
            ScalarOp.Erfc => Erfc(x),
            ScalarOp.ErfInv => ErfInv(x),
            ScalarOp.Lgamma => Lgamma(x),
            ScalarOp.Digamma => Digamma(x),
            _ => throw Unknown(op),
        };

    /// <summary>A two-argument operation by its name.</summary>
    internal static double Evaluate(ScalarOp op, double a, double b) =>
        op switch
        {
            ScalarOp.Add => a + b,
            ScalarOp.Sub => a - b,
            ScalarOp.Mul => a * b,
            ScalarOp.Div => a / b,
            ScalarOp.Rem => Rem(a, b),
            ScalarOp.Min => Min(a, b),
            ScalarOp.Max => Max(a, b),
            ScalarOp.Pow => Pow(a, b),
            ScalarOp.ScaleB => ScaleB(a, b),
            ScalarOp.Atan2 => Math.Atan2(a, b),
            _ => throw Unknown(op),
        };

    internal static float Evaluate(ScalarOp op, float a, float b) =>
        op switch
        {
            ScalarOp.Add => a + b,
            ScalarOp.Sub => a - b,
            ScalarOp.Mul => a * b,
            ScalarOp.Div => a / b,
            ScalarOp.Rem => Rem(a, b),
            ScalarOp.Min => Min(a, b),
            ScalarOp.Max => Max(a, b),
            ScalarOp.Pow => Pow(a, b),
            ScalarOp.ScaleB => ScaleB(a, b),
            ScalarOp.Atan2 => MathF.Atan2(a, b),
            _ => throw Unknown(op),
        };

    static NotSupportedException Unknown(ScalarOp op) => new($"{op} is not an operation on floats of this many arguments.");
}
