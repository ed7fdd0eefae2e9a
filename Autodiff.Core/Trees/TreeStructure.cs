namespace Autodiff;

/// <summary>The structure of a tree without its leaves. Two trees of one type are of one structure if their lists of tokens are equal.</summary>
public sealed class TreeStructure : IEquatable<TreeStructure>
{
    internal static readonly object Leaf = new LeafToken("*");
    internal static readonly object None = new LeafToken("null");

    readonly Type type;

    internal TreeStructure(Type type, object?[] tokens)
    {
        this.type = type;
        Tokens = tokens;
        foreach (var t in tokens)
            if (ReferenceEquals(t, Leaf))
                LeafCount++;
    }

    internal object?[] Tokens { get; }

    /// <summary>The number of leaves.</summary>
    public int LeafCount { get; }

    public bool Equals(TreeStructure? other)
    {
        if (ReferenceEquals(this, other))
            return true;
        return other is not null && type == other.type && HasTokens(other.Tokens);
    }

    internal bool HasTokens(ReadOnlySpan<object?> tokens)
    {
        if (Tokens.Length != tokens.Length)
            return false;
        for (var i = 0; i < tokens.Length; i++)
            if (!ReferenceEquals(Tokens[i], tokens[i]) && !Equals(Tokens[i], tokens[i]))
                return false;
        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as TreeStructure);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(type);
        foreach (var t in Tokens)
            hash.Add(t);
        return hash.ToHashCode();
    }

    public override string ToString() => $"{PyTree.NameOf(type)}({string.Join(", ", Tokens)})";

    sealed record LeafToken(string Text)
    {
        public override string ToString() => Text;
    }
}
