using System.Runtime.CompilerServices;

namespace Autodiff;

/// <summary>NumPy's broadcasting and the promotion of types, for all elementwise operations.</summary>
static class Broadcasting
{
    /// <summary>Applies an elementwise primitive to operands of any types and shapes: promotes, broadcasts, binds.</summary>
    internal static NDArray Apply(
        Elementwise primitive,
        NDArray x,
        NDArray y,
        [CallerArgumentExpression(nameof(x))] string xName = "",
        [CallerArgumentExpression(nameof(y))] string yName = ""
    ) => Bind(primitive, Promote(x, y, xName, yName));

    /// <summary>Likewise, in a floating-point type.</summary>
    internal static NDArray ApplyFloat(
        Elementwise primitive,
        NDArray x,
        NDArray y,
        [CallerArgumentExpression(nameof(x))] string xName = "",
        [CallerArgumentExpression(nameof(y))] string yName = ""
    ) => Bind(primitive, PromoteFloat(x, y, xName, yName));

    /// <summary>Binds to operands of one type whose shapes broadcast.</summary>
    internal static NDArray Bind(Elementwise primitive, NDArray[] xs) => Bind(primitive, CommonShape(primitive.Name, xs), xs);

    /// <summary>Binds to operands of one type whose shapes broadcast to <paramref name="shape"/>.</summary>
    internal static NDArray Bind(Elementwise primitive, Shape shape, NDArray[] xs)
    {
        if (Array.TrueForAll(xs, x => x.Shape == shape))
            return primitive.Bind(xs);
        // Eager code folds the broadcast into the kernel; traces see it, and so do tapes, whose rows it broadcasts.
        if (Trace.Current is EvalTrace && Array.Exists(xs, x => x.Shape == shape) && Array.TrueForAll(xs, x => x.Aval.Tape == 0))
            return EvalTrace.Run(primitive, xs, static (p, types) => ((Elementwise)p).LowerBroadcast(types))[0];
        return primitive.Bind(Array.ConvertAll(xs, x => Ops.BroadcastTo(x, shape)));
    }

    internal static Shape CommonShape(string name, ReadOnlySpan<NDArray> xs)
    {
        var shape = xs[0].Shape;
        foreach (var x in xs[1..])
            shape =
                Shape.Broadcast(shape, x.Shape)
                ?? throw new ShapeException(
                    $"'{name}' got operands {string.Join(" and ", xs.ToArray().Select(a => a.Aval))}, whose shapes do not broadcast: axes, counted from the last, must be equal or 1."
                );
        return shape;
    }

    /// <summary>Two operands in their common type.</summary>
    internal static NDArray[] Promote(
        NDArray x,
        NDArray y,
        [CallerArgumentExpression(nameof(x))] string xName = "",
        [CallerArgumentExpression(nameof(y))] string yName = ""
    ) => Promote([x.NotNull(xName), y.NotNull(yName)]);

    /// <summary>Likewise, in a floating-point type.</summary>
    internal static NDArray[] PromoteFloat(
        NDArray x,
        NDArray y,
        [CallerArgumentExpression(nameof(x))] string xName = "",
        [CallerArgumentExpression(nameof(y))] string yName = ""
    ) => Array.ConvertAll(Promote(x, y, xName, yName), x => ToFloat(x));

    /// <summary>Operands, which are there, in their common type.</summary>
    internal static NDArray[] Promote(NDArray[] xs)
    {
        var common = (xs[0].DType, xs[0].Aval.Weak);
        foreach (var x in xs.AsSpan(1))
            common = DTypes.Promote(common, (x.DType, x.Aval.Weak));
        return Array.ConvertAll(xs, x => x.DType == common.DType ? x : Ops.Adapt(x, common.DType, common.Weak));
    }

    internal static NDArray ToFloat(NDArray x, [CallerArgumentExpression(nameof(x))] string name = "") =>
        x.NotNull(name).DType.IsFloat ? x : Ops.ConvertTo(x, DType.Float64, x.Aval.Weak);
}
