using static Autodiff.Ops;
using static Autodiff.Tests.Domains;

namespace Autodiff.Tests;

public static partial class OpTable
{
    // A step function has a derivative, which is zero.
    static OpRow[] Rounding =>
        [
            Unary("Floor", Floor, Math.Floor, Fractions) with
            {
                Types = Numbers,
            },
            Unary("Ceil", Ceil, Math.Ceiling, Fractions) with
            {
                Types = Numbers,
            },
            Unary("Trunc", Trunc, Math.Truncate, Fractions) with
            {
                Types = Numbers,
            },
            Unary("Rint", Rint, x => Math.Round(x, MidpointRounding.ToEven), Fractions) with
            {
                Types = Numbers,
            },
            Unary("Round", x => Round(x), x => Math.Round(x), Fractions) with
            {
                Types = Numbers,
            },
            Unary("Round: decimals", x => Round(x, 2), x => Math.Round(x * 100) / 100, Hundredths) with
            {
                Types = Signed,
            },
            Unary("Round: tens", x => Round(x, -1), x => Math.Round(x / 10) * 10, Fractions) with
            {
                Types = Signed,
            },
            Unary("Sign", Sign, x => Math.Sign(x), Real) with
            {
                Types = Numbers,
            },
            Binary("Heaviside", Heaviside, (x, y) => x > 0 ? 1 : 0, Real) with
            {
                Order = 1,
            },
            Discrete(
                Binary(
                    "Heaviside: zero",
                    Heaviside,
                    (x, y) =>
                        x > 0 ? 1
                        : x < 0 ? 0
                        : y,
                    Ties
                ),
                Floats
            ),
            Binary("Copysign", Copysign, Math.CopySign, Real) with
            {
                Types = Signed,
            },
            Discrete(Unary("Signbit", Signbit, x => x < 0 ? 1 : 0, Real)),
            Discrete(Binary("NextAfter", NextAfter, (x, y) => Math.BitIncrement(x), Unit, AboveOne), [DType.Float64]) with
            {
                Ulps = 0,
            },
            Unary("StopGradient", StopGradient, x => x, Real) with
            {
                Types = Every,
                Order = 0,
            },
        ];

    static OpRow[] Predicates =>
        [
            Discrete(Binary("Equal", Equal, (x, y) => x == y ? 1 : 0, Ties)),
            Discrete(Binary("NotEqual", NotEqual, (x, y) => x != y ? 1 : 0, Ties)),
            Discrete(Binary("Less", Less, (x, y) => x < y ? 1 : 0, Ties)),
            Discrete(Binary("LessEqual", LessEqual, (x, y) => x <= y ? 1 : 0, Ties)),
            Discrete(Binary("Greater", Greater, (x, y) => x > y ? 1 : 0, Ties)),
            Discrete(Binary("GreaterEqual", GreaterEqual, (x, y) => x >= y ? 1 : 0, Ties)),
            Discrete(Unary("IsNaN", IsNaN, x => double.IsNaN(x) ? 1 : 0, Odd), Floats),
            Discrete(Unary("IsInf", IsInf, x => double.IsInfinity(x) ? 1 : 0, Odd), Floats),
            Discrete(Unary("IsPosInf", IsPosInf, x => double.IsPositiveInfinity(x) ? 1 : 0, Odd), Floats),
            Discrete(Unary("IsNegInf", IsNegInf, x => double.IsNegativeInfinity(x) ? 1 : 0, Odd), Floats),
            Discrete(Unary("IsFinite", IsFinite, x => double.IsFinite(x) ? 1 : 0, Odd), Floats),
            Discrete(Unary("IsFinite: integers", IsFinite, x => 1, Whole)),
            Discrete(Unary("NanToNum", x => NanToNum(x, 1, 2, 3), Replaced, Odd), Floats),
            Discrete(Binary("IsClose", (x, y) => IsClose(x, y), (x, y) => x == y ? 1 : 0, Ties)),
        ];

    static OpRow[] Logical =>
        [
            Discrete(Binary("LogicalAnd", LogicalAnd, (x, y) => x != 0 && y != 0 ? 1 : 0, Ties)),
            Discrete(Binary("LogicalOr", LogicalOr, (x, y) => x != 0 || y != 0 ? 1 : 0, Ties)),
            Discrete(Binary("LogicalXor", LogicalXor, (x, y) => x != 0 != (y != 0) ? 1 : 0, Ties)),
            Discrete(Unary("LogicalNot", LogicalNot, x => x == 0 ? 1 : 0, Ties)),
            Discrete(Binary("BitwiseAnd", BitwiseAnd, (x, y) => (long)x & (long)y, Whole), [.. Integral, DType.Bool]),
            Discrete(Binary("BitwiseOr", BitwiseOr, (x, y) => (long)x | (long)y, Whole), [.. Integral, DType.Bool]),
            Discrete(Binary("BitwiseXor", BitwiseXor, (x, y) => (long)x ^ (long)y, Whole), [.. Integral, DType.Bool]),
            Discrete(Unary("BitwiseNot", BitwiseNot, x => ~(long)x, Whole), [DType.Int64, DType.Int32]),
            Discrete(Unary("BitwiseNot: booleans", BitwiseNot, x => 1 - x, Truth), [DType.Bool]),
            Discrete(Binary("LeftShift", LeftShift, (x, y) => (long)x << (int)y, Integers(0, 5)), Integral),
            Discrete(Binary("RightShift", RightShift, (x, y) => (long)x >> (int)y, Integers(-9, 9), Integers(0, 5))) with
            {
                Types = [DType.Int64, DType.Int32],
            },
            Discrete(Binary("RightShift: unsigned", RightShift, (x, y) => (long)x >> (int)y, Whole, Integers(0, 5))) with
            {
                Types = [DType.UInt32, DType.UInt8],
            },
            Discrete(Binary("RightShift: logical", (x, y) => x >>> y, (x, y) => (uint)(int)x >>> (int)y, Integers(-9, 9), Whole)) with
            {
                Types = [DType.Int32],
                Reference = xs => [Dense.Map(x => (int)((uint)(int)x[0] >> (int)x[1]), xs)],
            },
        ];

    static OpRow[] Selection =>
        [
            new("Where", xs => [Where(xs[0], xs[1], xs[2])], xs => [Dense.Map(x => x[0] != 0 ? x[1] : x[2], xs)])
            {
                Arguments = [new(Truth, DType.Bool), new(Real), new(Real)],
                Cases =
                [
                    [
                        [2, 3],
                        [2, 3],
                        [2, 3],
                    ],
                    [
                        [3],
                        [],
                        [2, 1],
                    ],
                    [
                        [],
                        [3],
                        [],
                    ],
                    [
                        [37],
                        [37],
                        [37],
                    ],
                ],
                Types = Signed,
            },
        ];

    static double Replaced(double x) =>
        double.IsNaN(x) ? 1
        : double.IsInfinity(x) ? (x > 0 ? 2 : 3)
        : x;

    static readonly Domain Odd = (r, n) =>
    {
        double[] odd = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0, -1.5, double.MaxValue];
        return [.. Enumerable.Range(0, n).Select(i => odd[(i + r.Next(2)) % odd.Length])];
    };
}
