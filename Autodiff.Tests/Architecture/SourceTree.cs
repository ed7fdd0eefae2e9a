using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Autodiff.Tests;

/// <summary>A source file of the product: where it stands, what it declares, and the words of its code.</summary>
public sealed partial record SourceFile(string Path, string Text)
{
    /// <summary>The project and folder, such as <c>Core/Kernels</c>; of a nested folder, the outermost.</summary>
    public string Folder { get; } = FolderOf(Path);

    /// <summary>The types that the file declares at its top level.</summary>
    public IEnumerable<string> Declared =>
        TopLevelType().Matches(Text).Select(m => m.Groups["name"].Value).Where(name => name is not ("Ops" or "NDArray" or "Transform"));

    /// <summary>The names of the members that the file declares, and of the parameters of records.</summary>
    public IEnumerable<string> Members => Member().Matches(Code).Select(m => m.Groups["name"].Value);

    /// <summary>The identifiers of the code; comments and strings are left out, and so is what follows a point.</summary>
    public HashSet<string> Words => [.. Word().Matches(Code).Select(m => m.Value)];

    string Code => NotCode().Replace(Text, " ");

    static string FolderOf(string path)
    {
        var parts = path.Split('/');
        var project = parts[0].Replace("Autodiff.", "", StringComparison.Ordinal);
        return parts.Length > 2 ? $"{project}/{parts[1]}" : project;
    }

    // Nested types are indented.
    [GeneratedRegex(
        @"^(?:(?:public|internal|static|sealed|abstract|readonly|partial|file|ref) )*"
            + @"(?:class|struct|enum|interface|record(?: struct)?|delegate \w+) (?<name>\w+)",
        RegexOptions.Multiline
    )]
    private static partial Regex TopLevelType();

    [GeneratedRegex(
        @"(?<!\b(?:new|is|as|not|or|and|return|typeof|record|class|struct|interface|enum))(?<=[\w>\]?)])"
            + @" (?<name>[A-Z]\w*)(?:<\w+>)?(?= =>|\s+\{| =|[;,()])|^\s+(?<name>[A-Z]\w*)(?: = \w+)?,",
        RegexOptions.Multiline
    )]
    private static partial Regex Member();

    [GeneratedRegex(@"(?<!\.)\b[A-Za-z_]\w*\b")]
    private static partial Regex Word();

    [GeneratedRegex("//[^\n]*|\"(?:[^\"\\\\\n]|\\\\.)*\"")]
    private static partial Regex NotCode();
}

public static class SourceTree
{
    static readonly string Root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", ".."));

    /// <summary>The source files of some projects, without what builds generate.</summary>
    public static IReadOnlyList<SourceFile> Of(params string[] projects) =>
        [
            .. projects
                .Select(p => Path.Combine(Root, p))
                .Where(Directory.Exists)
                .SelectMany(p => Directory.EnumerateFiles(p, "*.cs", SearchOption.AllDirectories))
                .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
                .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(file => new SourceFile(file, File.ReadAllText(Path.Combine(Root, file)))),
        ];

    static string Here([CallerFilePath] string path = "") => path;
}
