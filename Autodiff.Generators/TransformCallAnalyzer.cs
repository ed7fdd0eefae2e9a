using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Autodiff.Generators;

/// <summary>
/// Checks what the type parameters of <c>Transform</c> and <c>Tree</c> are called with. They carry no constraint, since tuples could not
/// meet one; so this says what a constraint would have said.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TransformCallAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Diagnostics.NumberLeaf, Diagnostics.NoTree];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterOperationAction(
            operation => Analyze(operation, ((IInvocationOperation)operation.Operation).TargetMethod),
            OperationKind.Invocation
        );
        context.RegisterOperationAction(
            operation => Analyze(operation, ((IMethodReferenceOperation)operation.Operation).Method),
            OperationKind.MethodReference
        );
    }

    static void Analyze(OperationAnalysisContext context, IMethodSymbol method)
    {
        if (
            !method.IsGenericMethod
            || method.DeclaredAccessibility != Accessibility.Public
            || !AutodiffNames.TakesTrees(method.ContainingType)
        )
            return;
        var strangers = method
            .TypeParameters.Zip(method.TypeArguments, TreesOf)
            .SelectMany(trees => trees)
            .SelectMany(TreeTypes.Strangers)
            .Distinct<ITypeSymbol>(SymbolEqualityComparer.Default);
        foreach (var stranger in strangers)
        {
            var location = NameOf(context.Operation.Syntax).GetLocation();
            var shown = stranger.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);
            context.ReportDiagnostic(
                TreeTypes.IsNumber(stranger)
                    ? Diagnostic.Create(Diagnostics.NumberLeaf, location, method.Name, $"C# {shown}")
                    : Diagnostic.Create(Diagnostics.NoTree, location, shown)
            );
        }
    }

    /// <summary>
    /// A type parameter stands for a tree, or (constrained to Delegate) for a function from trees to a tree; but for TResult, which Tree.Reduce folds leaves
    /// into, and which may be anything.
    /// </summary>
    static IEnumerable<ITypeSymbol> TreesOf(ITypeParameterSymbol parameter, ITypeSymbol argument)
    {
        if (parameter.Name == "TResult")
            return [];
        if (!parameter.ConstraintTypes.Any(constraint => constraint.SpecialType == SpecialType.System_Delegate))
            return [argument];
        return argument is INamedTypeSymbol { DelegateInvokeMethod: { } invoke }
            ? [.. invoke.Parameters.Select(p => p.Type), invoke.ReturnType]
            : [];
    }

    // A call with its lambdas may run over a page; its name is enough to underline.
    static SyntaxNode NameOf(SyntaxNode syntax) =>
        syntax switch
        {
            InvocationExpressionSyntax call => NameOf(call.Expression),
            MemberAccessExpressionSyntax access => access.Name,
            _ => syntax,
        };
}
