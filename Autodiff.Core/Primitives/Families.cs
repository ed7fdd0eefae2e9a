namespace Autodiff;

/// <summary>A primitive with one result.</summary>
public abstract record SingleResult : Primitive
{
    protected abstract Aval InferSingle(Aval[] xs);

    /// <summary>The tangent of the result; null for zero. At least one operand has a tangent.</summary>
    protected abstract NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs);

    /// <summary>Adds the cotangents of the linear operands, given that of the result.</summary>
    protected virtual void TransposeSingle(NDArray ct, Operand[] xs, Cotangents into) => base.Transpose([ct], xs, into);

    protected abstract Batched BatchSingle(int size, Batched[] xs);

    public sealed override Aval[] Infer(Aval[] xs) => [InferSingle(xs)];

    public sealed override NDArray?[] Jvp(NDArray[] xs, NDArray[] ys, NDArray?[] dxs) => [JvpSingle(xs, ys[0], dxs)];

    public sealed override void Transpose(NDArray?[] cts, Operand[] xs, Cotangents into) => TransposeSingle(cts[0]!, xs, into);

    public sealed override Batched[] Batch(int size, Batched[] xs) => [BatchSingle(size, xs)];
}

/// <summary>An operation on corresponding elements of operands of one shape.</summary>
public abstract record Elementwise : SingleResult
{
    /// <summary>The result's element, given the operands'.</summary>
    protected abstract Scalar LowerElement(Scalar[] xs);

    /// <summary>The result's element type; throws where the operands' types do not fit.</summary>
    protected abstract DType InferElement(Aval[] xs);

    protected override Aval InferSingle(Aval[] xs)
    {
        foreach (var x in xs)
            if (x.Shape != xs[0].Shape)
                throw new ShapeException($"'{Name}' needs operands of one shape, but got {string.Join(" and ", (object[])xs)}.");
        return new(InferElement(xs), xs[0].Shape, Array.TrueForAll(xs, x => x.Weak));
    }

    public override Lowered Lower(Aval[] xs) => LowerBroadcast(xs, InferSingle(xs));

    // Tapes do not broadcast: one that all examples share gets a batch axis first.
    protected override Batched BatchSingle(int size, Batched[] xs) =>
        new(
            Broadcasting.Bind(
                this,
                xs[0].Example.Shape.Prepend(size),
                Array.ConvertAll(xs, x => x.Aval.Tape > 0 ? x.Materialize(size) : x.Value)
            ),
            true
        );

    /// <summary>The kernel for operands whose shapes broadcast to the result's.</summary>
    Kernel LowerBroadcast(Aval[] xs, Aval result)
    {
        var index = Kernel.Indices(result.Rank);
        var elements = new Scalar[xs.Length];
        for (var k = 0; k < xs.Length; k++)
        {
            var (shape, offset) = (xs[k].Shape, result.Rank - xs[k].Rank);
            var at = new Scalar[shape.Rank];
            for (var i = 0; i < at.Length; i++)
                at[i] = shape[i] == 1 ? Scalar.Constant(0) : index[i + offset];
            elements[k] = new Element(k, xs[k].DType, at);
        }
        return Kernel.Map(result, LowerElement(elements));
    }

    /// <summary>The program for operands whose shapes broadcast.</summary>
    internal Program LowerBroadcast(Aval[] xs)
    {
        var shape = xs.Select(x => x.Shape).Aggregate((a, b) => Shape.Broadcast(a, b)!.Value);
        var result = InferSingle(Array.ConvertAll(xs, x => x with { Shape = shape }));
        return ProgramBuilder.Build(xs, (builder, inputs) => builder.Add(LowerBroadcast(xs, result), inputs, [result]));
    }
}

/// <summary>An elementwise function of one operand.</summary>
public abstract record UnaryElementwise : Elementwise
{
    protected abstract Scalar Lower(Scalar x);

    /// <summary>dy/dx at x, given y = f(x).</summary>
    protected virtual NDArray Derivative(NDArray x, NDArray y) => throw new NotSupportedException($"'{Name}' states no derivative.");

    /// <summary>By default functions of real numbers take floats only.</summary>
    protected override DType InferElement(Aval[] xs) =>
        xs[0].DType.IsFloat
            ? xs[0].DType
            : throw new DTypeException(
                $"'{Name}' needs a floating-point operand, but got {xs[0]}. Convert it first: x.AsType(DType.Float64)."
            );

    protected sealed override Scalar LowerElement(Scalar[] xs) => Lower(xs[0]);

    protected override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs) => dxs[0] is { } dx ? dx * Derivative(xs[0], y) : null;
}

/// <summary>An elementwise function of two operands of one type.</summary>
public abstract record BinaryElementwise : Elementwise
{
    protected abstract Scalar Lower(Scalar x, Scalar y);

    /// <summary>∂z/∂x at (x, y), given z = f(x, y).</summary>
    protected virtual NDArray DerivativeX(NDArray x, NDArray y, NDArray z) =>
        throw new NotSupportedException($"'{Name}' states no derivative.");

    /// <summary>∂z/∂y at (x, y), given z = f(x, y).</summary>
    protected virtual NDArray DerivativeY(NDArray x, NDArray y, NDArray z) =>
        throw new NotSupportedException($"'{Name}' states no derivative.");

    protected override DType InferElement(Aval[] xs) =>
        xs[0].DType == xs[1].DType
            ? xs[0].DType
            : throw new DTypeException($"'{Name}' needs operands of one element type, but got {xs[0]} and {xs[1]}. Convert one of them.");

    protected sealed override Scalar LowerElement(Scalar[] xs) => Lower(xs[0], xs[1]);

    protected override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs) =>
        Tangents.Sum(
            dxs[0] is { } dx ? dx * DerivativeX(xs[0], xs[1], y) : null,
            dxs[1] is { } dy ? dy * DerivativeY(xs[0], xs[1], y) : null
        );
}

/// <summary>An elementwise function with a boolean result: it has no tangent.</summary>
public abstract record BinaryPredicate : BinaryElementwise
{
    protected override DType InferElement(Aval[] xs)
    {
        base.InferElement(xs);
        return DType.Bool;
    }

    protected sealed override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs) => null;
}

/// <summary>A linear rearrangement of the elements of one operand: its tangent is itself.</summary>
public abstract record Movement : SingleResult
{
    /// <summary>For each axis of the operand, the index at which the result's element is read.</summary>
    protected abstract Scalar[] ReadIndex(Aval x, Scalar[] index);

    /// <summary>This as it acts behind a new first axis of size <paramref name="size"/>.</summary>
    protected abstract Movement BehindBatch(int size);

    /// <summary>The transpose, applied to the cotangent of an operand of type <paramref name="x"/>.</summary>
    protected abstract NDArray Pull(NDArray ct, Aval x);

    public override Lowered Lower(Aval[] xs)
    {
        var result = InferSingle(xs);
        return Kernel.Map(result, new Element(0, xs[0].DType, ReadIndex(xs[0], Kernel.Indices(result.Rank))));
    }

    protected sealed override NDArray? JvpSingle(NDArray[] xs, NDArray y, NDArray?[] dxs) => dxs[0] is { } dx ? Bind(dx) : null;

    protected sealed override void TransposeSingle(NDArray ct, Operand[] xs, Cotangents into) => into.Add(0, Pull(ct, xs[0].Aval));

    protected sealed override Batched BatchSingle(int size, Batched[] xs) => new(BehindBatch(size).Bind(xs[0].Value), true);
}

/// <summary>A fold over some axes.</summary>
public abstract record Reduction(ValueList<int> Axes) : SingleResult
{
    protected abstract Fold Fold { get; }

    protected virtual DType InferElement(Aval x) => x.DType;

    /// <summary>Folding integers and booleans with the identity of an empty fold is well defined except where this is false.</summary>
    protected virtual bool AllowsEmpty => true;

    protected override Aval InferSingle(Aval[] xs)
    {
        var shape = xs[0].Shape.Remove(Axes.AsSpan());
        if (!AllowsEmpty && xs[0].Shape.Size == 0 && shape.Size != 0)
            throw new ShapeException($"'{Name}' of no elements is not defined: the operand is {xs[0]} and the reduced axes are {Axes}.");
        return new(InferElement(xs[0]), shape, xs[0].Weak);
    }

    public override Lowered Lower(Aval[] xs)
    {
        // Kept axes come first in the kernel's space, then the reduced ones.
        var x = xs[0];
        var result = InferSingle(xs);
        var order = Enumerable.Range(0, x.Rank).Where(i => !Axes.Contains(i)).Concat(Axes).ToArray();
        var index = new Scalar[x.Rank];
        for (var i = 0; i < order.Length; i++)
            index[order[i]] = Scalar.Axis(i);
        return new Kernel(x.Shape.Permute(order), Axes.Count, new KernelOutput(result, new Element(0, x.DType, index), Fold));
    }

    protected abstract Reduction WithAxes(ValueList<int> axes);

    protected override Batched BatchSingle(int size, Batched[] xs) => new(WithAxes([.. Axes.Select(a => a + 1)]).Bind(xs[0].Value), true);

    /// <summary>The result with its axes put back, of the operand's shape.</summary>
    protected NDArray Spread(NDArray result, Shape shape) =>
        new Ops.BroadcastPrimitive(shape, [.. Enumerable.Range(0, shape.Rank).Where(i => !Axes.Contains(i))]).Bind(result);
}

/// <summary>Sums of tangents that may be zero.</summary>
static class Tangents
{
    internal static NDArray? Sum(NDArray? a, NDArray? b) =>
        a is null ? b
        : b is null ? a
        : a + b;
}
