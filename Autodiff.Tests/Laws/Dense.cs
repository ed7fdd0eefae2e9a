namespace Autodiff.Tests;

/// <summary>An array as a plain double loop sees it: what references compute with.</summary>
public sealed class Dense
{
    public Dense(int[] shape, double[] values) => (Shape, Values) = (shape, values);

    public int[] Shape { get; }
    public double[] Values { get; }
    public int Rank => Shape.Length;

    /// <summary>The array whose element at each index is <paramref name="element"/> of it.</summary>
    public static Dense Build(int[] shape, Func<int[], double> element) => new(shape, [.. Indices(shape).Select(element)]);

    public static Dense Scalar(double value) => new([], [value]);

    public double this[params int[] index] => Values[Position(index)];

    /// <summary>All indices in row-major order; each is a fresh array.</summary>
    public static IEnumerable<int[]> Indices(int[] shape)
    {
        var count = shape.Aggregate(1, (n, d) => n * d);
        for (var i = 0; i < count; i++)
        {
            var index = new int[shape.Length];
            for (var (axis, rest) = (shape.Length - 1, i); axis >= 0; rest /= shape[axis--])
                index[axis] = rest % shape[axis];
            yield return index;
        }
    }

    int Position(int[] index)
    {
        var position = 0;
        for (var axis = 0; axis < Rank; axis++)
            position = position * Shape[axis] + index[axis];
        return position;
    }

    /// <summary>The element that broadcasting puts at <paramref name="index"/> of a larger shape.</summary>
    public double Broadcast(int[] index) => this[[.. Shape.Select((d, axis) => d == 1 ? 0 : index[axis + index.Length - Rank])]];

    public static int[] CommonShape(params Dense[] xs) =>
        xs.Select(x => x.Shape)
            .Aggregate(
                (a, b) =>
                {
                    var rank = Math.Max(a.Length, b.Length);
                    int At(int[] s, int i) => i + s.Length < rank ? 1 : s[i + s.Length - rank];
                    return [.. Enumerable.Range(0, rank).Select(i => At(a, i) == 1 ? At(b, i) : At(a, i))];
                }
            );

    public static Dense Map(Func<double[], double> f, params Dense[] xs) =>
        Build(CommonShape(xs), i => f([.. xs.Select(x => x.Broadcast(i))]));

    /// <summary>Folds the values along some axes, which the result loses.</summary>
    public Dense Fold(int[] axes, Func<double[], double> fold)
    {
        int[] kept = [.. Enumerable.Range(0, Rank).Except(axes)];
        return Build(
            [.. kept.Select(a => Shape[a])],
            outer =>
                fold([
                    .. Indices([.. axes.Select(a => Shape[a])])
                        .Select(inner =>
                        {
                            var index = new int[Rank];
                            for (var k = 0; k < kept.Length; k++)
                                index[kept[k]] = outer[k];
                            for (var k = 0; k < axes.Length; k++)
                                index[axes[k]] = inner[k];
                            return this[index];
                        }),
                ])
        );
    }

    /// <summary>Every line along an axis, transformed.</summary>
    public Dense Lines(int axis, Func<double[], double[]> f) =>
        Build(Shape, index => f([.. Enumerable.Range(0, Shape[axis]).Select(k => this[With(index, axis, k)])])[index[axis]]);

    public static int[] With(int[] index, int axis, int value)
    {
        var copy = (int[])index.Clone();
        copy[axis] = value;
        return copy;
    }

    public static Dense Of(NDArray x)
    {
        var array = x.Materialize("A law");
        return new([.. x.Shape.Dims], [.. Enumerable.Range(0, (int)x.Size).Select(i => array.Load(i))]);
    }

    public NDArray ToArray(DType type)
    {
        var array = ConcreteArray.Allocate(new Aval(type, Autodiff.Shape.Create(Shape)));
        for (var i = 0; i < Values.Length; i++)
            array.Store(i, Values[i]);
        return array;
    }
}
