namespace Autodiff;

public static partial class Ops
{
    /// <summary>
    /// x where <paramref name="condition"/> holds, else y, elementwise, with broadcasting. The cotangent goes to the chosen side only; where the derivative
    /// of the other is infinite or NaN, 0 · ∞ still gives NaN: choose its input as well ("double where").
    /// </summary>
    /// <exception cref="DTypeException">The condition is not boolean.</exception>
    public static NDArray Where(NDArray condition, NDArray x, NDArray y)
    {
        condition.NotNull();
        var sides = Broadcasting.Promote(x, y);
        if (condition.DType != DType.Bool)
            throw new DTypeException(
                $"Where needs a boolean condition, but got {condition.Aval}. Compare it first, for example with NotEqual(c, 0)."
            );
        return Broadcasting.Bind(new SelectPrimitive(), Broadcasting.CommonShape("where", [condition, .. sides]), [condition, .. sides]);
    }

    /// <summary>Operands: condition, x, y, of one shape.</summary>
    internal sealed record SelectPrimitive : Elementwise
    {
        public override bool Rowwise => true;

        protected override DType InferElement(Aval[] xs) =>
            xs[0].DType == DType.Bool && xs[1].DType == xs[2].DType
                ? xs[1].DType
                : throw new DTypeException(
                    $"'select' needs a boolean and two operands of one type, but got {string.Join(", ", (object[])xs)}."
                );

        protected override Scalar LowerElement(Scalar[] xs) => xs[0].Select(xs[1], xs[2]);

        protected override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs) =>
            dxs[1] is null && dxs[2] is null ? null : Bind(xs[0], dxs[1] ?? ZerosOf(xs[1].Aval), dxs[2] ?? ZerosOf(xs[2].Aval));

        protected override void TransposeSingle(NDArray ct, Operand[] xs, Cotangents into)
        {
            var zeros = ZerosOf(ct.Aval);
            if (xs[1].IsLinear)
                into.Add(1, Bind(xs[0].Known, ct, zeros));
            if (xs[2].IsLinear)
                into.Add(2, Bind(xs[0].Known, zeros, ct));
        }
    }

    /// <summary>
    /// Lanes whose mask is false are given the values of the first lane whose mask is true; no derivative flows through what is borrowed. A lane that
    /// is done thus computes what a running lane computes, and can neither poison nor hang the others. The mask's shape is a prefix of the
    /// operand's and its last axis counts the lanes.
    /// </summary>
    internal sealed record LaneFillPrimitive : SingleResult
    {
        public override bool Rowwise => true;

        protected override Aval InferSingle(Aval[] xs) =>
            xs[0].DType == DType.Bool && xs[1].Shape.Dims.StartsWith(xs[0].Shape.Dims)
                ? xs[1].Strong
                : throw new ShapeException($"'lane_fill' needs a mask over leading axes, but got {xs[0]} and {xs[1]}.");

        public override Lowered Lower(Aval[] xs) => throw new NotSupportedException("lane_fill is two kernels; see Emit.");

        public override Value[] Emit(ProgramBuilder builder, Value[] inputs)
        {
            var (mask, x) = (inputs[0].Type, inputs[1].Type);
            if (x.Tape > 0)
                return base.Emit(builder, inputs);
            if (x.Shape.Size == 0)
                return [builder.Alias(inputs[1], x.Strong)];
            var first = builder.Add(
                new ArgMaxPrimitive([mask.Rank - 1]).Lower([mask]),
                [inputs[0]],
                [new Aval(DType.Int64, mask.Shape.Remove(mask.Rank - 1))]
            );
            var index = Kernel.Indices(x.Rank);
            var lane = mask.Rank - 1;
            var donor = (Scalar[])index.Clone();
            donor[lane] = new Element(2, DType.Int64, index[..lane]);
            var body = new Element(0, DType.Bool, index[..mask.Rank]).Select(
                new Element(1, x.DType, index),
                new Element(1, x.DType, donor)
            );
            return builder.Add(Kernel.Map(x, body), [.. inputs, .. first], [x.Strong]);
        }

        protected override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs) => dxs[1] is { } dx ? Masked(xs[0], dx) : null;

        protected override Batched BatchSingle(int size, Batched[] xs) => new(Bind(xs[0].Materialize(size), xs[1].Materialize(size)), true);
    }

    /// <summary>x where a mask over its leading axes holds, else zero.</summary>
    internal static NDArray Masked(NDArray mask, NDArray x) => SelectLanes(mask, x, ZerosOf(x.Aval));

    /// <summary>x where a mask over the leading axes holds, else y.</summary>
    internal static NDArray SelectLanes(NDArray mask, NDArray x, NDArray y) =>
        new SelectPrimitive().Bind(BroadcastInDim(mask, x.Shape, [.. Enumerable.Range(0, mask.Rank)]), x, y);
}
