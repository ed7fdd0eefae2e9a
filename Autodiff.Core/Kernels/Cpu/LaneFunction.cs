using System.Reflection;

namespace Autodiff;

/// <summary>Functions without a vector form, lane by lane.</summary>
static unsafe class LaneFunction
{
    internal static MethodInfo Of(DType type) =>
        typeof(LaneFunction).GetMethod(
            type == DType.Float32 ? nameof(Float32) : nameof(Float64),
            BindingFlags.Static | BindingFlags.NonPublic
        )!;

    static void Float64(double* values, int lanes, ScalarOp op)
    {
        for (var i = 0; i < lanes; i++)
            values[i] = ScalarMath.Evaluate(op, values[i]);
    }

    static void Float32(float* values, int lanes, ScalarOp op)
    {
        for (var i = 0; i < lanes; i++)
            values[i] = ScalarMath.Evaluate(op, values[i]);
    }
}
