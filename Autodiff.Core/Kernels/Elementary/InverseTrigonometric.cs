namespace Autodiff;

static partial class Elementary
{
    const double HalfPi = 1.5707963267948966;

    // What the nearest number to π/2 leaves.
    const double HalfPiRestFloat64 = 6.123233995736766e-17;
    const double HalfPiRestFloat32 = -4.37113883e-08;

    // atan t = t + t·z·P(z), z = t², for t ≤ 1.
    static readonly double[] AtanFloat64 =
    [
        -0.3333333333333333,
        0.1999999999999753,
        -0.14285714285384132,
        0.11111111093490827,
        -0.09090908590891934,
        0.07692298971033217,
        -0.06666564699289104,
        0.05881506877793656,
        -0.052579733342841106,
        0.04737749579527779,
        -0.04260356632601652,
        0.03749486812535247,
        -0.031277189066996385,
        0.023696731580048622,
        -0.015535152475414177,
        0.008368931178450162,
        -0.0034958859739163094,
        0.0010496035084968515,
        -0.00019996189377901382,
        1.806195461861215e-05,
    ];
    static readonly double[] AtanFloat32 =
    [
        -0.333333343,
        0.199999496,
        -0.142840043,
        0.110882618,
        -0.089318268,
        0.0703191459,
        -0.0489605144,
        0.0263050012,
        -0.00914462935,
        0.00148869189,
    ];

    // asin t = t + t·z·P(z), z = t², for t ≤ ½.
    static readonly double[] AsinFloat64 =
    [
        0.16666666666666669,
        0.07499999999998433,
        0.04464285714635543,
        0.030381944138531247,
        0.02237217294214989,
        0.017352392720869973,
        0.013971212973552933,
        0.011479177415184906,
        0.01032281435018578,
        0.005457506718640358,
        0.01740087944269402,
        -0.014851887071247204,
        0.028757851367421566,
    ];
    static readonly double[] AsinFloat32 = [0.166666657, 0.0750009418, 0.0445994027, 0.0311006624, 0.0171492379, 0.0336908475];

    static Scalar Asin(Scalar x)
    {
        var (t, tail, large) = AsinOfHalf(x.Abs());
        // asin x = π/2 − 2 asin √((1 − x)/2), where π/2 − 2t is exact.
        var fromTop = (x.Like(HalfPi) - (t + t)) - tail.Fma(2, -x.For(HalfPiRestFloat64, HalfPiRestFloat32));
        return FloatBits.Of(x).WithSign(large.Select(fromTop, t + tail), x);
    }

    static Scalar Acos(Scalar x)
    {
        var bits = FloatBits.Of(x);
        var rest = x.For(HalfPiRestFloat64, HalfPiRestFloat32);
        var (t, tail, large) = AsinOfHalf(x.Abs());
        var asin = t + tail;
        // π/2 − asin x for small x, 2 asin √((1 − x)/2) for large positive x, π − 2 asin √((1 + x)/2) for large negative x.
        var turn = bits.FlipSign(large.Select(asin + asin, -asin), bits.Sign(x));
        var high = large.Select((x < 0).Select(x.Like(2 * HalfPi), x.Like(0)), x.Like(HalfPi));
        var low = large.Select((x < 0).Select(x.Like(2 * rest), x.Like(0)), x.Like(rest));
        return high + (low + turn);
    }

    /// <summary>asin x for 0 ≤ x ≤ ½, asin √((1 − x)/2) for larger x, as a number and what follows it.</summary>
    static (Scalar T, Scalar Tail, Scalar Large) AsinOfHalf(Scalar x)
    {
        var large = x > 0.5;
        var z = large.Select(x.Fma(-0.5, 0.5), x * x);
        var t = large.Select(z.Sqrt(), x);
        return (t, t * z * z.Polynomial(x.For(AsinFloat64, AsinFloat32)), large);
    }

    static Scalar Atan(Scalar x)
    {
        var magnitude = x.Abs();
        var large = magnitude > 1;
        var atan = AtanUpToOne(large.Select(x.Like(1), magnitude) / large.Select(magnitude, x.Like(1)));
        var fromTop = x.Like(HalfPi) - (atan - x.For(HalfPiRestFloat64, HalfPiRestFloat32));
        return FloatBits.Of(x).WithSign(large.Select(fromTop, atan), x);
    }

    static Scalar Atan2(Scalar y, Scalar x)
    {
        var bits = FloatBits.Of(x);
        var (ax, ay) = (x.Abs(), y.Abs());
        // Both choices follow one comparison so that a NaN in either is in the quotient.
        var flat = ay <= ax;
        var (least, most) = (flat.Select(ay, ax), flat.Select(ax, ay));
        // Equal arguments may be infinite or zero; two zeros count as flat.
        var equal = (least > 0).Select(x.Like(1), least);
        var ratio = least.IsEqual(most).Select(equal, least / most);
        var atan = AtanUpToOne(ratio);

        // a, π − a, π/2 − a or π/2 + a by octant.
        var rest = x.For(HalfPiRestFloat64, HalfPiRestFloat32);
        var negative = bits.Bits(x) < bits.Integral(0);
        var high = flat.Select(negative.Select(x.Like(2 * HalfPi), x.Like(0)), x.Like(HalfPi));
        var low = flat.Select(negative.Select(x.Like(2 * rest), x.Like(0)), x.Like(rest));
        var turn = bits.FlipSign(flat.Select(atan, -atan), bits.Sign(x));
        return bits.WithSign(high + (low + turn), y);
    }

    static Scalar AtanUpToOne(Scalar t)
    {
        var z = t * t;
        return (t * z).Fma(z.Polynomial(t.For(AtanFloat64, AtanFloat32)), t);
    }
}
