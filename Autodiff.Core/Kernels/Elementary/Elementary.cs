namespace Autodiff;

/// <summary>
/// The elementary functions in arithmetic that vectorises: floating-point operations, comparisons, selects, and integer operations on
/// bits. Every expansion is free of branches and calls, and treats signed zeros, denormals, infinities and NaN as <see cref="Math"/> does.
/// <para>
/// Errors stay within 2 ULP (2.2 for rare arguments), but for those of Lgamma and Digamma on the negative axis, and of ErfInv (4);
/// docs/accuracy.md has them all.
/// </para>
/// </summary>
static partial class Elementary
{
    /// <summary>
    /// Expands the chosen functions in several expressions; what they share stays shared. Angles beyond <see cref="LargestAngle"/> stay in a
    /// Select on the function itself, which a compiler can compute out of line.
    /// </summary>
    internal static Func<Scalar, Scalar> Expander(Func<ScalarOp, bool> choice) =>
        Scalar.Rewriting(
            (node, visit) =>
                node is Apply { Type.IsFloat: true } apply && choice(apply.Op)
                    ? ExpandOne(apply, Array.ConvertAll(apply.Arguments, a => visit(a)))
                    : null
        );

    /// <summary>Whether a single number is better expanded than handed to the runtime, by speed or by accuracy.</summary>
    internal static bool IsBetterExpanded(ScalarOp op) =>
        op is ScalarOp.Cbrt or ScalarOp.Sinh or ScalarOp.Tanh or (>= ScalarOp.Erf and <= ScalarOp.Digamma);

    internal static bool IsElementary(ScalarOp op) => op is ScalarOp.Pow or ScalarOp.Atan2 or (>= ScalarOp.Cbrt and <= ScalarOp.Digamma);

    static Scalar ExpandOne(Apply node, Scalar[] arguments)
    {
        var x = arguments[0];
        var angle = node.WithArguments(arguments);
        return node.Op switch
        {
            ScalarOp.Exp => Exp(x),
            ScalarOp.Exp2 => Exp2(x),
            ScalarOp.Expm1 => Expm1(x),
            ScalarOp.Log => Log(x),
            ScalarOp.Log2 => Log2(x),
            ScalarOp.Log10 => Log10(x),
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
