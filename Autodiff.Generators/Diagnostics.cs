using Microsoft.CodeAnalysis;

namespace Autodiff.Generators;

/// <summary>What the analyzers can say; AnalyzerReleases.Unshipped.md lists the same rules.</summary>
static class Diagnostics
{
    const string Category = "Autodiff";

    public static readonly DiagnosticDescriptor NotPartial = new(
        "AD0001",
        "A [PyTree] type must be partial",
        "'{0}' is marked [PyTree] but is not partial; add 'partial' so that the generator can implement IPyTree",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true
    );

    public static readonly DiagnosticDescriptor ChildIsNoTree = new(
        "AD0002",
        "A child of a [PyTree] type must be a tree",
        "'{0}.{1}' has type '{2}', which is not a tree; make it an NDArray or a tree of them, or mark it [Static]",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true
    );

    public static readonly DiagnosticDescriptor NumberLeaf = new(
        "AD0003",
        "A C# number given to a transform is not traced",
        "'{0}' is called with a {1} leaf, which is not traced: every such call throws; make it an NDArray "
            + "(for example by `NDArray init = 1` or by a record of NDArrays)",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true
    );

    public static readonly DiagnosticDescriptor NoTree = new(
        "AD0004",
        "A transform takes and gives trees of arrays",
        "'{0}' is not a tree of arrays; add [PyTree] and partial to it, or use tuples, arrays, lists or dictionaries of NDArray",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true
    );

    public static readonly DiagnosticDescriptor NotConstructible = new(
        "AD0006",
        "A [PyTree] type must be constructible from its children",
        "'{0}' is marked [PyTree] but cannot be put together from its children: {1}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true
    );
}
