using Microsoft.CodeAnalysis;

namespace Autodiff.Generators;

/// <summary>The calls that make the trees and functions of a program known.</summary>
sealed class Roots(Compilation compilation)
{
    const int MostArguments = 8;

    readonly HashSet<ITypeSymbol> seen = new(SymbolEqualityComparer.Default);
    readonly SortedSet<string> calls = new(StringComparer.Ordinal);

    public IEnumerable<string> Calls => calls;

    /// <summary>What a call of a transform needs: each type argument is a tree, or a function from trees to a tree.</summary>
    public void AddCall(IMethodSymbol method)
    {
        foreach (var argument in method.TypeArguments)
            Add(argument);
        foreach (var parameter in method.Parameters)
            if (parameter.Type.TypeKind == TypeKind.Delegate)
                Add(parameter.Type);
        if (method.ReturnType.TypeKind == TypeKind.Delegate)
            Add(method.ReturnType);
    }

    void Add(ITypeSymbol type)
    {
        if (!IsKnown(type) || !seen.Add(type))
            return;
        if (type is IArrayTypeSymbol { ElementType: var element })
        {
            Add(element);
            Call("TreeRoots.Array", element);
        }
        else if (type is INamedTypeSymbol named)
            Add(named);
    }

    void Add(INamedTypeSymbol type)
    {
        if (type.DelegateInvokeMethod is { } invoke)
        {
            ITypeSymbol[] trees = [.. invoke.Parameters.Select(p => p.Type), invoke.ReturnType];
            if (invoke.ReturnsVoid || trees.Length > MostArguments + 1 || !trees.All(TreeTypes.IsTree))
                return;
            AddAll(trees);
            Call("FunctionRoots.Function", [type, .. trees]);
        }
        else if (!TreeTypes.IsTree(type))
            return;
        else if (type.Has(AutodiffNames.PyTreeAttribute))
        {
            AddAll(TreeShape.Of(type).Children.Where(child => !child.IsStatic).Select(child => child.Type));
            Call("TreeRoots.Record", type);
        }
        else if (
            type.IsTupleType
            || AutodiffNames.FullName(type.OriginalDefinition)?.StartsWith("System.ValueTuple`", StringComparison.Ordinal) == true
        )
        {
            var parts = (type.TupleUnderlyingType ?? type).TypeArguments;
            AddAll(parts);
            Call("TreeRoots.Tuple", [.. parts]);
        }
        else if (type.TypeArguments.Length == 1)
        {
            var element = type.TypeArguments[0];
            Add(element);
            if (type.Name is "List" or "ImmutableArray" or "IReadOnlyList")
                Call($"TreeRoots.{type.Name.Replace("IReadOnly", "ReadOnly")}", element);
        }
        else if (type.TypeArguments.Length == 2 && type.Name.EndsWith("Dictionary", StringComparison.Ordinal))
        {
            Add(type.TypeArguments[1]);
            Call("TreeRoots.Dictionary", type, type.TypeArguments[1]);
        }
        else if (type.AllInterfaces.Any(contract => AutodiffNames.FullName(contract.OriginalDefinition) == AutodiffNames.TreeInterface))
            Call("TreeRoots.Record", type);
    }

    void AddAll(IEnumerable<ITypeSymbol> types)
    {
        foreach (var type in types)
            Add(type);
    }

    void Call(string method, params ITypeSymbol[] arguments)
    {
        if (arguments.All(IsKnown))
            calls.Add(
                $"global::Autodiff.{method}<{string.Join(", ", arguments.Select(a => a.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat)))}>();"
            );
    }

    /// <summary>Whether generated code can name a type.</summary>
    bool IsKnown(ITypeSymbol type) =>
        type switch
        {
            IArrayTypeSymbol { IsSZArray: true } array => IsKnown(array.ElementType),
            INamedTypeSymbol { IsAnonymousType: false, IsFileLocal: false, TypeKind: not TypeKind.Error } named => named.TypeArguments.All(
                IsKnown
            ) && compilation.IsSymbolAccessibleWithin(named, compilation.Assembly),
            _ => false,
        };
}
