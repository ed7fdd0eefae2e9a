namespace Autodiff;

/// <summary>
/// The counter-based random function Threefry-2x32 of 20 rounds, from Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (2011),
/// as JAX uses it.
/// </summary>
static class ThreefryExpression
{
    const uint Parity = 0x1BD11BDA;
    const int Groups = 5;

    static readonly int[][] Rotations =
    [
        [13, 15, 26, 6],
        [17, 29, 16, 24],
    ];

    /// <summary>Two random words for the counter (x0, x1) under the key; all are UInt32.</summary>
    internal static (Scalar, Scalar) Hash(Scalar key0, Scalar key1, Scalar x0, Scalar x1)
    {
        Scalar[] keys = [key0, key1, key0 ^ key1 ^ key0.Like(Parity)];
        x0 += keys[0];
        x1 += keys[1];
        for (var group = 1; group <= Groups; group++)
        {
            foreach (var rotation in Rotations[(group - 1) % 2])
            {
                x0 += x1;
                x1 = RotateLeft(x1, rotation) ^ x0;
            }
            x0 += keys[group % 3];
            x1 = x1 + keys[(group + 1) % 3] + group;
        }
        return (x0, x1);
    }

    static Scalar RotateLeft(Scalar x, int count) =>
        x.Binary(ScalarOp.ShiftLeft, x.Like(count)) | x.Binary(ScalarOp.ShiftRightLogical, x.Like(32 - count));
}
