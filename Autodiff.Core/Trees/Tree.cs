namespace Autodiff;

/// <summary>
/// Operations on trees of arrays: an NDArray, a tuple, a <see cref="PyTreeAttribute"/> record, an array, a list or a dictionary of trees. A
/// null leaf is kept as part of the structure.
/// </summary>
public static class Tree
{
    /// <summary>The leaves, in order, and the structure that puts them together again.</summary>
    public static (NDArray[] Leaves, TreeStructure Structure) Flatten<T>(T tree)
    {
        var writer = new TreeWriter();
        PyTree<T>.Default.Flatten(tree, writer);
        return (writer.TakeLeaves(), writer.TakeStructure(typeof(T)));
    }

    /// <summary>The tree of structure <paramref name="structure"/> with these leaves.</summary>
    /// <exception cref="TreeMismatchException">There are more or fewer leaves than the structure has.</exception>
    public static T Unflatten<T>(TreeStructure structure, IReadOnlyList<NDArray> leaves) =>
        PyTree<T>.Default.Unflatten(new TreeReader(structure, leaves));

    /// <summary>The leaves, in order.</summary>
    public static NDArray[] Leaves<T>(T tree) => Flatten(tree).Leaves;

    /// <summary>The structure without the leaves.</summary>
    public static TreeStructure Structure<T>(T tree) => Flatten(tree).Structure;

    /// <summary>The leaves with their paths, such as <c>.Layers[0].W</c>.</summary>
    public static (string Path, NDArray Leaf)[] LeavesWithPath<T>(T tree)
    {
        var writer = new TreeWriter(withPaths: true);
        PyTree<T>.Default.Flatten(tree, writer);
        return [.. writer.Paths.Zip(writer.TakeLeaves())];
    }

    /// <summary>The tree of what <paramref name="f"/> gives for each leaf.</summary>
    public static T Map<T>(Func<NDArray, NDArray> f, T tree)
    {
        var (leaves, structure) = Flatten(tree);
        return Unflatten<T>(structure, Array.ConvertAll(leaves, x => f(x)));
    }

    /// <summary>The tree of what <paramref name="f"/> gives for each pair of corresponding leaves.</summary>
    /// <exception cref="TreeMismatchException">The trees differ in structure.</exception>
    public static T Map<T>(Func<NDArray, NDArray, NDArray> f, T a, T b)
    {
        var (x, structure) = Flatten(a);
        var y = LeavesLike(structure, b, "second");
        return Unflatten<T>(structure, [.. x.Select((leaf, i) => f(leaf, y[i]))]);
    }

    /// <summary>The tree of what <paramref name="f"/> gives for each triple of corresponding leaves.</summary>
    /// <exception cref="TreeMismatchException">The trees differ in structure.</exception>
    public static T Map<T>(Func<NDArray, NDArray, NDArray, NDArray> f, T a, T b, T c)
    {
        var (x, structure) = Flatten(a);
        var y = LeavesLike(structure, b, "second");
        var z = LeavesLike(structure, c, "third");
        return Unflatten<T>(structure, [.. x.Select((leaf, i) => f(leaf, y[i], z[i]))]);
    }

    /// <summary>The tree of what <paramref name="f"/> gives for the path and the value of each leaf.</summary>
    public static T MapWithPath<T>(Func<string, NDArray, NDArray> f, T tree)
    {
        var structure = Structure(tree);
        return Unflatten<T>(structure, [.. LeavesWithPath(tree).Select(p => f(p.Path, p.Leaf))]);
    }

    /// <summary>Folds the leaves, in order.</summary>
    public static TResult Reduce<T, TResult>(Func<TResult, NDArray, TResult> f, T tree, TResult seed) => Leaves(tree).Aggregate(seed, f);

    static NDArray[] LeavesLike<T>(TreeStructure structure, T tree, string which)
    {
        var (leaves, other) = Flatten(tree);
        return structure.Equals(other)
            ? leaves
            : throw new TreeMismatchException($"Tree.Map needs trees of one structure: the first is {structure}, the {which} is {other}.");
    }
}
