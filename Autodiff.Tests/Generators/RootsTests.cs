using System.Diagnostics.CodeAnalysis;
using Autodiff.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Autodiff.Tests;

/// <summary>What a program that is compiled ahead of time tells the library of its trees and functions.</summary>
public class RootsTests
{
    const string Source = """
        using System;
        using System.Collections.Generic;
        using Autodiff;
        using static Autodiff.Ops;
        using static Autodiff.Transform;

        [PyTree] public partial record Layer(NDArray W, (NDArray B, NDArray C) Rest);
        [PyTree] public partial record struct Model(List<Layer> Layers, [property: Static] string Name);
        public delegate NDArray Loss(Model model, NDArray x);

        public static class Program
        {
            static (Model, NDArray) Step(Model model, NDArray x) => (model, x.Sum());
            static T Generic<T>(Func<T, NDArray> f, T x) => Grad(f)(x);
            [PyTree] private partial record Hidden(NDArray W);

            public static void Main()
            {
                _ = Jit(Step);
                _ = Jit<Loss>((model, x) => x);
                _ = Vmap((NDArray x) => (x * 1, (x * 2, x * 3)));
                _ = Grad(((NDArray, NDArray)[] pairs) => pairs[0].Item1);
                _ = Scan((c, q) => (c + q, c), Zeros(3), Ones(2, 3));
                _ = Tree.Leaves(new Dictionary<string, (NDArray, NDArray)>());
                _ = Generic((Hidden h) => h.W, new Hidden(1.0));
                Console.WriteLine(1);
            }
        }
        """;

    static readonly string[] Expected =
    [
        "FunctionRoots.Function<Func<Model, NDArray, (Model, NDArray)>, Model, NDArray, (Model, NDArray)>();",
        "FunctionRoots.Function<Loss, Model, NDArray, NDArray>();",
        "FunctionRoots.Function<Func<NDArray, (NDArray, (NDArray, NDArray))>, NDArray, (NDArray, (NDArray, NDArray))>();",
        "TreeRoots.Record<Model>();",
        "TreeRoots.Record<Layer>();",
        "TreeRoots.List<Layer>();",
        "TreeRoots.Tuple<NDArray, NDArray>();",
        "TreeRoots.Tuple<NDArray, (NDArray, NDArray)>();",
        "TreeRoots.Tuple<Model, NDArray>();",
        "TreeRoots.Array<(NDArray, NDArray)>();",
        "TreeRoots.Dictionary<Dictionary<string, (NDArray, NDArray)>, (NDArray, NDArray)>();",
    ];

    static (Microsoft.CodeAnalysis.Compilation Program, string Roots) Generate(bool aheadOfTime)
    {
        var parsing = new CSharpParseOptions(LanguageVersion.CSharp14);
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path));
        var program = CSharpCompilation.Create("rooted", [CSharpSyntaxTree.ParseText(Source, parsing)], references);
        var driver = CSharpGeneratorDriver
            .Create(
                [new PyTreeGenerator().AsSourceGenerator(), new RootsGenerator().AsSourceGenerator()],
                parseOptions: parsing,
                optionsProvider: new Options(aheadOfTime)
            )
            .RunGeneratorsAndUpdateCompilation(program, out var generated, out _);
        var roots = driver.GetRunResult().Results.SelectMany(r => r.GeneratedSources).Where(s => s.HintName == "Autodiff.Roots.g.cs");
        return (generated, string.Concat(roots.Select(s => s.SourceText)));
    }

    [Fact]
    public void Every_tree_and_function_that_can_be_named_is()
    {
        var (program, roots) = Generate(aheadOfTime: true);
        Assert.Empty(program.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        var plain = roots
            .Replace("global::", "")
            .Replace("System.Collections.Generic.", "")
            .Replace("System.", "")
            .Replace("Autodiff.", "");
        Assert.All(Expected, call => Assert.Contains(call, plain));
        Assert.DoesNotContain("Hidden", plain);
    }

    [Fact]
    public void Other_programs_are_left_as_they_are() => Assert.Empty(Generate(aheadOfTime: false).Roots);

    [Fact]
    public void What_is_named_works_like_what_reflection_finds()
    {
        TreeRoots.Tuple<NDArray, (NDArray, NDArray)>();
        TreeRoots.List<(NDArray, NDArray)>();
        TreeRoots.Dictionary<SortedDictionary<string, NDArray[]>, NDArray[]>();
        FunctionRoots.Function<Func<NDArray, (NDArray, (NDArray, NDArray))>, NDArray, (NDArray, (NDArray, NDArray))>();
        var (a, (b, c)) = Transform.Jit((NDArray x) => (x, (2 * x, 3 * x)))(5.0);
        Assert.Equal((5.0, 10.0, 15.0), ((double)a, (double)b, (double)c));
        Assert.Equal(4, Tree.Leaves(new List<(NDArray, NDArray)> { (1.0, 2.0), (3.0, 4.0) }).Length);
        var sorted = Tree.Map(x => x + 1, new SortedDictionary<string, NDArray[]> { ["b"] = [1.0], ["a"] = [2.0, 3.0] });
        Assert.Equal([3.0, 4.0, 2.0], Tree.Leaves(sorted).Select(x => (double)x));
    }

    sealed class Options(bool aheadOfTime) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Global(aheadOfTime);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;

        sealed class Global(bool aheadOfTime) : AnalyzerConfigOptions
        {
            public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value) =>
                (value = aheadOfTime && key == RootsGenerator.AheadOfTime ? "true" : null) is not null;
        }
    }
}
