using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Autodiff.Generators;

/// <summary>Implements <c>Autodiff.IPyTree</c> for each <c>[PyTree]</c> type.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class PyTreeGenerator : IIncrementalGenerator
{
    /// <summary>The name of the step whose caching a test can watch.</summary>
    public const string TreesStep = "Trees";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var trees = context
            .SyntaxProvider.ForAttributeWithMetadataName(
                AutodiffNames.PyTreeAttribute,
                static (node, _) => node is TypeDeclarationSyntax,
                static (found, _) => TreeParser.Parse((INamedTypeSymbol)found.TargetSymbol)
            )
            .Where(static model => model is not null)
            .WithTrackingName(TreesStep);
        context.RegisterSourceOutput(trees, static (output, model) => output.AddSource(model!.HintName, TreeEmitter.Emit(model)));
    }
}
