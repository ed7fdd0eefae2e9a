namespace Autodiff;

/// <summary>A function from a tree to a value and auxiliary results, on flat arrays: it gives the leaves of both, and knows after a call which are which.</summary>
sealed class FlatFunction<T, R, Aux>(Func<T, (R, Aux)> f, TreeStructure input)
{
    TreeStructure? auxiliary;

    /// <summary>The structure of the value.</summary>
    internal TreeStructure? Output { get; private set; }

    /// <summary>The number of leaves of the value.</summary>
    internal int Outputs => Output!.LeafCount;

    internal NDArray[] Call(NDArray[] leaves)
    {
        var (value, aux) = f(Tree.Unflatten<T>(input, leaves));
        (var ys, Output) = Tree.Flatten(value);
        (var extra, auxiliary) = Tree.Flatten(aux);
        return [.. ys, .. extra];
    }

    internal R Value(IReadOnlyList<NDArray> leaves) => Tree.Unflatten<R>(Output!, leaves);

    internal Aux Auxiliary(NDArray[] results) => Tree.Unflatten<Aux>(auxiliary!, results[Outputs..]);
}
