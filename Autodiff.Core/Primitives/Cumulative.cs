using System.Runtime.CompilerServices;

namespace Autodiff;

public static partial class Ops
{
    /// <summary>
    /// The running sums along an axis, of the flattened array if it is null; <paramref name="reverse"/> runs from the end. Booleans and
    /// small integers sum as Int64.
    /// </summary>
    public static NDArray CumSum(NDArray x, int? axis = null, bool reverse = false) =>
        Cumulate("CumSum", Summable(x), axis, a => new CumSumPrimitive(a, reverse));

    /// <summary>The running products, likewise; their derivative is exact where elements are zero.</summary>
    public static NDArray CumProd(NDArray x, int? axis = null, bool reverse = false) =>
        Cumulate("CumProd", Summable(x), axis, a => new CumProdPrimitive(a, reverse));

    /// <summary>
    /// The running maxima along an axis, of the flattened array if it is null; <paramref name="reverse"/> runs from the end.
    /// </summary>
    public static NDArray CumMax(NDArray x, int? axis = null, bool reverse = false) =>
        Cumulate("CumMax", x, axis, a => new CumMaxPrimitive(a, reverse));

    /// <summary>The running minima, likewise.</summary>
    public static NDArray CumMin(NDArray x, int? axis = null, bool reverse = false) =>
        Cumulate("CumMin", x, axis, a => new CumMinPrimitive(a, reverse));

    /// <summary>The logarithms of the running sums of exponentials, likewise, without overflow.</summary>
    public static NDArray CumLogSumExp(NDArray x, int? axis = null, bool reverse = false)
    {
        var (array, along) = AlongAxis(Broadcasting.ToFloat(x), axis, "CumLogSumExp");
        return AssociativeScan((a, b) => [LogAddExp(a[0], b[0])], [array], along, reverse)[0];
    }

    static NDArray Cumulate(string operation, NDArray x, int? axis, Func<int, Cumulation> make)
    {
        var (array, along) = AlongAxis(x, axis, operation);
        return make(along).Bind(array);
    }

    // NumPy's axis=None: the flattened array.
    static (NDArray, int) AlongAxis(NDArray x, int? axis, string operation, [CallerArgumentExpression(nameof(x))] string name = "") =>
        axis is { } a ? (x, NormalizeAxis(a, x, operation, name)) : (Ravel(x.NotNull(name)), 0);

    /// <summary>A fold along one axis that keeps every partial result.</summary>
    internal abstract record Cumulation(int Axis, bool Reverse) : SingleResult
    {
        protected abstract Fold Fold { get; }

        /// <summary>The same fold, of two arrays.</summary>
        protected abstract BinaryElementwise Combination { get; }

        protected override Aval InferSingle(Aval[] xs) => xs[0];

        public override Lowered Lower(Aval[] xs)
        {
            // The kernel's last axis is the one that is folded.
            var x = xs[0];
            int[] order = [.. Enumerable.Range(0, x.Rank).Where(i => i != Axis), Axis];
            var index = new Scalar[x.Rank];
            for (var i = 0; i < order.Length; i++)
                index[order[i]] = Scalar.Axis(i);
            if (Reverse)
                index[Axis] = Scalar.Constant(x.Shape[Axis] - 1) - index[Axis];
            var output = new KernelOutput(x.Strong, new Element(0, x.DType, index), Fold) { Prefix = true, Index = index };
            return new Kernel(x.Shape.Permute(order), 1, output);
        }

        // The scan of pairs (value, tangent) is linear in the tangents and divides by nothing.
        protected override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs)
        {
            if (dxs[0] is not { } dx)
                return null;
            NDArray[] Combine(NDArray[] a, NDArray[] b)
            {
                var value = Combination.Bind(a[0], b[0]);
                return [value, Combination.Jvp([a[0], b[0]], [value], [a[1], b[1]])[0]!];
            }
            return AssociativeScan(Combine, [xs[0], dx], Axis, Reverse)[1];
        }

        protected override Batched BatchSingle(int size, Batched[] xs) => new((this with { Axis = Axis + 1 }).Bind(xs[0].Value), true);
    }

    internal sealed record CumSumPrimitive(int Axis, bool Reverse) : Cumulation(Axis, Reverse)
    {
        public override string Name => "cumsum";
        protected override Fold Fold => Fold.Add;
        protected override BinaryElementwise Combination => new AddPrimitive();

        protected override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs) => dxs[0] is { } dx ? Bind(dx) : null;

        protected override void TransposeSingle(NDArray ct, Operand[] xs, Cotangents into) =>
            into.Add(0, (this with { Reverse = !Reverse }).Bind(ct));
    }

    internal sealed record CumProdPrimitive(int Axis, bool Reverse) : Cumulation(Axis, Reverse)
    {
        public override string Name => "cumprod";
        protected override Fold Fold => Fold.Mul;
        protected override BinaryElementwise Combination => new MultiplyPrimitive();
    }

    internal sealed record CumMaxPrimitive(int Axis, bool Reverse) : Cumulation(Axis, Reverse)
    {
        public override string Name => "cummax";
        protected override Fold Fold => Fold.Max;
        protected override BinaryElementwise Combination => new MaxPrimitive();
    }

    internal sealed record CumMinPrimitive(int Axis, bool Reverse) : Cumulation(Axis, Reverse)
    {
        public override string Name => "cummin";
        protected override Fold Fold => Fold.Min;
        protected override BinaryElementwise Combination => new MinPrimitive();
    }
}

public abstract partial class NDArray
{
    /// <inheritdoc cref="Ops.CumSum"/>
    public NDArray CumSum(int? axis = null, bool reverse = false) => Ops.CumSum(this, axis, reverse);

    /// <inheritdoc cref="Ops.CumProd"/>
    public NDArray CumProd(int? axis = null, bool reverse = false) => Ops.CumProd(this, axis, reverse);
}
