using System.Runtime.CompilerServices;

namespace Autodiff;

public static partial class Transform
{
    /// <summary>
    /// The Jacobian by forward mode, one direction for each input: of shape [output…, input…]. Best where there are fewer inputs than outputs.
    /// </summary>
    [OverloadResolutionPriority(1)]
    public static Func<NDArray, NDArray> JacFwd(Func<NDArray, NDArray> f) => JacFwd<NDArray>(f);

    /// <summary>Likewise, with respect to the first argument.</summary>
    [OverloadResolutionPriority(1)]
    public static Func<NDArray, NDArray, NDArray> JacFwd(Func<NDArray, NDArray, NDArray> f) => (x, a) => JacFwd<NDArray>(y => f(y, a))(x);

    /// <summary>Likewise, with respect to the first argument.</summary>
    public static Func<T, A, T> JacFwd<T, A>(Func<T, A, NDArray> f) => (x, a) => JacFwd<T>(y => f(y, a))(x);

    /// <summary>The Jacobian by forward mode with respect to a tree: a tree of blocks of shape [output…, leaf…].</summary>
    public static Func<T, T> JacFwd<T>(Func<T, NDArray> f)
    {
        ArgumentNullException.ThrowIfNull(f);
        return x =>
        {
            ReverseMode.RequireFloats("JacFwd", x);
            var (leaves, structure) = Tree.Flatten(x);
            var blocks = leaves.Select(
                (leaf, k) =>
                {
                    NDArray Column(NDArray direction)
                    {
                        var tangents = new NDArray?[leaves.Length];
                        tangents[k] = direction;
                        var (ys, dys) = ForwardMode.Jvp(a => [f(Tree.Unflatten<T>(structure, a))], leaves, tangents);
                        RequireFloatValue("JacFwd", ys[0]);
                        return dys[0] ?? Ops.ZerosLike(ys[0]);
                    }
                    var columns = Vmap(Column)(Basis(leaf));
                    return Ops.ReshapeTo(Ops.MoveAxis(columns, 0, columns.Rank - 1), columns.Shape.Tail.Concat(leaf.Shape));
                }
            );
            return Tree.Unflatten<T>(structure, [.. blocks]);
        };
    }

    /// <summary>
    /// The Jacobian by reverse mode, one cotangent for each output: of shape [output…, input…]. Best where there are fewer outputs than inputs.
    /// </summary>
    [OverloadResolutionPriority(1)]
    public static Func<NDArray, NDArray> JacRev(Func<NDArray, NDArray> f) => JacRev<NDArray>(f);

    /// <summary>Likewise, with respect to the first argument.</summary>
    [OverloadResolutionPriority(1)]
    public static Func<NDArray, NDArray, NDArray> JacRev(Func<NDArray, NDArray, NDArray> f) => (x, a) => JacRev<NDArray>(y => f(y, a))(x);

    /// <summary>Likewise, with respect to the first argument.</summary>
    public static Func<T, A, T> JacRev<T, A>(Func<T, A, NDArray> f) => (x, a) => JacRev<T>(y => f(y, a))(x);

    /// <summary>The Jacobian by reverse mode with respect to a tree: a tree of blocks of shape [output…, leaf…].</summary>
    public static Func<T, T> JacRev<T>(Func<T, NDArray> f)
    {
        ArgumentNullException.ThrowIfNull(f);
        return x =>
        {
            ReverseMode.RequireFloats("JacRev", x);
            var (leaves, structure) = Tree.Flatten(x);
            var (value, derivative) = Linearization.Linearize(a => [f(Tree.Unflatten<T>(structure, a))], leaves);
            RequireFloatValue("JacRev", value[0]);
            var rows = Batching.Batch(
                ct => [.. derivative.Pull(ct).Select((c, i) => c ?? Ops.ZerosLike(leaves[i]))],
                checked((int)value[0].Size),
                [new(Basis(value[0]), true)]
            );
            var blocks = rows.Select((r, i) => Ops.ReshapeTo(r.Materialize((int)value[0].Size), value[0].Shape.Concat(leaves[i].Shape)));
            return Tree.Unflatten<T>(structure, [.. blocks]);
        };
    }

    /// <summary>The matrix of second derivatives, of shape [output…, input…, input…]: forward over reverse mode.</summary>
    public static Func<NDArray, NDArray> Hessian(Func<NDArray, NDArray> f) => JacFwd(JacRev(f));

    /// <summary>Likewise, with respect to the first argument.</summary>
    [OverloadResolutionPriority(1)]
    public static Func<NDArray, NDArray, NDArray> Hessian(Func<NDArray, NDArray, NDArray> f) => (x, a) => Hessian(y => f(y, a))(x);

    /// <summary>Likewise, with respect to the first argument.</summary>
    public static Func<NDArray, A, NDArray> Hessian<A>(Func<NDArray, A, NDArray> f) => (x, a) => Hessian(y => f(y, a))(x);

    static void RequireFloatValue(string transform, NDArray value)
    {
        if (!value.DType.IsFloat)
            throw new DTypeException($"{transform} needs a function with a floating-point value, but it is {value.Aval}.");
    }

    // The unit directions of x, one a row.
    static NDArray Basis(NDArray x)
    {
        var n = checked((int)x.Size);
        var eye = Ops.Equal(Ops.Iota(DType.Int64, [n, n], 0), Ops.Iota(DType.Int64, [n, n], 1));
        return Ops.ReshapeTo(Ops.AsType(eye, x.DType), x.Shape.Prepend(n));
    }
}
