namespace Autodiff.Tests.Docs;

/// <summary>Every C# block of the documentation compiles, runs, and prints what it says.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public void Readme() => CheckEach("README.md");

    [Fact]
    public void Face()
    {
        var programs = DocProgram.Each(
            "face.md",
            block => block.Contains("xs: forces", StringComparison.Ordinal) ? "var forces = Ones(100, 3);" : ""
        );
        foreach (var program in programs)
            program.Check("the IR, readable");
    }

    [Fact]
    public void Adding_a_primitive() => DocProgram.Whole("adding-a-primitive.md").Check();

    [Fact]
    public void From_scratch() => DocProgram.Whole("from-scratch.md").Check();

    [Fact]
    public void Architecture() => CheckEach("architecture.md");

    [Fact]
    public void No_page_is_left_out() =>
        Assert.Equal(
            ["README.md", "adding-a-primitive.md", "architecture.md", "face.md", "from-scratch.md"],
            Directory
                .EnumerateFiles(DocProgram.Folder, "*.md", SearchOption.AllDirectories)
                .Where(f => File.ReadAllText(f).Contains("```csharp", StringComparison.Ordinal))
                .Select(f => Path.GetRelativePath(DocProgram.Folder, f))
                .Order(StringComparer.Ordinal)
        );

    static void CheckEach(string file)
    {
        foreach (var program in DocProgram.Each(file))
            program.Check();
    }
}
