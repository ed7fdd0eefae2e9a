namespace Autodiff;

/// <summary>Reverse mode on trees: linearize, then transpose.</summary>
static class ReverseMode
{
    /// <summary>The value of f at x, auxiliary results, and the function from cotangents of the value to cotangents of x.</summary>
    internal static (R Value, Aux Aux, Func<R, T> Pullback) Vjp<T, R, Aux>(Func<T, (R, Aux)> f, T x)
    {
        ArgumentNullException.ThrowIfNull(f);
        var (leaves, structure) = Tree.Flatten(x);
        TreeStructure? outStructure = null,
            auxStructure = null;
        var outputs = 0;
        var (ys, derivative) = Linearization.Linearize(
            a =>
            {
                var (value, aux) = f(Tree.Unflatten<T>(structure, a));
                (var y, outStructure) = Tree.Flatten(value);
                (var extra, auxStructure) = Tree.Flatten(aux);
                outputs = y.Length;
                return [.. y, .. extra];
            },
            leaves
        );
        T Pullback(R cotangent)
        {
            var (given, given_) = Tree.Flatten(cotangent);
            if (!given_.Equals(outStructure))
                throw new TreeMismatchException(
                    $"The pullback needs a cotangent of the structure of the value, {outStructure}, but got {given_}."
                );
            var cts = new NDArray?[ys.Length];
            for (var i = 0; i < outputs; i++)
                cts[i] = ys[i].DType.IsFloat ? Like(given[i], ys[i].Aval, "The pullback's cotangent", i) : null;
            var pulled = derivative.Pull(cts);
            return Tree.Unflatten<T>(structure, [.. pulled.Select((ct, i) => ct ?? Ops.ZerosLike(leaves[i]))]);
        }
        return (Tree.Unflatten<R>(outStructure!, ys[..outputs]), Tree.Unflatten<Aux>(auxStructure!, ys[outputs..]), Pullback);
    }

    /// <summary>Value, auxiliary results and gradient of a function with a real scalar value.</summary>
    internal static (NDArray Value, Aux Aux, T Grad) Gradient<T, Aux>(string transform, Func<T, (NDArray, Aux)> f, T x)
    {
        RequireFloats(transform, x);
        var (value, aux, pullback) = Vjp(f, x);
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
