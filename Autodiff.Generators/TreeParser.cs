using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Autodiff.Generators;

/// <summary>From symbols to the model. What cannot be generated gives null here, and <see cref="TreeTypeAnalyzer"/> says why.</summary>
static class TreeParser
{
    static readonly SymbolDisplayFormat FullyQualified = SymbolDisplayFormat.FullyQualifiedFormat.AddMiscellaneousOptions(
        SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier
    );

    static readonly SymbolDisplayFormat Unrooted = FullyQualified.WithGlobalNamespaceStyle(SymbolDisplayGlobalNamespaceStyle.Omitted);

    public static TreeModel? Parse(INamedTypeSymbol type)
    {
        var shape = TreeShape.Of(type);
        if (shape.Obstacle is not null || !TreeShape.IsPartial(type))
            return null;
        var nesting = TreeShape.Containers(type).Reverse().Append(type).ToList();
        var space = type.ContainingNamespace.IsGlobalNamespace ? null : type.ContainingNamespace.ToDisplayString(Unrooted);
        var file = string.Join("+", nesting.Select(level => level.MetadataName));
        return new(
            // A file name may hold the '`' and '+' of metadata, but not the '@' of an escaped keyword.
            HintName: (space is null ? file : $"{space}.{file}").Replace("@", "") + ".g.cs",
            Namespace: space,
            Declarations: new([.. nesting.Select(Declaration)]),
            Type: type.ToDisplayString(FullyQualified),
            Arguments: Children(shape.Arguments),
            Members: Children(shape.Members)
        );
    }

    static EquatableArray<ChildModel> Children(ImmutableArray<TreeChild> children) =>
        new([
            .. children.Select(child => new ChildModel(
                child.Member.Name,
                Identifier(child.Member.Name),
                child.Type.ToDisplayString(FullyQualified),
                child.IsStatic
            )),
        ]);

    static string Declaration(INamedTypeSymbol type)
    {
        var keyword = (type.TypeKind, type.IsRecord) switch
        {
            (TypeKind.Struct, true) => "record struct",
            (TypeKind.Struct, false) => "struct",
            (TypeKind.Interface, _) => "interface",
            (_, true) => "record",
            _ => "class",
        };
        var parameters = type.TypeParameters.Select(parameter => Identifier(parameter.Name)).ToList();
        return $"partial {keyword} {Identifier(type.Name)}{(parameters.Count == 0 ? "" : $"<{string.Join(", ", parameters)}>")}";
    }

    static string Identifier(string name) =>
        SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None && SyntaxFacts.GetContextualKeywordKind(name) == SyntaxKind.None
            ? name
            : "@" + name;
}
