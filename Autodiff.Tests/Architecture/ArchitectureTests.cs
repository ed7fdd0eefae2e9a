using System.Reflection;
using System.Xml.Linq;

namespace Autodiff.Tests;

/// <summary>The promises that the folders make to a reader.</summary>
public sealed class ArchitectureTests
{
    static readonly string[] Product = ["Autodiff.Core", "Autodiff.Transforms", "Autodiff.Generators", "Autodiff.Torch"];
    static readonly string[] Everything = [.. Product, "Autodiff.Tests", "Autodiff.Benchmarks", "examples"];

    /// <summary>Each folder and the folders that it may use besides itself.</summary>
    static readonly Dictionary<string, string[]> MayUse = new()
    {
        ["Core/Arrays"] = [],
        ["Core/Trees"] = ["Core/Arrays"],
        ["Core/Kernels"] = ["Core/Arrays"],
        ["Core/Tracing"] = ["Core/Arrays", "Core/Kernels"],
        ["Core/Ir"] = ["Core/Arrays", "Core/Kernels", "Core/Tracing"],
        ["Core/Primitives"] = ["Core/Arrays", "Core/Trees", "Core/Kernels", "Core/Tracing", "Core/Ir"],
        ["Core/Library"] = ["Core/Arrays", "Core/Trees", "Core/Kernels", "Core/Tracing", "Core/Ir", "Core/Primitives"],
    };

    [Fact]
    public void ImportsInsideCoreRunOneWay()
    {
        var files = SourceTree.Of("Autodiff.Core");
        var home = files
            .SelectMany(f => f.Declared.Select(name => (name, f.Folder)))
            .DistinctBy(d => d.name)
            .ToDictionary(d => d.name, d => d.Folder);
        // A word that names a member of the folder is taken for that member.
        var members = files.ToLookup(f => f.Folder, f => f.Members).ToDictionary(g => g.Key, g => g.SelectMany(m => m).ToHashSet());
        home["Ops"] = "Core/Primitives";
        var uses = (
            from file in files
            from word in file.Words
            where home.TryGetValue(word, out var folder) && folder != file.Folder && !members[file.Folder].Contains(word)
            select (file, word)
        ).ToArray();
        var wrong =
            from use in uses
            where MayUse.TryGetValue(use.file.Folder, out var allowed) && !allowed.Contains(home[use.word])
            select $"{use.file.Path} uses {use.word} of {home[use.word]}";
        Assert.Equal("", string.Join("\n", wrong));
        // The search is not blind.
        Assert.Contains(uses, u => u is { file.Folder: "Core/Ir", word: "ProgramBuilder" });
        Assert.Contains(uses, u => u is { file.Folder: "Core/Primitives", word: "Kernel" });
    }

    [Fact]
    public void EveryFolderOfCoreHasItsPlaceInTheOrder() =>
        Assert.Empty(SourceTree.Of("Autodiff.Core").Select(f => f.Folder).Distinct().Except(MayUse.Keys));

    [Fact]
    public void ThePrimitivesOfCoreAreInOneFolder() =>
        Assert.Empty(
            from file in SourceTree.Of("Autodiff.Core")
            where file.Folder is not ("Core/Primitives" or "Core/Tracing")
            where file.Text.Contains(" override Lowered Lower(", StringComparison.Ordinal)
            select $"{file.Path} declares a primitive"
        );

    [Fact]
    public void NoBackendIsNamedInTheAbstractions()
    {
        string[] abstractions = ["Core/Arrays", "Core/Trees", "Core/Tracing", "Core/Ir", "Core/Primitives", "Core/Library"];
        string[] backends = ["CpuDevice", "InterpreterDevice", "KernelCompiler", "Torch", "Cuda", "ILGenerator"];
        Assert.Empty(
            from file in SourceTree.Of("Autodiff.Core")
            where abstractions.Contains(file.Folder)
            from word in file.Words.Intersect(backends)
            select $"{file.Path} names {word}"
        );
    }

    [Fact]
    public void TransformsBuildOnOneAnother()
    {
        // Forward mode knows no reverse mode; neither knows loops or compilation.
        (string File, string[] Unknown)[] order =
        [
            ("Jvp.cs", ["Linearization", "Transposition", "ReverseMode", "Loops", "JitFunction"]),
            ("Linearize.cs", ["ReverseMode", "Loops", "JitFunction"]),
            ("Transposition.cs", ["ForwardMode", "Linearization", "ReverseMode", "Loops", "JitFunction"]),
            ("Vjp.cs", ["Loops", "JitFunction"]),
            ("Batching.cs", ["ForwardMode", "ReverseMode", "Loops", "JitFunction"]),
        ];
        var files = SourceTree.Of("Autodiff.Transforms").ToDictionary(f => Path.GetFileName(f.Path));
        Assert.Empty(order.SelectMany(o => files[o.File].Words.Intersect(o.Unknown).Select(word => $"{o.File} uses {word}")));
    }

    [Fact]
    public void FilesAreShort() =>
        Assert.Empty(
            from file in SourceTree.Of(Everything)
            let lines = file.Text.AsSpan().Count('\n')
            where lines > 400
            // One adapter for each arity, alike but for the arity.
            where file.Path != "Autodiff.Transforms/LiftArities.cs"
            select $"{file.Path} has {lines} lines"
        );

    [Fact]
    public void NothingIsLeftToDo() =>
        Assert.Empty(
            SourceTree
                .Of(Product)
                .Where(f => f.Text.Contains("TODO", StringComparison.Ordinal) || f.Text.Contains("FIXME", StringComparison.Ordinal))
                .Select(f => f.Path)
        );

    [Fact]
    public void NothingIsCalledUtilities() =>
        Assert.Empty(
            SourceTree
                .Of(Everything)
                .Select(f => f.Path)
                .Where(p => p.Contains("Util", StringComparison.Ordinal) || p.Contains("Helper", StringComparison.Ordinal))
        );

    [Fact]
    public void TheProductIsOneNamespace()
    {
        var namespaces = new[] { typeof(Ops).Assembly, typeof(Transform).Assembly }
            .SelectMany(a => a.GetExportedTypes())
            .Select(t => t.Namespace);
        Assert.Equal(["Autodiff"], namespaces.Distinct());
    }

    [Theory]
    [InlineData(typeof(Ops))]
    [InlineData(typeof(Transform))]
    public void PublicMethodsAreDocumented(Type face)
    {
        var documented = XDocument
            .Load(Path.ChangeExtension(face.Assembly.Location, ".xml"))
            .Descendants("member")
            .Where(m => m.Elements("summary").Any() || m.Elements("inheritdoc").Any())
            .Select(m => m.Attribute("name")!.Value.Split('(', '`')[0])
            .ToHashSet();
        var methods = face.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Select(m => m.Name)
            .Where(name => !name.StartsWith("op_", StringComparison.Ordinal));
        Assert.Empty(methods.Distinct().Where(name => !documented.Contains($"M:{face.FullName}.{name}")));
    }
}
