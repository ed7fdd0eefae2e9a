namespace Autodiff;

public static partial class Ops
{
    /// <summary>The differences of neighbours along an axis, taken <paramref name="n"/> times; of booleans, whether they differ.</summary>
    /// <exception cref="InvalidArgumentException">n is negative.</exception>
    public static NDArray Diff(NDArray x, int n = 1, int axis = -1)
    {
        if (n < 0)
            throw new InvalidArgumentException($"Diff cannot be taken {n} times.");
        axis = NormalizeAxis(axis, x, "Diff");
        for (; n > 0; n--)
        {
            var size = x.Shape[axis];
            var (before, after) = (SliceAxis(x, axis, 0, Math.Max(0, size - 1)), SliceAxis(x, axis, Math.Min(1, size), size));
            x = x.DType == DType.Bool ? NotEqual(after, before) : after - before;
        }
        return x;
    }

    /// <summary>The differences of neighbours in row-major order, with what is given before and after them.</summary>
    public static NDArray Ediff1d(NDArray x, NDArray? toEnd = null, NDArray? toBegin = null)
    {
        var difference = Diff(Ravel(x.NotNull()));
        if (toBegin is not null)
            difference = Append(AsType(toBegin, x.DType), difference);
        return toEnd is null ? difference : Append(difference, AsType(toEnd, x.DType));
    }

    /// <summary>
    /// The integral of y along an axis by the trapezoidal rule, over the points x (of the shape of y, or a vector), or over points
    /// <paramref name="dx"/> apart.
    /// </summary>
    /// <exception cref="ShapeException">The points do not fit y.</exception>
    public static NDArray Trapezoid(NDArray y, NDArray? x = null, double dx = 1, int axis = -1)
    {
        var values = MoveAxis(Broadcasting.ToFloat(y), axis, -1);
        var n = values.Shape[values.Rank - 1];
        var means =
            0.5 * (SliceAxis(values, values.Rank - 1, Math.Min(1, n), n) + SliceAxis(values, values.Rank - 1, 0, Math.Max(0, n - 1)));
        return Sum(x is null ? dx * means : means * Diff(x.Rank == 1 ? x : MoveAxis(x, axis, -1)), -1);
    }

    /// <summary>
    /// The derivative of sampled values along an axis, of second order: central differences inside, one-sided ones at the ends. The samples
    /// are <paramref name="spacing"/> apart, or at those places if it is a vector.
    /// </summary>
    /// <remarks>At uneven places h₁ before and h₂ after: (h₁²·f₊ + (h₂² − h₁²)·f − h₂²·f₋) / (h₁h₂(h₁ + h₂)).</remarks>
    /// <exception cref="ShapeException">There are fewer than two samples, or the spacing does not fit them.</exception>
    public static NDArray Gradient(NDArray f, NDArray? spacing = null, int axis = -1)
    {
        f = MoveAxis(Broadcasting.ToFloat(f), axis, -1);
        var last = f.Rank - 1;
        var n = f.Shape[last];
        var at = spacing ?? 1;
        if (n < 2 || at.Rank > 1 || (at.Rank == 1 && at.Length != n))
            throw new ShapeException(
                $"Gradient needs at least two samples, and one distance or a vector of their places, but got {n} samples and {at.Aval}."
            );
        var h = at.Rank == 1 ? Diff(at) : BroadcastTo(at, [n - 1]);
        var slope = Diff(f) / h;
        // The weighted mean of the slopes on both sides is the formula of the remarks, and the central difference where places are even.
        var (h1, h2) = (h[..^1], h[1..]);
        var (before, after) = (SliceAxis(slope, last, 0, n - 2), SliceAxis(slope, last, 1, n - 1));
        var inside = (h2 * before + h1 * after) / (h1 + h2);
        var ends = (SliceAxis(slope, last, 0, 1), SliceAxis(slope, last, n - 2, n - 1));
        return MoveAxis(Concatenate([ends.Item1, inside, ends.Item2], last), -1, axis);
    }

    /// <summary>
    /// The piecewise linear function through the points (xs, ys), with increasing xs, at x; outside, <paramref name="left"/> and
    /// <paramref name="right"/>, by default the first and the last of ys. With a <paramref name="period"/> the points repeat and their
    /// order does not matter.
    /// </summary>
    /// <exception cref="ShapeException">The points are not two vectors of one length.</exception>
    public static NDArray Interp(NDArray x, NDArray xs, NDArray ys, NDArray? left = null, NDArray? right = null, double? period = null)
    {
        x.NotNull();
        ys.NotNull();
        if (xs.NotNull().Rank != 1 || xs.Shape != ys.Shape || xs.Length == 0)
            throw new ShapeException($"Interp needs the points as two vectors of one length, but got {xs.Aval} and {ys.Aval}.");
        var promoted = Array.ConvertAll(Broadcasting.Promote([x, xs, ys]), a => Broadcasting.ToFloat(a));
        (x, xs, ys) = (promoted[0], promoted[1], promoted[2]);
        if (period is { } p)
        {
            (x, xs) = (Mod(x, p), Mod(xs, p));
            var order = ArgSort(xs);
            (xs, ys) = (xs[order], ys[order]);
            xs = Concatenate([xs[^1..] - p, xs, xs[..1] + p]);
            ys = Concatenate([ys[^1..], ys, ys[..1]]);
        }
        var n = xs.Length;
        var after = Clip(SearchSorted(xs, x, right: true), Math.Min(1, n - 1), n - 1);
        var before = Maximum(after - 1, 0);
        NDArray At(NDArray values, NDArray index) => Take(values, index, 0, IndexMode.PromiseInBounds);
        var (width, rise) = (At(xs, after) - At(xs, before), At(ys, after) - At(ys, before));
        var step = Equal(width, 0);
        var inside = At(ys, before) + Where(step, 0, (x - At(xs, before)) / Where(step, 1, width) * rise);
        if (period is not null)
            return inside;
        return Where(x < xs[0], left ?? ys[0], Where(x > xs[n - 1], right ?? ys[n - 1], inside));
    }

    /// <summary>
    /// Angles along an axis without jumps: where neighbours differ by more than <paramref name="discontinuity"/> (half a period by
    /// default), multiples of the period are added to what follows.
    /// </summary>
    public static NDArray Unwrap(NDArray x, double? discontinuity = null, int axis = -1, double period = 2 * Math.PI)
    {
        x = Broadcasting.ToFloat(x);
        axis = NormalizeAxis(axis, x, "Unwrap");
        if (x.Shape[axis] < 2)
            return x;
        var half = period / 2;
        var jump = Diff(x, 1, axis);
        var wrapped = Mod(jump + half, period) - half;
        wrapped = Where(Equal(wrapped, -half) & (jump > 0), half, wrapped);
        var correction = CumSum(Where(Abs(jump) < (discontinuity ?? half), 0, wrapped - jump), axis);
        return ConcatenateAll([SliceAxis(x, axis, 0, 1), SliceAxis(x, axis, 1, x.Shape[axis]) + correction], axis);
    }
}
