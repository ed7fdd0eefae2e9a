using Microsoft.CodeAnalysis;

namespace Autodiff.Generators;

/// <summary>Which types are trees of arrays. It must say what <c>PyTree&lt;T&gt;.Default</c> does at run time.</summary>
static class TreeTypes
{
    static readonly HashSet<string> Sequences =
    [
        "System.Collections.Generic.List`1",
        "System.Collections.Generic.IReadOnlyList`1",
        "System.Collections.Immutable.ImmutableArray`1",
    ];

    static readonly HashSet<string> Dictionaries =
    [
        "System.Collections.Generic.Dictionary`2",
        "System.Collections.Generic.IReadOnlyDictionary`2",
        "System.Collections.Generic.SortedDictionary`2",
    ];

    public static bool IsTree(ITypeSymbol type) => !Strangers(type).Any();

    /// <summary>The types within <paramref name="type"/> (or itself) that are not trees: none for a tree.</summary>
    public static IEnumerable<ITypeSymbol> Strangers(ITypeSymbol type) =>
        type switch
        {
            ITypeParameterSymbol or IErrorTypeSymbol => [], // unknown here, or already an error
            IArrayTypeSymbol { IsSZArray: true } array => Strangers(array.ElementType),
            INamedTypeSymbol named when IsArray(named) => [],
            INamedTypeSymbol named when PartsOf(named) is { } parts => parts.SelectMany(Strangers),
            _ => [type],
        };

    public static bool IsNumber(ITypeSymbol type) =>
        type.SpecialType
            is SpecialType.System_Boolean
                or SpecialType.System_SByte
                or SpecialType.System_Byte
                or SpecialType.System_Int16
                or SpecialType.System_UInt16
                or SpecialType.System_Int32
                or SpecialType.System_UInt32
                or SpecialType.System_Int64
                or SpecialType.System_UInt64
                or SpecialType.System_IntPtr
                or SpecialType.System_UIntPtr
                or SpecialType.System_Single
                or SpecialType.System_Double
                or SpecialType.System_Decimal
        || AutodiffNames.FullName(type) == "System.Half";

    static bool IsArray(INamedTypeSymbol type)
    {
        for (var level = type; level is not null; level = level.BaseType)
            if (AutodiffNames.FullName(level) == AutodiffNames.NDArray)
                return true;
        return false;
    }

    /// <summary>The types that must be trees for this one to be a tree, or null if it is no tree whatever they are.</summary>
    static IEnumerable<ITypeSymbol>? PartsOf(INamedTypeSymbol type)
    {
        if (type.Has(AutodiffNames.PyTreeAttribute))
            return ArgumentsOfChildren(type);
        if (type.AllInterfaces.Any(contract => IsOwnTree(contract, type)))
            return [];
        return AutodiffNames.FullName(type.OriginalDefinition) switch
        {
            null => null,
            "System.ValueTuple" => [],
            var name when name.StartsWith("System.ValueTuple`", StringComparison.Ordinal) => type.TypeArguments,
            var name when Sequences.Contains(name) => type.TypeArguments,
            var name when Dictionaries.Contains(name) && type.TypeArguments[0].SpecialType == SpecialType.System_String =>
            [
                type.TypeArguments[1],
            ],
            _ => null,
        };
    }

    static bool IsOwnTree(INamedTypeSymbol contract, INamedTypeSymbol type) =>
        AutodiffNames.FullName(contract.OriginalDefinition) == AutodiffNames.TreeInterface
        && SymbolEqualityComparer.Default.Equals(contract.TypeArguments[0], type);

    // The declaration of a [PyTree] type answers for its children, except for what a generic one is closed over:
    // Pair<double> is no tree. A type argument that only static children mention is free.
    static IEnumerable<ITypeSymbol> ArgumentsOfChildren(INamedTypeSymbol type)
    {
        if (!type.IsGenericType)
            return [];
        var children = TreeShape.Of(type.OriginalDefinition).Children.Where(child => !child.IsStatic).ToList();
        return type
            .TypeParameters.Zip(type.TypeArguments, (parameter, argument) => (parameter, argument))
            .Where(pair => children.Any(child => Mentions(child.Type, pair.parameter)))
            .Select(pair => pair.argument);
    }

    static bool Mentions(ITypeSymbol type, ITypeParameterSymbol parameter) =>
        type switch
        {
            IArrayTypeSymbol array => Mentions(array.ElementType, parameter),
            INamedTypeSymbol named => named.TypeArguments.Any(argument => Mentions(argument, parameter)),
            _ => SymbolEqualityComparer.Default.Equals(type, parameter),
        };
}
