namespace Autodiff;

/// <summary>Marks a <c>partial</c> record, class or struct as a tree: the source generator implements <see cref="IPyTree{TSelf}"/> for it.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class PyTreeAttribute : Attribute;

/// <summary>
/// Marks a property of a <see cref="PyTreeAttribute"/> type as static: not a leaf but a part of the structure, compared by equality.
/// A change of its value makes another signature, so <c>Jit</c> traces again.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter | AttributeTargets.Field)]
public sealed class StaticAttribute : Attribute;

/// <summary>A type whose values are trees of arrays and which says itself how to take them apart and put them together.</summary>
/// <typeparam name="TSelf">The implementing type.</typeparam>
public interface IPyTree<TSelf>
    where TSelf : IPyTree<TSelf>
{
    /// <summary>Writes the children of <paramref name="value"/>, in declaration order.</summary>
    static abstract void Flatten(TSelf value, TreeWriter writer);

    /// <summary>Reads the children back, in the order in which <see cref="Flatten"/> wrote them.</summary>
    static abstract TSelf Unflatten(TreeReader reader);
}
