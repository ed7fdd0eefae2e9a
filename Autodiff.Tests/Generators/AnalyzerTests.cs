using System.Collections.Immutable;
using Autodiff.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Autodiff.Tests;

/// <summary>What the analyzers say of programs that would fail, or silently not be traced.</summary>
public class AnalyzerTests
{
    const string Usings = """
        using System;
        using System.Collections.Generic;
        using Autodiff;
        using static Autodiff.Ops;
        using static Autodiff.Transform;

        """;

    static readonly CSharpParseOptions Parsing = new(LanguageVersion.CSharp14);

    static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    static async Task<string[]> Said(string source)
    {
        var compilation = CSharpCompilation.Create(
            "analyzed",
            [CSharpSyntaxTree.ParseText(Usings + source, Parsing)],
            References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable)
        );
        CSharpGeneratorDriver
            .Create([new PyTreeGenerator().AsSourceGenerator()], parseOptions: Parsing)
            .RunGeneratorsAndUpdateCompilation(compilation, out var generated, out _);
        ImmutableArray<DiagnosticAnalyzer> analyzers = [new TreeTypeAnalyzer(), new TransformCallAnalyzer()];
        var diagnostics = await generated.WithAnalyzers(analyzers).GetAnalyzerDiagnosticsAsync();
        return [.. diagnostics.Select(d => $"{d.Id}: {d.GetMessage()}").Order()];
    }

    [Theory]
    [InlineData("[PyTree] public sealed record Mlp(NDArray W);", "AD0001: 'Mlp' is marked [PyTree] but is not partial")]
    [InlineData(
        "[PyTree] public sealed partial record Mlp(NDArray W, double Rate);",
        "AD0002: 'Mlp.Rate' has type 'double', which is not a tree"
    )]
    [InlineData("[PyTree] public abstract partial record Mlp(NDArray W);", "AD0006: 'Mlp' is marked [PyTree] but cannot be put together")]
    [InlineData(
        "class C { object F() => WhileLoop(((int, int) c) => c.Item1 < 3, c => c, (0, 1)); }",
        "AD0003: 'WhileLoop' is called with a C# int leaf, which is not traced"
    )]
    [InlineData(
        "class Plain { public NDArray W = 1.0; } class C { object F() => Grad((Plain p) => p.W * p.W); }",
        "AD0004: 'Plain' is not a tree of arrays; add [PyTree] and partial"
    )]
    [InlineData("class C { object F() => Jit((string name) => Ones(3)); }", "AD0004: 'string' is not a tree of arrays")]
    public async Task What_is_not_a_tree_is_said(string source, string expected)
    {
        var said = await Said(source);
        Assert.Contains(said, s => s.StartsWith(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void What_always_throws_is_an_error() =>
        Assert.All(
            new TransformCallAnalyzer().SupportedDiagnostics.Concat(new TreeTypeAnalyzer().SupportedDiagnostics),
            d => Assert.Equal(DiagnosticSeverity.Error, d.DefaultSeverity)
        );

    [Theory]
    [InlineData("class C { object F() => Tree.Reduce((n, x) => n + x.Size, (Ones(2), Ones(3)), 0L); }")]
    [InlineData("[PyTree] public sealed partial record Mlp(NDArray W, [property: Static] double Rate, List<NDArray> Rest);")]
    [InlineData("class C { object F() => WhileLoop(c => c.Item1 < 3, c => (c.Item1 + 1, c.Item2), (0, Ones(2))); }")]
    [InlineData("class C { object F() => Vmap(Grad(x => x * Sin(x)))([1.0, 2.0]); }")]
    [InlineData("class C { object F() => ForiLoop(0, 10, (i, total) => total + i, init: 0); }")]
    [InlineData("class C { object F() => Grad((Dictionary<string, NDArray> p) => p[\"a\"].Sum()); }")]
    public async Task What_is_a_tree_is_left_in_peace(string source) => Assert.Empty(await Said(source));
}
