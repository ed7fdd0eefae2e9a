namespace Autodiff;

/// <summary>How a float type is laid out, and arithmetic on that layout.</summary>
sealed record FloatBits(DType Type, DType Integer, int Mantissa, int Bias)
{
    static readonly FloatBits Single = new(DType.Float32, DType.Int32, 23, 127);
    static readonly FloatBits Double = new(DType.Float64, DType.Int64, 52, 1023);

    internal static FloatBits Of(Scalar x) => x.Type == DType.Float64 ? Double : Single;

    internal long SignBit => Type == DType.Float64 ? long.MinValue : int.MinValue;
    internal long One => Exponent(0);
    internal long ExponentMask => (2L * Bias + 1) << Mantissa;
    internal long MantissaMask => (1L << Mantissa) - 1;

    /// <summary>A number added to this one is rounded to an integer, which stands in the low bits of the sum.</summary>
    internal double Magic => 1.5 * (1L << Mantissa);

    /// <summary>The bits of the power of two with this exponent.</summary>
    internal long Exponent(int exponent) => (long)(Bias + exponent) << Mantissa;

    internal Scalar Integral(long bits) => new Constant(Integer, Type == DType.Float64 ? bits : (int)bits);

    internal Scalar Bits(Scalar x) => x.Bitcast(Integer);

    internal Scalar Number(Scalar bits) => bits.Bitcast(Type);

    internal Scalar ShiftLeft(Scalar bits, int count) => bits.Binary(ScalarOp.ShiftLeft, Integral(count));

    internal Scalar ShiftRight(Scalar bits, int count) => bits.Binary(ScalarOp.ShiftRightLogical, Integral(count));

    internal Scalar ToExponent(Scalar integer) => ShiftLeft(integer, Mantissa);

    /// <summary>The sign bit of a number.</summary>
    internal Scalar Sign(Scalar x) => Bits(x) & Integral(SignBit);

    /// <summary>The lowest bit of an integer, in the place of the sign.</summary>
    internal Scalar ParityAsSign(Scalar integer) => ShiftLeft(integer, Type == DType.Float64 ? 63 : 31);

    internal Scalar FlipSign(Scalar x, Scalar sign) => Number(Bits(x) ^ sign);

    /// <summary>A number that is not negative, with the sign of another.</summary>
    internal Scalar WithSign(Scalar magnitude, Scalar sign) => Number(Bits(magnitude) | Sign(sign));

    /// <summary>
    /// x · factor to the nearest integer, as a number and in the low bits: vectors convert slowly.
    /// </summary>
    internal (Scalar Number, Scalar Bits) Nearest(Scalar x, double factor)
    {
        var sum = x.Fma(factor, Magic);
        return (sum - Magic, Bits(sum));
    }

    /// <summary>2 to the power of a small integer plus <paramref name="offset"/>; only the low bits of the integer count.</summary>
    internal Scalar PowerOfTwo(Scalar integer, int offset = 0) => Number(ToExponent(integer) + Integral(Exponent(offset)));
}

/// <summary>Shorthand for the arithmetic of expansions.</summary>
static class ScalarArithmetic
{
    const int LongPolynomial = 8;

    extension(Scalar x)
    {
        internal Scalar Abs() => x.Unary(ScalarOp.Abs);

        internal Scalar Sqrt() => x.Unary(ScalarOp.Sqrt);

        internal Scalar Floor() => x.Unary(ScalarOp.Floor);

        internal Scalar IsEqual(Scalar y) => x.Compare(ScalarOp.Equal, y);

        internal Scalar IsEqual(double y) => x.IsEqual(x.Like(y));

        /// <summary>x · factor + term, rounded once.</summary>
        internal Scalar Fma(Scalar factor, Scalar term) => Apply.Create(ScalarOp.Fma, x.Type, x, factor, term);

        internal Scalar Fma(double factor, Scalar term) => x.Fma(x.Like(factor), term);

        internal Scalar Fma(Scalar factor, double term) => x.Fma(factor, x.Like(term));

        internal Scalar Fma(double factor, double term) => x.Fma(x.Like(factor), x.Like(term));

        /// <summary>At most <paramref name="limit"/>; NaN stays.</summary>
        internal Scalar AtMost(double limit)
        {
            var most = x.Like(limit);
            return (most < x).Select(most, x);
        }

        /// <summary>At least <paramref name="limit"/>; NaN stays.</summary>
        internal Scalar AtLeast(double limit)
        {
            var least = x.Like(limit);
            return (x < least).Select(least, x);
        }

        /// <summary>The value for this expression's type.</summary>
        internal T For<T>(T float64, T float32) => x.Type == DType.Float64 ? float64 : float32;

        /// <summary>A polynomial at this expression, lowest coefficient first, by Horner's rule: the fewest operations.</summary>
        internal Scalar Polynomial(double[] coefficients)
        {
            var sum = x.Like(coefficients[^1]);
            for (var i = coefficients.Length - 2; i >= 0; i--)
                sum = sum.Fma(x, coefficients[i]);
            return sum;
        }

        /// <summary>
        /// Likewise, but a long one as two polynomials of x², of which neither waits for the other: for where a loop may wait for the value.
        /// The lowest terms, <paramref name="apart"/> of them, are added last by Horner's rule, which rounds less.
        /// </summary>
        internal Scalar PolynomialInHalves(double[] coefficients, int apart)
        {
            if (coefficients.Length < LongPolynomial)
                return x.Polynomial(coefficients);
            var square = x * x;
            var tail = coefficients[apart..];
            var even = square.Polynomial([.. tail.Where((_, i) => i % 2 == 0)]);
            var sum = square.Polynomial([.. tail.Where((_, i) => i % 2 == 1)]).Fma(x, even);
            for (var i = apart - 1; i >= 0; i--)
                sum = sum.Fma(x, coefficients[i]);
            return sum;
        }
    }
}
