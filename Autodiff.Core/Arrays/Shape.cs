using System.Runtime.CompilerServices;

namespace Autodiff;

/// <summary>The sizes of an array's axes, outermost first. A scalar has rank 0. Compared by value.</summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public readonly struct Shape : IEquatable<Shape>
{
    readonly int[]? dims;

    Shape(int[] dims) => this.dims = dims;

    /// <summary>The shape with the given sizes; a negative size is an error.</summary>
    public static Shape Create(ReadOnlySpan<int> dims)
    {
        foreach (var d in dims)
            if (d < 0)
                throw new ShapeException($"A shape has no negative sizes, but [{string.Join(",", dims.ToArray())}] was given.");
        return new(dims.ToArray());
    }

    public static Shape Scalar => default;
    public ReadOnlySpan<int> Dims => dims;
    public int Rank => dims?.Length ?? 0;
    public int this[int axis] => dims![axis];
    public bool IsScalar => Rank == 0;

    /// <summary>The number of elements.</summary>
    public long Size
    {
        get
        {
            var n = 1L;
            foreach (var d in Dims)
                n = checked(n * d);
            return n;
        }
    }

    public Shape Prepend(int size) => new([size, .. Dims]);

    public Shape Insert(int axis, int size) => new([.. Dims[..axis], size, .. Dims[axis..]]);

    public Shape Remove(int axis) => new([.. Dims[..axis], .. Dims[(axis + 1)..]]);

    public Shape Remove(ReadOnlySpan<int> axes)
    {
        var kept = new List<int>(Rank);
        for (var i = 0; i < Rank; i++)
            if (!axes.Contains(i))
                kept.Add(this[i]);
        return new([.. kept]);
    }

    public Shape Replace(int axis, int size) => new([.. Dims[..axis], size, .. Dims[(axis + 1)..]]);

    public Shape Concat(Shape other) => new([.. Dims, .. other.Dims]);

    public Shape Tail => new([.. Dims[1..]]);

    /// <summary>That of the transposed matrices: the last two axes exchanged.</summary>
    internal Shape Transposed => new([.. Dims[..^2], Dims[^1], Dims[^2]]);

    public Shape Permute(ReadOnlySpan<int> permutation)
    {
        var result = new int[Rank];
        for (var i = 0; i < result.Length; i++)
            result[i] = this[permutation[i]];
        return new(result);
    }

    /// <summary>The distance in elements between neighbours along each axis, in row-major order.</summary>
    public long[] Strides()
    {
        var strides = new long[Rank];
        var step = 1L;
        for (var i = Rank - 1; i >= 0; i--)
        {
            strides[i] = step;
            step *= this[i];
        }
        return strides;
    }

    /// <summary>The common shape of two under NumPy's broadcasting rule, or null if there is none.</summary>
    public static Shape? Broadcast(Shape a, Shape b)
    {
        if (a.Equals(b))
            return a;
        var dims = new int[Math.Max(a.Rank, b.Rank)];
        for (var i = 1; i <= dims.Length; i++)
        {
            var x = i <= a.Rank ? a[^i] : 1;
            var y = i <= b.Rank ? b[^i] : 1;
            if (x != y && x != 1 && y != 1)
                return null;
            dims[^i] = x == 1 ? y : x;
        }
        return new(dims);
    }

    public int this[Index axis] => dims![axis];

    /// <summary>The sizes of a matrix.</summary>
    /// <exception cref="ShapeException">The rank is not 2.</exception>
    public void Deconstruct(out int rows, out int columns)
    {
        if (Rank != 2)
            throw new ShapeException($"Two sizes were asked of the shape {this}, which has {Rank}.");
        (rows, columns) = (this[0], this[1]);
    }

    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)(dims ?? [])).GetEnumerator();

    public bool Equals(Shape other) => Dims.SequenceEqual(other.Dims);

    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    public override int GetHashCode()
    {
        var hash = 17;
        foreach (var d in Dims)
            hash = hash * 31 + d;
        return hash;
    }

    public override string ToString() => $"[{string.Join(",", dims ?? [])}]";

    public static bool operator ==(Shape a, Shape b) => a.Equals(b);

    public static bool operator !=(Shape a, Shape b) => !a.Equals(b);
}
