using System.Runtime.CompilerServices;

namespace Autodiff;

public static partial class Ops
{
    /// <summary>The sum over some axes; over all if none is given. Booleans and small integers sum as Int64.</summary>
    public static NDArray Sum(NDArray x, params ReadOnlySpan<int> axes) => Sum(x, axes, keepDims: false);

    /// <summary>Likewise; <paramref name="keepDims"/> keeps the reduced axes with size 1.</summary>
    public static NDArray Sum(NDArray x, ReadOnlySpan<int> axes, bool keepDims) =>
        Reduce(Summable(x), axes, keepDims, a => new ReduceSumPrimitive(a));

    /// <summary>The product over some axes; over all if none is given. Booleans and small integers multiply as Int64.</summary>
    public static NDArray Prod(NDArray x, params ReadOnlySpan<int> axes) => Prod(x, axes, keepDims: false);

    /// <summary>Likewise; <paramref name="keepDims"/> keeps the reduced axes with size 1.</summary>
    public static NDArray Prod(NDArray x, ReadOnlySpan<int> axes, bool keepDims) =>
        Reduce(Summable(x), axes, keepDims, a => new ReduceProdPrimitive(a));

    /// <summary>The largest element over some axes; over all if none is given. NaN if there is one. Ties share the cotangent.</summary>
    /// <exception cref="ShapeException">There are no elements to choose from.</exception>
    public static NDArray Max(NDArray x, params ReadOnlySpan<int> axes) => Max(x, axes, keepDims: false);

    /// <summary>Likewise; <paramref name="keepDims"/> keeps the reduced axes with size 1.</summary>
    public static NDArray Max(NDArray x, ReadOnlySpan<int> axes, bool keepDims) =>
        Reduce(x, axes, keepDims, a => new ReduceMaxPrimitive(a));

    /// <summary>The smallest element over some axes; over all if none is given. NaN if there is one. Ties share the cotangent.</summary>
    /// <exception cref="ShapeException">There are no elements to choose from.</exception>
    public static NDArray Min(NDArray x, params ReadOnlySpan<int> axes) => Min(x, axes, keepDims: false);

    /// <summary>Likewise; <paramref name="keepDims"/> keeps the reduced axes with size 1.</summary>
    public static NDArray Min(NDArray x, ReadOnlySpan<int> axes, bool keepDims) =>
        Reduce(x, axes, keepDims, a => new ReduceMinPrimitive(a));

    /// <summary>Whether all elements are true (not zero), over some axes; over all if none is given.</summary>
    public static NDArray All(NDArray x, params ReadOnlySpan<int> axes) => Reduce(Truth(x), axes, false, a => new ReduceAndPrimitive(a));

    /// <summary>Whether any element is true (not zero), over some axes; over all if none is given.</summary>
    public static NDArray Any(NDArray x, params ReadOnlySpan<int> axes) => Reduce(Truth(x), axes, false, a => new ReduceOrPrimitive(a));

    /// <summary>The Int64 position of the first largest element: along an axis, or in row-major order. NaN counts as largest.</summary>
    public static NDArray ArgMax(NDArray x, int? axis = null) => ArgReduce(x, axis, a => new ArgMaxPrimitive(a), "ArgMax");

    /// <summary>The Int64 position of the first smallest element: along an axis, or in row-major order. NaN counts as smallest.</summary>
    public static NDArray ArgMin(NDArray x, int? axis = null) => ArgReduce(x, axis, a => new ArgMinPrimitive(a), "ArgMin");

    static NDArray Reduce(NDArray x, ReadOnlySpan<int> axes, bool keepDims, Func<ValueList<int>, Reduction> make)
    {
        var reduced = NormalizeAxes(axes, x, "A reduction");
        var result = reduced.Count == 0 ? x : make(reduced).Bind(x);
        return keepDims ? ReshapeTo(result, [.. x.Shape.Dims.ToArray().Select((n, i) => reduced.Contains(i) ? 1 : n)]) : result;
    }

    static NDArray ArgReduce(NDArray x, int? axis, Func<ValueList<int>, Reduction> make, string name) =>
        axis is { } a ? make([NormalizeAxis(a, x, name)]).Bind(x) : make([0]).Bind(Ravel(x));

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
    /// <inheritdoc cref="Ops.Sum(NDArray, ReadOnlySpan{int})"/>
    public NDArray Sum(params ReadOnlySpan<int> axes) => Ops.Sum(this, axes);

    /// <inheritdoc cref="Ops.Max(NDArray, ReadOnlySpan{int})"/>
    public NDArray Max(params ReadOnlySpan<int> axes) => Ops.Max(this, axes);

    /// <inheritdoc cref="Ops.Min(NDArray, ReadOnlySpan{int})"/>
    public NDArray Min(params ReadOnlySpan<int> axes) => Ops.Min(this, axes);

    /// <inheritdoc cref="Ops.Prod(NDArray, ReadOnlySpan{int})"/>
    public NDArray Prod(params ReadOnlySpan<int> axes) => Ops.Prod(this, axes);
}
