namespace Autodiff;

/// <summary>
/// The elementary functions in arithmetic that vectorises: floating-point operations, comparisons, selects, and integer operations on
/// bits. Every expansion is free of branches and calls, and treats signed zeros, denormals, infinities and NaN as <see cref="Math"/> does.
/// <para>
/// Errors stay within 2 ULP. The exceptions: 2.2 for Sin and Cos next to their zeros, 3 for Tan and Erfc, 4 for Lgamma, Digamma and ErfInv.
/// Near the zeros of Lgamma and Digamma on the negative axis only the absolute error is small, some 7 ULP of 1.
/// </para>
/// </summary>
static partial class Elementary
{
    /// <summary>
    /// The expression with every elementary function of floats expanded. Angles beyond <see cref="LargestAngle"/> give NaN or, with
    /// <paramref name="keepLargeAngles"/>, stay in a Select on the function itself, which a compiler can compute out of line.
    /// </summary>
    internal static Scalar Expand(Scalar expression, bool keepLargeAngles = false) => Expander(keepLargeAngles)(expression);

    /// <summary>An <see cref="Expand"/> for several expressions: what they share stays shared.</summary>
    internal static Func<Scalar, Scalar> Expander(bool keepLargeAngles = false) =>
        Scalar.Rewriting(
            (node, visit) =>
                node is Apply { Type.IsFloat: true } apply && IsElementary(apply.Op)
                    ? ExpandOne(apply, Array.ConvertAll(apply.Arguments, a => visit(a)), keepLargeAngles)
                    : null
        );

    internal static bool IsElementary(ScalarOp op) => op is ScalarOp.Pow or ScalarOp.Atan2 or (>= ScalarOp.Cbrt and <= ScalarOp.Digamma);

    static Scalar ExpandOne(Apply node, Scalar[] arguments, bool keepLargeAngles)
    {
        var x = arguments[0];
        var angle = keepLargeAngles ? node.WithArguments(arguments) : x.Like(double.NaN);
        return node.Op switch
        {
            ScalarOp.Exp => Exp(x),
            ScalarOp.Expm1 => Expm1(x),
            ScalarOp.Log => Log(x),
            ScalarOp.Log1p => Log1p(x),
            ScalarOp.Sin => Sin(x, angle),
            ScalarOp.Cos => Cos(x, angle),
            ScalarOp.Tan => Tan(x, angle),
            ScalarOp.Asin => Asin(x),
            ScalarOp.Acos => Acos(x),
            ScalarOp.Atan => Atan(x),
            ScalarOp.Atan2 => Atan2(x, arguments[1]),
            ScalarOp.Sinh => Sinh(x),
            ScalarOp.Cosh => Cosh(x),
            ScalarOp.Tanh => Tanh(x),
            ScalarOp.Pow => Pow(x, arguments[1]),
            ScalarOp.Cbrt => Cbrt(x),
            ScalarOp.Erf => Erf(x),
            ScalarOp.Erfc => Erfc(x),
            ScalarOp.ErfInv => ErfInv(x),
            ScalarOp.Lgamma => Lgamma(x),
            ScalarOp.Digamma => Digamma(x),
            _ => throw new ArgumentOutOfRangeException(nameof(node), node.Op, "not an elementary function"),
        };
    }
}
