using Microsoft.CodeAnalysis;

namespace Autodiff.Generators;

/// <summary>The types of Autodiff, and how a symbol is compared with them: by name, since this assembly references none of them.</summary>
static class AutodiffNames
{
    public const string PyTreeAttribute = "Autodiff.PyTreeAttribute";
    public const string StaticAttribute = "Autodiff.StaticAttribute";
    public const string TreeInterface = "Autodiff.IPyTree`1";
    public const string NDArray = "Autodiff.NDArray";

    /// <summary>The namespace and metadata name of a type that is not nested, as in <c>System.Collections.Generic.List`1</c>.</summary>
    public static string? FullName(ITypeSymbol type) =>
        type is not INamedTypeSymbol { ContainingType: null } ? null
        : type.ContainingNamespace is { IsGlobalNamespace: false } space ? $"{space.ToDisplayString()}.{type.MetadataName}"
        : type.MetadataName;

    /// <summary>Whether the type parameters of a type's methods stand for trees, or for functions of trees.</summary>
    public static bool TakesTrees(INamedTypeSymbol type) =>
        type.Name is "Transform" or "Tree" && FullName(type) is "Autodiff.Transform" or "Autodiff.Tree";

    public static bool Has(this ISymbol symbol, string attribute) => symbol.GetAttributes().Any(a => a.Is(attribute));

    public static bool Is(this AttributeData data, string attribute) => data.AttributeClass is { } type && FullName(type) == attribute;
}
