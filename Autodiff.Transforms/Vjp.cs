namespace Autodiff;

/// <summary>Reverse mode on trees: linearize, then transpose.</summary>
static class ReverseMode
{
    /// <summary>The value of f at x, auxiliary results, and the function from cotangents of the value to cotangents of x.</summary>
    internal static (R Value, Aux Aux, Func<R, T> Pullback) Vjp<T, R, Aux>(Func<T, (R, Aux)> f, T x)
    {
        ArgumentNullException.ThrowIfNull(f);
        var (leaves, structure) = Tree.Flatten(x);
        RequireSomeFloat("Vjp", leaves);
        var flat = new FlatFunction<T, R, Aux>(f, structure);
        var (ys, derivative) = Linearization.Linearize(flat.Call, leaves);
        T Pullback(R cotangent)
        {
            var (given, shape) = Tree.Flatten(cotangent);
            if (!shape.Equals(flat.Output))
                throw new TreeMismatchException(
                    $"The pullback needs a cotangent of the structure of the value, {flat.Output}, but got {shape}."
                );
            var cts = new NDArray?[ys.Length];
            for (var i = 0; i < flat.Outputs; i++)
                cts[i] = ys[i].DType.IsFloat ? Like(given[i], ys[i].Aval, "The pullback's cotangent", i) : null;
            var pulled = derivative.Pull(cts);
            return Tree.Unflatten<T>(structure, [.. pulled.Select((ct, i) => ct ?? Ops.ZerosLike(leaves[i]))]);
        }
        return (flat.Value(ys[..flat.Outputs]), flat.Auxiliary(ys), Pullback);
    }

    /// <summary>Value, auxiliary results and gradient of a function with a real scalar value.</summary>
    internal static (NDArray Value, Aux Aux, T Grad) Gradient<T, Aux>(string transform, Func<T, (NDArray, Aux)> f, T x)
    {
        RequireFloats(transform, x);
        var (value, aux, pullback) = Vjp(f, x);
        if (value is null)
            throw new ScalarOutputException($"{transform} needs a function whose value is a real scalar, but it returned null.");
        if (value.Rank != 0 || !value.DType.IsFloat)
            throw new ScalarOutputException(
                $"{transform} needs a function whose value is a real scalar, but it is {value.Aval}. "
                    + (
                        value.DType.IsFloat
                            ? "Reduce it, for example with Sum or Mean, or use JacRev or Vjp."
                            : "Convert it to a floating-point type."
                    )
            );
        return (value, aux, pullback(Ops.OnesLike(value)));
    }

    internal static void RequireFloats<T>(string transform, T x)
    {
        foreach (var (path, leaf) in Tree.LeavesWithPath(x))
            if (!leaf.DType.IsFloat)
                throw new IntegerInputException(
                    $"{transform} differentiates with respect to floating-point arrays, but the input{(path.Length > 0 ? $" at `{path}`" : "")} is {leaf.Aval}. "
                        + "Convert it, or pass what is not differentiated as a later argument."
                );
    }

    /// <summary>Of several arrays some may be integers, which have no derivative; not all.</summary>
    internal static void RequireSomeFloat(string transform, NDArray[] xs, bool orNone = true)
    {
        if ((xs.Length > 0 || !orNone) && !Array.Exists(xs, x => x.DType.IsFloat))
            throw new IntegerInputException(
                $"{transform} needs a floating-point input to differentiate with respect to, but got {(xs.Length == 0 ? "none" : string.Join(", ", xs.Select(x => x.Aval)))}. "
                    + "Write 3.0 for 3, or convert an array with AsType(DType.Float64)."
            );
    }

    /// <summary>A tangent or cotangent in the type it must have.</summary>
    internal static NDArray Like(NDArray given, Aval wanted, string what, int leaf)
    {
        if (given.Shape != wanted.Shape || !given.DType.IsFloat && !given.Aval.Weak)
            throw new ShapeException(
                $"{what} (leaf {leaf}) must be {wanted.Strong}, like the value it belongs to, but it is {given.Aval}."
            );
        return Ops.ConvertTo(given, wanted.DType, false);
    }
}
