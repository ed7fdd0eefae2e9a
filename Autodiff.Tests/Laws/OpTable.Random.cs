using System.Numerics;
using static Autodiff.Tests.Domains;

namespace Autodiff.Tests;

public static partial class OpTable
{
    // Under Vmap every example has a key of its own.
    static OpRow[] Randoms =>
        [
            Drawn("RandomKey.Bits", key => key.Bits([2, 3]), [2, 3], (key, i) => High(key, i) ^ Low(key, i)),
            Drawn("RandomKey.Split", key => key.Split(3).Data, [3, 2], (key, i) => i % 2 == 0 ? High(key, i / 2) : Low(key, i / 2)),
            Drawn("RandomKey.FoldIn", key => key.FoldIn(5).Data, [2], (key, i) => i == 0 ? High(key, 5) : Low(key, 5)),
            Drawn("RandomKey.Uniform", key => key.Uniform([5]), [5], (key, i) => (Wide(key, i) >> 12) * Math.ScaleB(1, -52)),
            Drawn("RandomKey.RandInt", key => key.RandInt([5], -3, 7), [5], (key, i) => Whole10(key, i) - 3),
        ];

    static OpRow Drawn(string name, Func<RandomKey, NDArray> draw, int[] shape, Func<uint[], uint, double> element) =>
        new(
            name,
            xs => [draw(RandomKey.FromData(xs[0]))],
            xs =>
            {
                var key = Array.ConvertAll(xs[0].Values, v => (uint)v);
                var count = shape.Aggregate(1, (n, d) => n * d);
                return [new(shape, [.. Enumerable.Range(0, count).Select(i => element(key, (uint)i))])];
            }
        )
        {
            Arguments = [new(Integers(0, int.MaxValue), DType.UInt32)],
            Cases =
            [
                [
                    [2],
                ],
            ],
            Types = [DType.UInt32],
            Order = 0,
        };

    static uint High(uint[] key, uint counter) => Threefry(key, counter)[0];

    static uint Low(uint[] key, uint counter) => Threefry(key, counter)[1];

    static ulong Wide(uint[] key, uint counter) => (ulong)High(key, counter) << 32 | Low(key, counter);

    // A number in [0, 10) from 128 bits, drawn with the two keys of a split.
    static double Whole10(uint[] key, uint counter)
    {
        var (upper, lower) = (Wide(Threefry(key, 0), counter), Wide(Threefry(key, 1), counter));
        return (double)((((UInt128)upper << 64) + lower) % 10);
    }

    /// <summary>Threefry-2x32 with 20 rounds (Salmon et al. 2011), of the counter (0, <paramref name="counter"/>).</summary>
    static uint[] Threefry(uint[] key, uint counter)
    {
        uint[] keys = [key[0], key[1], key[0] ^ key[1] ^ 0x1BD11BDA];
        int[] rotations = [13, 15, 26, 6, 17, 29, 16, 24];
        var (a, b) = (keys[0], counter + keys[1]);
        for (var round = 0; round < 20; round++)
        {
            a += b;
            b = BitOperations.RotateLeft(b, rotations[round % 8]) ^ a;
            if (round % 4 != 3)
                continue;
            var group = (uint)round / 4 + 1;
            a += keys[group % 3];
            b += keys[(group + 1) % 3] + group;
        }
        return [a, b];
    }
}
