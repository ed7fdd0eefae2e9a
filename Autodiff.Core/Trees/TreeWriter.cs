namespace Autodiff;

/// <summary>Collects the leaves of a tree and its structure: a list of tokens that two trees of one structure share.</summary>
public sealed class TreeWriter
{
    readonly List<NDArray> leaves = [];
    readonly List<object?> tokens = [];
    readonly List<string>? paths;
    readonly Stack<string>? prefix;

    internal TreeWriter(bool withPaths = false)
    {
        if (withPaths)
        {
            paths = [];
            prefix = new Stack<string>([""]);
        }
    }

    internal ReadOnlySpan<NDArray> Leaves => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(leaves);
    internal IReadOnlyList<string> Paths => paths ?? [];

    internal NDArray[] TakeLeaves() => [.. leaves];

    internal TreeStructure TakeStructure(Type type) => new(type, [.. tokens]);

    /// <summary>Whether what was written has the structure, without making one.</summary>
    internal bool Matches(TreeStructure structure) => structure.HasTokens(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(tokens));

    internal void Clear()
    {
        leaves.Clear();
        tokens.Clear();
    }

    /// <summary>Writes a child. <paramref name="key"/> names it in errors: <c>.Name</c> for a field, <c>[2]</c> for an element.</summary>
    public void Write<T>(string key, T value)
    {
        prefix?.Push(prefix.Peek() + key);
        PyTree<T>.Default.Flatten(value, this);
        prefix?.Pop();
    }

    /// <summary>Writes a part of the structure that is not an array; it is compared by equality.</summary>
    public void Static<T>(T value) => tokens.Add(value);

    internal void Leaf(NDArray? leaf)
    {
        tokens.Add(leaf is null ? TreeStructure.None : TreeStructure.Leaf);
        if (leaf is null)
            return;
        leaves.Add(leaf);
        paths?.Add(prefix!.Peek());
    }
}

/// <summary>Reads a tree back from leaves and a structure.</summary>
public sealed class TreeReader
{
    readonly IReadOnlyList<NDArray> leaves;
    readonly TreeStructure structure;
    int leaf;
    int token;

    internal TreeReader(TreeStructure structure, IReadOnlyList<NDArray> leaves)
    {
        if (leaves.Count != structure.LeafCount)
            throw new TreeMismatchException(
                $"This structure has {structure.LeafCount} leaves, but {leaves.Count} were given: {structure}. Pass one array for each leaf."
            );
        this.leaves = leaves;
        this.structure = structure;
    }

    /// <summary>Reads the next child.</summary>
    public T Read<T>() => PyTree<T>.Default.Unflatten(this);

    /// <summary>Reads what <see cref="TreeWriter.Static"/> wrote.</summary>
    public T Static<T>() => (T)structure.Tokens[token++]!;

    internal NDArray? Leaf() => ReferenceEquals(structure.Tokens[token++], TreeStructure.None) ? null : leaves[leaf++];
}
