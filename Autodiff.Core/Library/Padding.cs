namespace Autodiff;

/// <summary>What <see cref="Ops.Pad(NDArray, int, PadMode, NDArray?)"/> puts around an array, shown for the elements a b c d.</summary>
public enum PadMode
{
    /// <summary>One value: 0 0 | a b c d | 0 0.</summary>
    Constant,

    /// <summary>The element at the edge: a a | a b c d | d d.</summary>
    Edge,

    /// <summary>A mirror at the middle of the edge element: c b | a b c d | c b.</summary>
    Reflect,

    /// <summary>A mirror at the edge: b a | a b c d | d c.</summary>
    Symmetric,

    /// <summary>The array again: c d | a b c d | a b.</summary>
    Wrap,
}

public static partial class Ops
{
    /// <summary>
    /// The array with <paramref name="width"/> elements more before and after it on every axis: <paramref name="value"/> (0 if null), or
    /// what the mode says.
    /// </summary>
    /// <exception cref="ShapeException">The width is negative, or the mode repeats elements and there are none.</exception>
    public static NDArray Pad(NDArray x, int width, PadMode mode = PadMode.Constant, NDArray? value = null) =>
        Pad(x, [(width, width)], mode, value);

    /// <summary>Likewise, with the widths before and after for each axis; one pair is for all of them.</summary>
    /// <exception cref="ShapeException">
    /// There is neither one pair nor one for each axis, a width is negative, or the mode repeats elements and there are none.
    /// </exception>
    public static NDArray Pad(
        NDArray x,
        ReadOnlySpan<(int Before, int After)> widths,
        PadMode mode = PadMode.Constant,
        NDArray? value = null
    )
    {
        x.NotNull();
        var pairs = widths.ToArray();
        if (pairs.Length != 1 && pairs.Length != x.Rank || Array.Exists(pairs, w => w.Before < 0 || w.After < 0))
            throw new ShapeException(
                $"Pad of {x.Aval} needs one pair of widths, or one for each axis, from 0 on, but got {string.Join(", ", pairs)}."
            );
        if (pairs.Length == 1)
            pairs = [.. Enumerable.Repeat(pairs[0], x.Rank)];
        if (mode == PadMode.Constant)
            return PadWith(
                x,
                AsType(value ?? 0, x.DType),
                [.. pairs.Select(w => w.Before)],
                [.. pairs.Select(w => w.After)],
                [.. pairs.Select(_ => 0)]
            );
        for (var axis = 0; axis < x.Rank; axis++)
            x = PadAxis(x, axis, pairs[axis].Before, pairs[axis].After, mode);
        return x;
    }

    static NDArray PadAxis(NDArray x, int axis, int before, int after, PadMode mode)
    {
        if (before == 0 && after == 0)
            return x;
        var n = x.Shape[axis];
        if (n == 0)
            throw new ShapeException($"Pad cannot repeat elements along axis {axis} of {x.Aval}: there are none. Pad with a constant.");
        var place = Arange(-before, n + after);
        var positions = mode switch
        {
            PadMode.Edge => Clip(place, 0, n - 1),
            PadMode.Wrap => Mod(place, n),
            PadMode.Reflect when n == 1 => ZerosLike(place),
            PadMode.Reflect => Bounce(Mod(place, 2 * n - 2), 2 * n - 2),
            _ => Bounce(Mod(place, 2 * n), 2 * n - 1),
        };
        return Take(x, positions, axis, IndexMode.PromiseInBounds);

        NDArray Bounce(NDArray forth, int sum) => Where(forth < n, forth, sum - forth);
    }
}
