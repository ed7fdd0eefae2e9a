using Microsoft.CodeAnalysis;

namespace Autodiff.Generators;

/// <summary>The members of a type that can be children: its readable instance properties and public fields.</summary>
static class TreeMembers
{
    /// <summary>Inherited members first, then in declaration order; what a derived type hides or overrides is left out.</summary>
    public static IReadOnlyList<ISymbol> Of(INamedTypeSymbol type)
    {
        var names = new HashSet<string>();
        var levels = new Stack<List<ISymbol>>();
        for (var level = type; level is not null; level = level.BaseType)
            levels.Push([.. level.GetMembers().Where(member => CanRead(member, type) && names.Add(member.Name))]);
        return [.. levels.SelectMany(members => members)];
    }

    public static ITypeSymbol TypeOf(ISymbol member) => member is IPropertySymbol property ? property.Type : ((IFieldSymbol)member).Type;

    static bool CanRead(ISymbol member, INamedTypeSymbol type) =>
        member switch
        {
            { IsStatic: true } => false,
            IPropertySymbol { IsIndexer: false, GetMethod: { } get } property => property.ExplicitInterfaceImplementations.IsEmpty
                && IsReachable(get, type),
            IFieldSymbol { AssociatedSymbol: null, DeclaredAccessibility: Accessibility.Public } => true,
            _ => false,
        };

    public static bool CanSet(ISymbol member, INamedTypeSymbol type) =>
        member switch
        {
            IPropertySymbol property => property.SetMethod is { } set && IsReachable(set, type),
            IFieldSymbol field => !field.IsReadOnly,
            _ => false,
        };

    /// <summary>Whether the value of a member is state of its own. A required one counts, for an initializer must set it.</summary>
    public static bool IsStored(ISymbol member) => member is not IPropertySymbol property || property.IsRequired || IsAuto(property);

    // Metadata does not show private backing fields; there a setter has to do as evidence.
    static bool IsAuto(IPropertySymbol property) =>
        property.DeclaringSyntaxReferences.IsEmpty
            ? !property.IsAbstract
            : property
                .ContainingType.GetMembers()
                .OfType<IFieldSymbol>()
                .Any(field =>
                    SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol?.OriginalDefinition, property.OriginalDefinition)
                );

    static bool IsReachable(ISymbol member, INamedTypeSymbol type) =>
        SymbolEqualityComparer.Default.Equals(member.ContainingType, type)
        || member.DeclaredAccessibility switch
        {
            Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal => true,
            Accessibility.Internal or Accessibility.ProtectedAndInternal => SymbolEqualityComparer.Default.Equals(
                member.ContainingAssembly,
                type.ContainingAssembly
            ),
            _ => false,
        };
}
