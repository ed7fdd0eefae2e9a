using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Autodiff.Generators;

/// <summary>A child of a tree: a property, or a public field.</summary>
readonly record struct TreeChild(ISymbol Member, ITypeSymbol Type, bool IsStatic);

/// <summary>How a [PyTree] type comes apart and goes together again; the generator and the analyzer both read it.</summary>
/// <param name="Arguments">The children that the constructor takes, in its order.</param>
/// <param name="Members">The other children: those that an object initializer can set.</param>
/// <param name="Obstacle">Why the type cannot be put together, or null.</param>
sealed record TreeShape(ImmutableArray<TreeChild> Arguments, ImmutableArray<TreeChild> Members, string? Obstacle)
{
    public IEnumerable<TreeChild> Children => Arguments.Concat(Members);

    public static TreeShape Of(INamedTypeSymbol type)
    {
        var candidates = TreeMembers.Of(type);
        var choices = type
            .InstanceConstructors.Where(constructor => !IsCopyConstructor(constructor))
            .Select(constructor => new Choice(constructor, candidates))
            .ToList();

        // The primary constructor is the shape that its author wrote down. Without one: the constructor that restores
        // most of what cannot be set otherwise, and among those the one that does least.
        var primary = choices.FirstOrDefault(choice => IsPrimary(choice.Constructor));
        var best = choices
            .Where(choice => choice.Unmatched is null)
            .OrderByDescending(choice => choice.Arguments.Count(child => !TreeMembers.CanSet(child.Member, type)))
            .ThenBy(choice => choice.Arguments.Length)
            .FirstOrDefault();
        var chosen = primary ?? best ?? choices.FirstOrDefault();

        var arguments = chosen?.Arguments ?? [];
        var members = candidates
            .Where(member => TreeMembers.IsStored(member) && TreeMembers.CanSet(member, type))
            .Where(member => !arguments.Any(argument => SymbolEqualityComparer.Default.Equals(argument.Member, member)))
            .Select(member => new TreeChild(member, TreeMembers.TypeOf(member), member.Has(AutodiffNames.StaticAttribute)));
        return new(arguments, [.. members], ObstacleOf(type, chosen));
    }

    static string? ObstacleOf(INamedTypeSymbol type, Choice? chosen) =>
        type.IsStatic ? "it is static"
        : type.IsAbstract ? "it is abstract; mark the types derived from it instead"
        : type.IsRefLikeType ? "it is a ref struct; make it a struct"
        : type.IsFileLocal ? "it is file-local, and a partial type cannot span files then; make it internal"
        : Containers(type).FirstOrDefault(outer => !IsPartial(outer)) is { } outer
            ? $"its containing type '{outer.Name}' is not partial; add 'partial' to it"
        : chosen?.Unmatched is { } parameter
            ? $"its constructor parameter '{parameter.Name}' has no readable property or public field of that name and type; add one"
        : null;

    public static IEnumerable<INamedTypeSymbol> Containers(INamedTypeSymbol type)
    {
        for (var outer = type.ContainingType; outer is not null; outer = outer.ContainingType)
            yield return outer;
    }

    public static bool IsPartial(INamedTypeSymbol type) =>
        type.DeclaringSyntaxReferences.All(reference =>
            reference.GetSyntax() is TypeDeclarationSyntax declaration && declaration.Modifiers.Any(SyntaxKind.PartialKeyword)
        );

    static bool IsPrimary(IMethodSymbol constructor) =>
        constructor.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax() is TypeDeclarationSyntax);

    static bool IsCopyConstructor(IMethodSymbol constructor) =>
        constructor.ContainingType.IsRecord
        && constructor.Parameters.Length == 1
        && SymbolEqualityComparer.Default.Equals(constructor.Parameters[0].Type, constructor.ContainingType);

    /// <summary>A constructor, with the member that each of its parameters stands for.</summary>
    sealed class Choice
    {
        public IMethodSymbol Constructor { get; }
        public ImmutableArray<TreeChild> Arguments { get; }
        public IParameterSymbol? Unmatched { get; }

        public Choice(IMethodSymbol constructor, IReadOnlyList<ISymbol> candidates)
        {
            Constructor = constructor;
            var arguments = ImmutableArray.CreateBuilder<TreeChild>();
            foreach (var parameter in constructor.Parameters)
            {
                if (Match(parameter, candidates) is not { } member)
                {
                    Unmatched ??= parameter;
                    continue;
                }
                var isStatic = parameter.Has(AutodiffNames.StaticAttribute) || member.Has(AutodiffNames.StaticAttribute);
                arguments.Add(new(member, TreeMembers.TypeOf(member), isStatic));
            }
            Arguments = arguments.ToImmutable();
        }

        static ISymbol? Match(IParameterSymbol parameter, IReadOnlyList<ISymbol> candidates)
        {
            if (parameter.RefKind is RefKind.Ref or RefKind.Out)
                return null;
            var fitting = candidates.Where(member => SymbolEqualityComparer.Default.Equals(TreeMembers.TypeOf(member), parameter.Type));
            return fitting.FirstOrDefault(member => member.Name == parameter.Name)
                ?? fitting.FirstOrDefault(member => string.Equals(member.Name, parameter.Name, StringComparison.OrdinalIgnoreCase));
        }
    }
}
