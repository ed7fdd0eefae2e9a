namespace Autodiff;

static partial class Elementary
{
    // π as three numbers. Their multiples are subtracted by fused multiply-adds (Cody and Waite): the first difference is exact.
    static readonly double[] PiFloat64 = [3.141592653589793, 1.2246467991473532e-16, -2.9947698097183397e-33];
    static readonly double[] PiFloat32 = [3.14159274, -8.74227766e-08, -3.43024902e-15];

    // sin r = r + r·z·P(z), z = r², for |r| ≤ π/2. The last coefficients are a little low, so that no sum exceeds 1.
    static readonly double[] SinFloat64 =
    [
        -0.16666666666666666,
        0.0083333333333332,
        -0.00019841269841208215,
        2.7557319210608007e-06,
        -2.5052106799346973e-08,
        1.6058935010361103e-10,
        -7.642847857585527e-13,
        2.719459789406905e-15,
    ];
    static readonly double[] SinFloat32 = [-0.166666687, 0.00833335333, -0.000198425201, 2.75982279e-06, -2.51000003e-08];

    // The same for |r| ≤ π/4, and cos r = 1 − z/2 + z²·P(z).
    static readonly double[] SinQuarterFloat64 =
    [
        -0.16666666666666666,
        0.008333333333333331,
        -0.00019841269841263425,
        2.7557319218101716e-06,
        -2.5052105815543318e-08,
        1.6058467509489382e-10,
        -7.583029655697296e-13,
    ];
    static readonly double[] SinQuarterFloat32 = [-0.166666672, 0.00833333191, -0.000198399386, 2.72313127e-06];
    static readonly double[] CosQuarterFloat64 =
    [
        0.041666666666666664,
        -0.0013888888888886886,
        2.4801587298014246e-05,
        -2.7557316893681153e-07,
        2.0876069826994487e-09,
        -1.137728782340167e-11,
    ];
    static readonly double[] CosQuarterFloat32 = [0.0416666642, -0.00138882303, 2.45325809e-05];

    /// <summary>
    /// The largest angle that is reduced by π with full precision: beyond it the rounded quotient by π is no longer the nearest. Farther
    /// out an exact reduction needs some 1100 bits of 1/π, which is not worth the operations in every loop.
    /// </summary>
    internal static double LargestAngle(DType type) => type == DType.Float64 ? LargestFloat64Angle : 1L << 19;

    internal const double LargestFloat64Angle = 1L << 47;

    static Scalar Sin(Scalar x, Scalar largeAngle)
    {
        var bits = FloatBits.Of(x);
        var angle = x.Abs();
        var (k, kBits) = bits.Nearest(angle, 1 / Math.PI);
        var r = AddMultipleOfPi(angle, -k);
        var sin = bits.FlipSign(SinOf(r), bits.ParityAsSign(kBits) ^ bits.Sign(x));
        return WithinLargestAngle(angle, sin, largeAngle);
    }

    static Scalar Cos(Scalar x, Scalar largeAngle)
    {
        // cos x = (−1)ᵏ sin(x + (k + ½)π).
        var bits = FloatBits.Of(x);
        var sum = x.Fma(-1 / Math.PI, -0.5) + bits.Magic;
        var r = AddMultipleOfPi(x, sum - bits.Magic + 0.5);
        var cos = bits.FlipSign(SinOf(r), bits.ParityAsSign(bits.Bits(sum)));
        // The rounding of the sine must not show in 1 − cos x.
        var angle = x.Abs();
        var nearOne = (angle < x.For(1.8e-4, 0.02)).Select((x * x).Fma(-0.5, 1), cos);
        return WithinLargestAngle(angle, nearOne, largeAngle);
    }

    static Scalar Tan(Scalar x, Scalar largeAngle)
    {
        var bits = FloatBits.Of(x);
        var angle = x.Abs();
        var (k, kBits) = bits.Nearest(angle, 2 / Math.PI);

        // r + rest is the angle minus k·π/2; the quotient below has no room for a rounding of r.
        var pi = x.For(PiFloat64, PiFloat32);
        var first = k.Fma(-pi[0] / 2, angle);
        var second = k * (pi[1] / 2);
        var r = first - second;
        var taken = first - r;
        var lost = (first - (r + taken)) + (taken - second);
        var rest = k.Fma(-pi[2] / 2, lost - k.Fma(pi[1] / 2, -second));

        var z = r * r;
        var sin = r + (r * z).Fma(z.Polynomial(x.For(SinQuarterFloat64, SinQuarterFloat32)), rest);
        // 1 − z/2 with its rounding error, as in fdlibm's k_cos.c.
        var half = z * 0.5;
        var high = 1 - half;
        var low = (z * z).Fma(z.Polynomial(x.For(CosQuarterFloat64, CosQuarterFloat32)), (1 - high) - half);
        var cos = high + (-r).Fma(rest, low);

        // A quarter turn on, tan is −cos / sin.
        var parity = bits.ParityAsSign(kBits);
        var odd = !parity.IsEqual(bits.Integral(0));
        var tan = odd.Select(cos, sin) / odd.Select(sin, cos);
        return WithinLargestAngle(angle, bits.FlipSign(tan, parity ^ bits.Sign(x)), largeAngle);
    }

    /// <summary>x + k·π.</summary>
    static Scalar AddMultipleOfPi(Scalar x, Scalar k)
    {
        foreach (var part in x.For(PiFloat64, PiFloat32))
            x = k.Fma(part, x);
        return x;
    }

    static Scalar SinOf(Scalar r)
    {
        var z = r * r;
        return (r * z).Fma(z.Polynomial(r.For(SinFloat64, SinFloat32)), r);
    }

    static Scalar WithinLargestAngle(Scalar angle, Scalar value, Scalar largeAngle) =>
        (angle <= LargestAngle(angle.Type)).Select(value, largeAngle);
}
