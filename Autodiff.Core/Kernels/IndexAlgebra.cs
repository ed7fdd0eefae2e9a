namespace Autodiff;

/// <summary>
/// Simplifies integer arithmetic as it is built, so that index expressions stay affine where they can: constants are folded and gathered on the
/// right, and units vanish.
/// </summary>
static class IndexAlgebra
{
    internal static Scalar? Simplify(ScalarOp op, Scalar[] args)
    {
        if (args.Length != 2)
            return null;
        var (a, b) = (args[0], args[1]);
        if (a is Constant x && b is Constant y)
            return Fold(op, x.Bits, y.Bits) is { } folded ? Scalar.Constant(folded) : null;
        return (op, a, b) switch
        {
            (ScalarOp.Add, Constant { Bits: 0 }, _) => b,
            (ScalarOp.Add or ScalarOp.Sub, _, Constant { Bits: 0 }) => a,
            (ScalarOp.Add, Constant, _) => b + a,
            (ScalarOp.Sub, _, Constant c) => a + Scalar.Constant(-c.Bits),
            (ScalarOp.Add, Apply { Op: ScalarOp.Add, Arguments: [var inner, Constant c] }, Constant d) => inner
                + Scalar.Constant(c.Bits + d.Bits),
            (ScalarOp.Mul, Constant { Bits: 0 }, _) or (ScalarOp.Mul, _, Constant { Bits: 0 }) => Scalar.Constant(0),
            (ScalarOp.Mul, Constant { Bits: 1 }, _) => b,
            (ScalarOp.Mul or ScalarOp.Div, _, Constant { Bits: 1 }) => a,
            (ScalarOp.Mul, Constant, _) => b * a,
            (ScalarOp.Mul, Apply { Op: ScalarOp.Mul, Arguments: [var inner, Constant c] }, Constant d) => inner
                * Scalar.Constant(c.Bits * d.Bits),
            (ScalarOp.Rem, _, Constant { Bits: 1 }) => Scalar.Constant(0),
            _ => null,
        };
    }

    static long? Fold(ScalarOp op, long a, long b) =>
        op switch
        {
            ScalarOp.Add => a + b,
            ScalarOp.Sub => a - b,
            ScalarOp.Mul => a * b,
            ScalarOp.Div when b is not (0 or -1) => a / b,
            ScalarOp.Rem when b is not (0 or -1) => a % b,
            ScalarOp.Min => Math.Min(a, b),
            ScalarOp.Max => Math.Max(a, b),
            _ => null,
        };
}
