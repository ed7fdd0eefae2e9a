using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using Autodiff.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Autodiff.Tests.Docs;

/// <summary>
/// The C# blocks of a Markdown file as programs that are compiled and run. What a <c>Console.WriteLine(…);</c> prints must be what the
/// comment at its end says; a comment of several lines goes on below at the same column.
/// </summary>
sealed class DocProgram
{
    const string SystemUsings = """
        using System;
        using System.Collections.Generic;
        using System.Diagnostics;
        using System.Linq;

        """;

    const string Usings = """
        using Autodiff;
        using static Autodiff.Ops;
        using static Autodiff.Transform;

        """;

    // A type in the global namespace hides System.Console: what a program prints is known by line, and programs do not disturb each other.
    const string Recorder = """
        public static class Console
        {
            public static readonly System.Collections.Generic.List<(int Line, string Text)> Written = [];

            public static void WriteLine(object value, [System.Runtime.CompilerServices.CallerLineNumber] int line = 0) =>
                Written.Add((line, value.ToString()!));
        }
        """;

    static readonly CSharpParseOptions Parsing = new(LanguageVersion.CSharp14);

    static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    readonly string file;
    readonly StringBuilder usings = new(SystemUsings);
    readonly StringBuilder statements = new();
    readonly StringBuilder types = new();
    readonly List<(int Line, string Text)> expected = [];

    DocProgram(string file, string prelude = "")
    {
        this.file = file;
        statements.AppendLine(prelude);
    }

    /// <summary>The files that are programs, beside the test assembly.</summary>
    public static string Folder => Path.Combine(AppContext.BaseDirectory, "docs");

    /// <summary>Each block of a file as a program of its own.</summary>
    /// <param name="file">Its path in <see cref="Folder"/>.</param>
    /// <param name="prelude">Statements that a block leaves to its reader, for the text of the block.</param>
    public static IEnumerable<DocProgram> Each(string file, Func<string, string>? prelude = null)
    {
        foreach (var (line, block) in Blocks(file))
        {
            var program = new DocProgram(file, prelude?.Invoke(block) ?? "");
            program.usings.Append(Usings);
            program.Add(line, block);
            yield return program;
        }
    }

    /// <summary>All blocks of a file as one program, which says what it uses.</summary>
    public static DocProgram Whole(string file)
    {
        var program = new DocProgram(file);
        foreach (var (line, block) in Blocks(file))
            program.Add(line, block);
        return program;
    }

    /// <summary>Compiles and runs the program and compares what it prints.</summary>
    /// <param name="remarks">Comments that are not what the line prints.</param>
    public void Check(params string[] remarks)
    {
        var written = Run();
        var wrong = new StringBuilder();
        foreach (var (line, text) in expected.Where(e => !remarks.Contains(e.Text)))
        {
            var actual = written.Where(w => w.Line == line).Select(w => w.Text).FirstOrDefault() ?? "nothing";
            if (Unified(actual) != Unified(text))
                wrong.AppendLine($"{file}({line}) printed\n{actual}\nbut should print\n{text}");
        }
        Assert.True(wrong.Length == 0, wrong.ToString());
    }

    List<(int Line, string Text)> Run()
    {
        var compilation = CSharpCompilation.Create(
            $"{Path.GetFileNameWithoutExtension(file)}-{Guid.NewGuid():N}",
            [Parse($"{usings}{statements}"), Parse($"{usings}{types}"), Parse(Recorder)],
            References,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable)
        );
        CSharpGeneratorDriver
            .Create([new PyTreeGenerator().AsSourceGenerator()], parseOptions: Parsing)
            .RunGeneratorsAndUpdateCompilation(compilation, out var generated, out var problems, TestContext.Current.CancellationToken);
        using var image = new MemoryStream();
        var result = generated.Emit(image, cancellationToken: TestContext.Current.CancellationToken);
        var errors = problems.Concat(result.Diagnostics).Where(d => d.Severity == DiagnosticSeverity.Error);
        Assert.True(result.Success, $"{file} does not compile:\n{string.Join('\n', errors)}");

        image.Position = 0;
        var assembly = new AssemblyLoadContext(null, isCollectible: false).LoadFromStream(image);
        try
        {
            assembly.EntryPoint!.Invoke(null, assembly.EntryPoint.GetParameters().Length == 0 ? [] : [Array.Empty<string>()]);
        }
        catch (TargetInvocationException e) when (e.InnerException is { } inner)
        {
            throw new InvalidOperationException($"{file} fails: {inner.Message}", inner);
        }
        return (List<(int, string)>)assembly.GetType("Console")!.GetField("Written")!.GetValue(null)!;
    }

    // Statements go before types, as C# wants them, and keep their lines.
    void Add(int line, string block)
    {
        var root = (CompilationUnitSyntax)CSharpSyntaxTree.ParseText(block, Parsing).GetRoot();
        foreach (var directive in root.Usings)
            usings.Append(directive.ToFullString());
        foreach (var member in root.Members)
        {
            var target = member is GlobalStatementSyntax ? statements : types;
            var first = line + member.SyntaxTree.GetLineSpan(member.FullSpan).StartLinePosition.Line;
            target.AppendLine().AppendLine($"#line {first} \"{file}\"").Append(member.ToFullString());
        }
        var lines = block.Split('\n');
        foreach (var call in root.DescendantNodes().OfType<ExpressionStatementSyntax>())
            if (
                call.Expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access }
                && access.ToString() == "Console.WriteLine"
            )
            {
                var start = call.GetLocation().GetLineSpan().StartLinePosition.Line;
                var end = call.GetLocation().GetLineSpan().EndLinePosition.Line;
                if (Comment(lines, end) is { } text)
                    expected.Add((line + start, text));
            }
    }

    // The comment behind a statement, and those that go on below it at the same column.
    static string? Comment(string[] lines, int line)
    {
        var column = lines[line].LastIndexOf("// ", StringComparison.Ordinal);
        if (column <= 0)
            return null;
        var text = lines[line][(column + 3)..];
        while (++line < lines.Length && lines[line].Trim().StartsWith("//", StringComparison.Ordinal) && lines[line].IndexOf('/') == column)
            text += "\n" + lines[line][(column + 3)..];
        return text;
    }

    static SyntaxTree Parse(string text) => CSharpSyntaxTree.ParseText(text, Parsing, path: "");

    static string Unified(string text) => string.Join('\n', text.Split('\n').Select(l => l.TrimEnd()));

    static IEnumerable<(int Line, string Text)> Blocks(string file)
    {
        var lines = File.ReadAllLines(Path.Combine(Folder, file));
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i] != "```csharp")
                continue;
            var first = i + 1;
            while (lines[++i] != "```") { }
            yield return (first + 1, string.Join('\n', lines[first..i]));
        }
    }
}
