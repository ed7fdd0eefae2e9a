namespace Autodiff;

public static partial class Ops
{
    /// <summary>Arrays side by side: one after another along the second axis, vectors along their only one. Types are promoted.</summary>
    /// <exception cref="ShapeException">There is no array, or the shapes differ on another axis.</exception>
    public static NDArray HStack(ReadOnlySpan<NDArray> arrays)
    {
        var lifted = Array.ConvertAll(arrays.NotNull().ToArray(), AtLeast1D);
        return Concatenate(lifted, lifted.Length > 0 && lifted[0].Rank == 1 ? 0 : 1);
    }

    /// <summary>Arrays one below another: along the first axis, vectors as rows. Types are promoted.</summary>
    /// <exception cref="ShapeException">There is no array, or the shapes differ on another axis.</exception>
    public static NDArray VStack(ReadOnlySpan<NDArray> arrays) => Concatenate(Array.ConvertAll(arrays.NotNull().ToArray(), AtLeast2D), 0);

    /// <summary>Arrays one behind another: along the third axis; see <see cref="AtLeast3D"/>. Types are promoted.</summary>
    /// <exception cref="ShapeException">There is no array, or the shapes differ on another axis.</exception>
    public static NDArray DStack(ReadOnlySpan<NDArray> arrays) => Concatenate(Array.ConvertAll(arrays.NotNull().ToArray(), AtLeast3D), 2);

    /// <summary>Vectors as the columns of a matrix; matrices among them side by side. Types are promoted.</summary>
    /// <exception cref="ShapeException">There is no array, or the numbers of rows differ.</exception>
    public static NDArray ColumnStack(ReadOnlySpan<NDArray> arrays) =>
        Concatenate(Array.ConvertAll(arrays.NotNull().ToArray(), x => x.Rank < 2 ? Reshape(x, -1, 1) : x), 1);

    /// <summary>The array followed by values along an axis; both flattened if it is null. Types are promoted.</summary>
    /// <exception cref="ShapeException">The shapes differ on another axis.</exception>
    public static NDArray Append(NDArray x, NDArray values, int? axis = null) =>
        axis is { } a ? Concatenate([x.NotNull(), values.NotNull()], a) : Concatenate([Ravel(x.NotNull()), Ravel(values.NotNull())], 0);

    /// <summary>
    /// The array with values inserted before position <paramref name="index"/> along an axis; both flattened if it is null. Along an axis
    /// the values broadcast to one slice; those with as many axes as x hold the slices along their first. The values take the type of x.
    /// </summary>
    /// <exception cref="IndexingException">The position is out of range.</exception>
    /// <exception cref="ShapeException">The values do not fit.</exception>
    public static NDArray Insert(NDArray x, int index, NDArray values, int? axis = null)
    {
        values.NotNull();
        if (axis is null)
            values = Ravel(values);
        (x, var along) = AlongAxis(x, axis, "Insert");
        var n = x.Shape[along];
        var at = index < 0 ? index + n : index;
        if (at < 0 || at > n)
            throw new IndexingException($"Insert got position {index}, but axis {along} of {x.Aval} has positions {-n} … {n}.");
        if (values.Rank > x.Rank)
            throw new ShapeException($"Insert into {x.Aval} needs values with at most {x.Rank} axes, but got {values.Aval}.");
        var slices = MoveAxis(
            ReshapeTo(values, Shape.Create([.. Enumerable.Repeat(1, x.Rank - values.Rank), .. values.Shape.Dims])),
            0,
            along
        );
        var inserted = AsType(BroadcastTo(slices, x.Shape.Replace(along, slices.Shape[along])), x.DType);
        return ConcatenateAll([SliceAxis(x, along, 0, at), inserted, SliceAxis(x, along, at, n)], along);
    }

    /// <summary>The array without the slices at some positions along an axis; flattened if it is null.</summary>
    /// <exception cref="IndexingException">A position is out of range.</exception>
    public static NDArray Delete(NDArray x, ReadOnlySpan<int> indices, int? axis = null)
    {
        (x, var along) = AlongAxis(x, axis, "Delete");
        var n = x.Shape[along];
        var kept = Enumerable.Range(0, n).ToHashSet();
        foreach (var index in indices)
            if (index >= -n && index < n)
                kept.Remove((index + n) % n);
            else
                throw new IndexingException($"Delete got position {index}, but axis {along} of {x.Aval} has {n} positions.");
        return Take(x, kept.Select(i => (long)i).Order().ToArray(), along, IndexMode.PromiseInBounds);
    }

    /// <summary>Likewise, of one position.</summary>
    /// <exception cref="IndexingException">The position is out of range.</exception>
    public static NDArray Delete(NDArray x, int index, int? axis = null) => Delete(x, [index], axis);

    /// <summary>Equal parts along an axis.</summary>
    /// <exception cref="ShapeException">The axis cannot be divided so.</exception>
    public static NDArray[] Split(NDArray x, int sections, int axis = 0)
    {
        axis = NormalizeAxis(axis, x, "Split");
        return sections > 0 && x.Shape[axis] % sections == 0
            ? ArraySplit(x, sections, axis)
            : throw new ShapeException(
                $"Split cannot divide axis {axis} of {x.Aval} into {sections} equal parts. ArraySplit allows parts that differ by one."
            );
    }

    /// <summary>The parts along an axis before, between and after the given positions, which count and clamp as in x[i..j].</summary>
    public static NDArray[] Split(NDArray x, ReadOnlySpan<int> positions, int axis = 0)
    {
        axis = NormalizeAxis(axis, x, "Split");
        var n = x.Shape[axis];
        var parts = new NDArray[positions.Length + 1];
        var start = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            var end = i == positions.Length ? n : Math.Clamp(positions[i] < 0 ? positions[i] + n : positions[i], 0, n);
            parts[i] = SliceAxis(x, axis, Math.Min(start, end), end);
            start = end;
        }
        return parts;
    }

    /// <summary>Parts along an axis whose sizes differ by at most one, the larger ones first.</summary>
    /// <exception cref="ShapeException">No part is asked for.</exception>
    public static NDArray[] ArraySplit(NDArray x, int sections, int axis = 0)
    {
        if (sections < 1)
            throw new ShapeException($"ArraySplit needs at least one part, but {sections} were asked for.");
        axis = NormalizeAxis(axis, x, "ArraySplit");
        var (size, larger) = Math.DivRem(x.Shape[axis], sections);
        int[] positions = [.. Enumerable.Range(1, sections - 1).Select(i => i * size + Math.Min(i, larger))];
        return Split(x, positions, axis);
    }

    /// <summary>Equal parts along the second axis; of a vector, along its only one.</summary>
    /// <exception cref="ShapeException">The axis cannot be divided so.</exception>
    public static NDArray[] HSplit(NDArray x, int sections) => Split(x, sections, x.NotNull().Rank == 1 ? 0 : 1);

    /// <summary>Equal parts along the first axis.</summary>
    /// <exception cref="ShapeException">The axis cannot be divided so, or there are fewer than two.</exception>
    public static NDArray[] VSplit(NDArray x, int sections) =>
        x.NotNull().Rank >= 2 ? Split(x, sections, 0) : throw new ShapeException($"VSplit needs at least two axes, but got {x.Aval}.");

    /// <summary>Equal parts along the third axis.</summary>
    /// <exception cref="ShapeException">The axis cannot be divided so, or there is no such axis.</exception>
    public static NDArray[] DSplit(NDArray x, int sections) => Split(x, sections, NormalizeAxis(2, x, "DSplit"));

    /// <summary>
    /// The slices along an axis without that axis: the inverse of <see cref="Stack(ReadOnlySpan{NDArray}, int)"/>.
    /// </summary>
    public static NDArray[] Unstack(NDArray x, int axis = 0)
    {
        axis = NormalizeAxis(axis, x, "Unstack");
        var shape = x.Shape.Remove(axis);
        return [.. Enumerable.Range(0, x.Shape[axis]).Select(i => ReshapeTo(SliceAxis(x, axis, i, i + 1), shape))];
    }

    /// <summary>
    /// The whole array repeated along its axes, the last count for the last axis; missing counts are 1, missing axes are added.
    /// </summary>
    /// <exception cref="ShapeException">A count is negative.</exception>
    public static NDArray Tile(NDArray x, params ReadOnlySpan<int> counts)
    {
        var rank = Math.Max(x.NotNull().Rank, counts.Length);
        var (apart, repeated, result) = (new int[2 * rank], new int[2 * rank], new int[rank]);
        for (var i = 0; i < rank; i++)
        {
            var (axis, count) = (i - rank + x.Rank, i - rank + counts.Length);
            var (n, times) = (axis < 0 ? 1 : x.Shape[axis], count < 0 ? 1 : counts[count]);
            (apart[2 * i], apart[2 * i + 1]) = (1, n);
            (repeated[2 * i], repeated[2 * i + 1]) = (times, n);
            result[i] = checked(times * n);
        }
        return Reshape(BroadcastTo(Reshape(x, apart), Shape.Create(repeated)), result);
    }

    /// <summary>
    /// Each slice along an axis <paramref name="count"/> times in a row; each element of the flattened array if it is null.
    /// </summary>
    /// <exception cref="ShapeException">The count is negative.</exception>
    public static NDArray Repeat(NDArray x, int count, int? axis = null)
    {
        (x, var along) = AlongAxis(x, axis, "Repeat");
        var apart = ReshapeTo(x, x.Shape.Insert(along + 1, 1));
        var repeated = BroadcastTo(apart, Shape.Create(apart.Shape.Replace(along + 1, count).Dims));
        return ReshapeTo(repeated, x.Shape.Replace(along, checked(x.Shape[along] * count)));
    }

    /// <summary>Likewise, with a count for each slice.</summary>
    /// <exception cref="ShapeException">There is not one count for each slice, or one is negative.</exception>
    public static NDArray Repeat(NDArray x, ReadOnlySpan<int> counts, int? axis = null)
    {
        (x, var along) = AlongAxis(x, axis, "Repeat");
        if (counts.Length != x.Shape[along] || counts.ContainsAnyInRange(int.MinValue, -1))
            throw new ShapeException(
                $"Repeat along axis {along} of {x.Aval} needs {x.Shape[along]} counts, none negative, but got {counts.Length}."
            );
        long[] positions = [.. counts.ToArray().SelectMany((count, i) => Enumerable.Repeat((long)i, count))];
        return Take(x, positions, along, IndexMode.PromiseInBounds);
    }
}

public abstract partial class NDArray
{
    /// <inheritdoc cref="Ops.Repeat(NDArray, int, int?)"/>
    public NDArray Repeat(int count, int? axis = null) => Ops.Repeat(this, count, axis);
}
