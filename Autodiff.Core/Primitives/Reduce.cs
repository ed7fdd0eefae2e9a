using System.Runtime.CompilerServices;

namespace Autodiff;

public static partial class Ops
{
    /// <summary>The sum over some axes; over all if none is given. Booleans and small integers sum as Int64.</summary>
    /// <exception cref="ShapeException">There is no such axis, or it is named twice.</exception>
    public static NDArray Sum(NDArray x, params ReadOnlySpan<int> axis) => Sum(x, axis, keepDims: false);

    /// <summary>Likewise; <paramref name="keepDims"/> keeps the reduced axes with size 1.</summary>
    /// <exception cref="ShapeException">There is no such axis, or it is named twice.</exception>
    public static NDArray Sum(NDArray x, Axes axis = default, bool keepDims = false) =>
        Reduce("Sum", x, axis, keepDims, a => new ReduceSumPrimitive(a), of: y => Summable(y));

    /// <summary>The product over some axes; over all if none is given. Booleans and small integers multiply as Int64.</summary>
    /// <exception cref="ShapeException">There is no such axis, or it is named twice.</exception>
    public static NDArray Prod(NDArray x, params ReadOnlySpan<int> axis) => Prod(x, axis, keepDims: false);

    /// <summary>Likewise; <paramref name="keepDims"/> keeps the reduced axes with size 1.</summary>
    /// <exception cref="ShapeException">There is no such axis, or it is named twice.</exception>
    public static NDArray Prod(NDArray x, Axes axis = default, bool keepDims = false) =>
        Reduce("Prod", x, axis, keepDims, a => new ReduceProdPrimitive(a), of: y => Summable(y));

    /// <summary>The largest element over some axes; over all if none is given. NaN if there is one. Ties share the cotangent.</summary>
    /// <exception cref="ShapeException">There are no elements to choose from, there is no such axis, or it is named twice.</exception>
    public static NDArray Max(NDArray x, params ReadOnlySpan<int> axis) => Max(x, axis, keepDims: false);

    /// <summary>Likewise; <paramref name="keepDims"/> keeps the reduced axes with size 1.</summary>
    /// <exception cref="ShapeException">There are no elements to choose from, there is no such axis, or it is named twice.</exception>
    public static NDArray Max(NDArray x, Axes axis = default, bool keepDims = false) =>
        Reduce("Max", x, axis, keepDims, a => new ReduceMaxPrimitive(a));

    /// <summary>The smallest element over some axes; over all if none is given. NaN if there is one. Ties share the cotangent.</summary>
    /// <exception cref="ShapeException">There are no elements to choose from, there is no such axis, or it is named twice.</exception>
    public static NDArray Min(NDArray x, params ReadOnlySpan<int> axis) => Min(x, axis, keepDims: false);

    /// <summary>Likewise; <paramref name="keepDims"/> keeps the reduced axes with size 1.</summary>
    /// <exception cref="ShapeException">There are no elements to choose from, there is no such axis, or it is named twice.</exception>
    public static NDArray Min(NDArray x, Axes axis = default, bool keepDims = false) =>
        Reduce("Min", x, axis, keepDims, a => new ReduceMinPrimitive(a));

    /// <summary>Whether all elements are true (not zero), over some axes; over all if none is given.</summary>
    /// <exception cref="ShapeException">There is no such axis, or it is named twice.</exception>
    public static NDArray All(NDArray x, params ReadOnlySpan<int> axis) => All(x, axis, keepDims: false);

    /// <summary>Likewise; <paramref name="keepDims"/> keeps the reduced axes with size 1.</summary>
    /// <exception cref="ShapeException">There is no such axis, or it is named twice.</exception>
    public static NDArray All(NDArray x, Axes axis = default, bool keepDims = false) =>
        Reduce("All", x, axis, keepDims, a => new ReduceAndPrimitive(a), of: y => Truth(y));

    /// <summary>Whether any element is true (not zero), over some axes; over all if none is given.</summary>
    /// <exception cref="ShapeException">There is no such axis, or it is named twice.</exception>
    public static NDArray Any(NDArray x, params ReadOnlySpan<int> axis) => Any(x, axis, keepDims: false);

    /// <summary>Likewise; <paramref name="keepDims"/> keeps the reduced axes with size 1.</summary>
    /// <exception cref="ShapeException">There is no such axis, or it is named twice.</exception>
    public static NDArray Any(NDArray x, Axes axis = default, bool keepDims = false) =>
        Reduce("Any", x, axis, keepDims, a => new ReduceOrPrimitive(a), of: y => Truth(y));

    /// <summary>The Int64 position of the first largest element: along an axis, or in row-major order. NaN counts as largest.</summary>
    /// <exception cref="ShapeException">There are no elements to choose from, or there is no such axis.</exception>
    public static NDArray ArgMax(NDArray x, int? axis = null, bool keepDims = false) =>
        ArgReduce("ArgMax", x, axis, keepDims, a => new ArgMaxPrimitive(a));

    /// <summary>The Int64 position of the first smallest element: along an axis, or in row-major order. NaN counts as smallest.</summary>
    /// <exception cref="ShapeException">There are no elements to choose from, or there is no such axis.</exception>
    public static NDArray ArgMin(NDArray x, int? axis = null, bool keepDims = false) =>
        ArgReduce("ArgMin", x, axis, keepDims, a => new ArgMinPrimitive(a));

    // The fold of what 'of' makes of the elements.
    static NDArray Reduce(
        string operation,
        NDArray x,
        Axes axis,
        bool keepDims,
        Func<ValueList<int>, Reduction> make,
        Func<NDArray, NDArray>? of = null
    )
    {
        var reduced = NormalizeAxes(axis.Numbers, x, operation);
        var terms = of is null ? x : of(x);
        var result = reduced.Count == 0 ? terms : make(reduced).Bind(terms);
        return keepDims ? Kept(result, x.Shape, reduced) : result;
    }

    static NDArray ArgReduce(string operation, NDArray x, int? axis, bool keepDims, Func<ValueList<int>, Reduction> make)
    {
        var (array, along) = AlongAxis(x, axis, operation);
        var result = make([along]).Bind(array);
        return keepDims ? Kept(result, x.Shape, axis is null ? [.. Enumerable.Range(0, x.Rank)] : [along]) : result;
    }

    // The result with its reduced axes put back, of size 1.
    static NDArray Kept(NDArray result, Shape shape, ValueList<int> reduced) =>
        ReshapeTo(result, [.. shape.Dims.ToArray().Select((n, i) => reduced.Contains(i) ? 1 : n)]);

    static NDArray Summable(NDArray x, [CallerArgumentExpression(nameof(x))] string name = "") =>
        x.NotNull(name).DType is DType.Bool or DType.UInt8 or DType.Int32 or DType.UInt32 ? AsType(x, DType.Int64) : x;

    static NDArray Truth(NDArray x, [CallerArgumentExpression(nameof(x))] string name = "") =>
        x.NotNull(name).DType == DType.Bool ? x : NotEqual(x, 0);

    internal sealed record ReduceSumPrimitive(ValueList<int> Axes) : Reduction(Axes)
    {
        public override bool Rowwise => true;

        protected override Fold Fold => Fold.Add;

        protected override Reduction WithAxes(ValueList<int> axes) => new ReduceSumPrimitive(axes);

        protected override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs) => dxs[0] is { } dx ? Bind(dx) : null;

        protected override void TransposeSingle(NDArray ct, Operand[] xs, Cotangents into) => into.Add(0, Spread(ct, xs[0].Aval.Shape));
    }

    /// <summary>The largest or smallest element.</summary>
    internal abstract record ReduceExtremum(ValueList<int> Axes) : Reduction(Axes)
    {
        protected override bool AllowsEmpty => false;

        // Elements equal to the extremum share it: g / count.
        protected override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs)
        {
            if (dxs[0] is not { } dx)
                return null;
            var attained = AsType(Equal(xs[0], Spread(y, xs[0].Shape)), dx.DType);
            var sum = new ReduceSumPrimitive(Axes);
            return sum.Bind(dx * attained) / sum.Bind(attained);
        }
    }

    internal sealed record ReduceMaxPrimitive(ValueList<int> Axes) : ReduceExtremum(Axes)
    {
        protected override Fold Fold => Fold.Max;

        protected override Reduction WithAxes(ValueList<int> axes) => new ReduceMaxPrimitive(axes);
    }

    internal sealed record ReduceMinPrimitive(ValueList<int> Axes) : ReduceExtremum(Axes)
    {
        protected override Fold Fold => Fold.Min;

        protected override Reduction WithAxes(ValueList<int> axes) => new ReduceMinPrimitive(axes);
    }

    internal sealed record ReduceProdPrimitive(ValueList<int> Axes) : Reduction(Axes)
    {
        protected override Fold Fold => Fold.Mul;

        protected override Reduction WithAxes(ValueList<int> axes) => new ReduceProdPrimitive(axes);

        // Σ dxᵢ · Π_{j≠i} xⱼ, with the products of the others taken from both ends: exact where an element is zero.
        protected override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs)
        {
            if (dxs[0] is not { } dx)
                return null;
            var (x, d) = (Flatten(xs[0]), Flatten(dx));
            var others = ExclusiveProduct(x, reverse: false) * ExclusiveProduct(x, reverse: true);
            return new ReduceSumPrimitive([x.Rank - 1]).Bind(d * others);
        }

        // The reduced axes become one last axis.
        NDArray Flatten(NDArray x)
        {
            int[] kept = [.. Enumerable.Range(0, x.Rank).Where(a => !Axes.Contains(a))];
            return Ops.Transpose(x, [.. kept, .. Axes])
                .Reshape([.. kept.Select(a => x.Shape[a]), (int)Axes.Aggregate(1L, (n, a) => n * x.Shape[a])]);
        }

        static NDArray ExclusiveProduct(NDArray x, bool reverse)
        {
            var last = x.Rank - 1;
            var n = x.Shape[last];
            if (n == 0)
                return x;
            var one = Ones(x.Shape.Replace(last, 1), x.DType);
            return reverse
                ? CumProd(ConcatenateAll([SliceAxis(x, last, 1, n), one], last), last, reverse: true)
                : CumProd(ConcatenateAll([one, SliceAxis(x, last, 0, n - 1)], last), last);
        }
    }

    /// <summary>A reduction without a tangent.</summary>
    internal abstract record DiscreteReduction(ValueList<int> Axes) : Reduction(Axes)
    {
        protected override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs) => null;
    }

    internal sealed record ReduceAndPrimitive(ValueList<int> Axes) : DiscreteReduction(Axes)
    {
        protected override Fold Fold => Fold.And;

        protected override Reduction WithAxes(ValueList<int> axes) => new ReduceAndPrimitive(axes);
    }

    internal sealed record ReduceOrPrimitive(ValueList<int> Axes) : DiscreteReduction(Axes)
    {
        protected override Fold Fold => Fold.Or;

        protected override Reduction WithAxes(ValueList<int> axes) => new ReduceOrPrimitive(axes);
    }

    internal sealed record ArgMaxPrimitive(ValueList<int> Axes) : DiscreteReduction(Axes)
    {
        public override string Name => "argmax";
        protected override Fold Fold => Fold.ArgMax;
        protected override bool AllowsEmpty => false;

        protected override DType InferElement(Aval x) => DType.Int64;

        protected override Reduction WithAxes(ValueList<int> axes) => new ArgMaxPrimitive(axes);
    }

    internal sealed record ArgMinPrimitive(ValueList<int> Axes) : DiscreteReduction(Axes)
    {
        public override string Name => "argmin";
        protected override Fold Fold => Fold.ArgMin;
        protected override bool AllowsEmpty => false;

        protected override DType InferElement(Aval x) => DType.Int64;

        protected override Reduction WithAxes(ValueList<int> axes) => new ArgMinPrimitive(axes);
    }
}

public abstract partial class NDArray
{
    /// <inheritdoc cref="Ops.Sum(NDArray, Axes, bool)"/>
    public NDArray Sum(params ReadOnlySpan<int> axis) => Ops.Sum(this, axis);

    /// <inheritdoc cref="Ops.Sum(NDArray, Axes, bool)"/>
    public NDArray Sum(Axes axis = default, bool keepDims = false) => Ops.Sum(this, axis, keepDims);

    /// <inheritdoc cref="Ops.Max(NDArray, Axes, bool)"/>
    public NDArray Max(params ReadOnlySpan<int> axis) => Ops.Max(this, axis);

    /// <inheritdoc cref="Ops.Max(NDArray, Axes, bool)"/>
    public NDArray Max(Axes axis = default, bool keepDims = false) => Ops.Max(this, axis, keepDims);

    /// <inheritdoc cref="Ops.Min(NDArray, Axes, bool)"/>
    public NDArray Min(params ReadOnlySpan<int> axis) => Ops.Min(this, axis);

    /// <inheritdoc cref="Ops.Min(NDArray, Axes, bool)"/>
    public NDArray Min(Axes axis = default, bool keepDims = false) => Ops.Min(this, axis, keepDims);

    /// <inheritdoc cref="Ops.Prod(NDArray, Axes, bool)"/>
    public NDArray Prod(params ReadOnlySpan<int> axis) => Ops.Prod(this, axis);

    /// <inheritdoc cref="Ops.Prod(NDArray, Axes, bool)"/>
    public NDArray Prod(Axes axis = default, bool keepDims = false) => Ops.Prod(this, axis, keepDims);
}
