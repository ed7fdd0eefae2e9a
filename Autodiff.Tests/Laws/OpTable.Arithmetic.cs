using static Autodiff.Ops;
using static Autodiff.Tests.Domains;

namespace Autodiff.Tests;

public static partial class OpTable
{
    static OpRow[] Arithmetic =>
        [
            Binary("Add", Add, (x, y) => x + y, Whole) with
            {
                Types = Numbers,
            },
            Binary("Add: reals", (x, y) => x + y, (x, y) => x + y, Real),
            Discrete(Binary("Add: booleans", Add, (x, y) => Math.Max(x, y), Truth), [DType.Bool]),
            Binary("Subtract", Subtract, (x, y) => x - y, Real) with
            {
                Types = Signed,
            },
            Binary("Multiply", Multiply, (x, y) => x * y, Whole) with
            {
                Types = Numbers,
            },
            Binary("Multiply: reals", (x, y) => x * y, (x, y) => x * y, Real),
            Binary("Divide", Divide, (x, y) => x / y, Whole) with
            {
                Types = Numbers,
            },
            Binary("Divide: reals", (x, y) => x / y, (x, y) => x / y, Real),
            Unary("Negative", Negative, x => -x, Real) with
            {
                Types = Signed,
            },
            Unary("Reciprocal", Reciprocal, x => 1 / x, Real) with
            {
                Types = Signed,
            },
            Unary("Abs", Abs, Math.Abs, Real) with
            {
                Types = Numbers,
            },
            Unary("Fabs", Fabs, Math.Abs, Real) with
            {
                Types = Numbers,
            },
            Binary("Power", Power, Math.Pow, Positive),
            Binary("Power: integer exponent", Power, Math.Pow, Real) with
            {
                Arguments = [new(Real), new(Integers(-2, 4), DType.Int64)],
            },
            Discrete(Binary("Power: integers", Power, Math.Pow, Integers(1, 4)), [DType.Int64, DType.Int32, DType.UInt32]),
            Unary("Power: cube", x => Power(x, 3), x => x * x * x, Real) with
            {
                Types = Signed,
                Order = 3,
            },
            Unary("Power: inverse square", x => Power(x, -2), x => 1 / (x * x), Real),
            Unary("Power: zeroth", x => Power(x, 0), _ => 1, Real),
            Unary("Square", Square, x => x * x, Real) with
            {
                Types = Numbers,
            },
            Unary("Sqrt", Sqrt, Math.Sqrt, Positive) with
            {
                Types = Numbers,
            },
            Unary("Rsqrt", Rsqrt, x => 1 / Math.Sqrt(x), Positive),
            Unary("Cbrt", Cbrt, Math.Cbrt, Real),
            Binary("Hypot", Hypot, double.Hypot, Real),
            Binary("Maximum", Maximum, Math.Max, Real) with
            {
                Types = Signed,
            },
            Binary("Minimum", Minimum, Math.Min, Real) with
            {
                Types = Signed,
            },
            Discrete(Binary("Maximum: ties", Maximum, Math.Max, Truth)),
            Discrete(Binary("Minimum: ties", Minimum, Math.Min, Truth)),
            Binary("Fmax", Fmax, Math.Max, Real) with
            {
                Types = Signed,
            },
            Binary("Fmin", Fmin, Math.Min, Real) with
            {
                Types = Signed,
            },
            Unary("Clip", x => Clip(x, -1, 1), x => Math.Clamp(x, -1, 1), Real) with
            {
                Types = Signed,
            },
            Unary("Clip: below", x => Clip(x, min: 1), x => Math.Max(x, 1), Real) with
            {
                Types = Signed,
            },
            Unary("Clip: above", x => Clip(x, max: 1), x => Math.Min(x, 1), Real) with
            {
                Types = Signed,
            },
            new("Clamp", xs => [Clamp(xs[0], xs[1], xs[2])], xs => [Dense.Map(x => Math.Clamp(x[1], x[0], x[2]), xs)])
            {
                Arguments = [new(Interval(-1.2, -0.8)), new(Real), new(Interval(0.8, 1.2))],
                Cases =
                [
                    [
                        [2, 3],
                        [2, 3],
                        [2, 3],
                    ],
                    [
                        [],
                        [3],
                        [],
                    ],
                    [
                        [2, 1],
                        [2, 3],
                        [3],
                    ],
                ],
                Types = Signed,
            },
            Binary("FloorDivide", FloorDivide, (x, y) => Math.Floor(x / y), Whole) with
            {
                Order = 0,
                Types = Numbers,
            },
            Binary("FloorDivide: reals", FloorDivide, (x, y) => Math.Floor(x / y), Real, Divisor) with
            {
                Order = 1,
                Types = Signed,
            },
            Binary("Remainder", Remainder, Modulo, Whole) with
            {
                Order = 0,
                Types = Numbers,
            },
            Binary("Remainder: reals", (x, y) => x % y, Modulo, Real, Divisor) with
            {
                Types = Signed,
            },
            Binary("Mod", Mod, Modulo, Real, Divisor) with
            {
                Types = Signed,
            },
            Binary("Fmod", Fmod, (x, y) => x % y, Real, Divisor) with
            {
                Types = Signed,
            },
            new("Divmod", Pair(Divmod), xs => [Dense.Map(x => Math.Floor(x[0] / x[1]), xs), Dense.Map(x => Modulo(x[0], x[1]), xs)])
            {
                Arguments = [new(Real), new(Divisor)],
                Cases = TwoOperands,
                Types = Signed,
                Order = 1,
            },
        ];

    static double Modulo(double x, double y) => x - y * Math.Floor(x / y);

    static Func<NDArray[], NDArray[]> Pair(Func<NDArray, NDArray, (NDArray, NDArray)> f) =>
        xs =>
        {
            var (a, b) = f(xs[0], xs[1]);
            return [a, b];
        };
}
