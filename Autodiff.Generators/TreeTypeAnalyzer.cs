using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Autodiff.Generators;

/// <summary>Says why a [PyTree] type cannot be generated (AD0001, AD0006) and which of its children are no trees (AD0002).</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TreeTypeAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [Diagnostics.NotPartial, Diagnostics.ChildIsNoTree, Diagnostics.NotConstructible];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSymbolAction(Analyze, SymbolKind.NamedType);
    }

    static void Analyze(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        var mark = type.GetAttributes().FirstOrDefault(attribute => attribute.Is(AutodiffNames.PyTreeAttribute));
        if (mark is null)
            return;

        // The declaration that bears the mark: another part, perhaps generated, is no place for a message.
        var declaration = mark
            .ApplicationSyntaxReference?.GetSyntax(context.CancellationToken)
            .FirstAncestorOrSelf<TypeDeclarationSyntax>();
        var location = declaration?.Identifier.GetLocation() ?? type.Locations[0];
        if (!TreeShape.IsPartial(type))
            context.ReportDiagnostic(Diagnostic.Create(Diagnostics.NotPartial, location, type.Name));

        var shape = TreeShape.Of(type);
        if (shape.Obstacle is not null)
            context.ReportDiagnostic(Diagnostic.Create(Diagnostics.NotConstructible, location, type.Name, shape.Obstacle));

        foreach (var child in shape.Children.Where(child => !child.IsStatic && !TreeTypes.IsTree(child.Type)))
        {
            var inherited = !SymbolEqualityComparer.Default.Equals(child.Member.ContainingType, type);
            var at = inherited ? location : child.Member.Locations[0];
            var shown = child.Type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);
            context.ReportDiagnostic(Diagnostic.Create(Diagnostics.ChildIsNoTree, at, type.Name, child.Member.Name, shown));
        }
    }
}
