namespace Autodiff;

/// <summary>A stage of compilation that can be printed.</summary>
enum Stage
{
    /// <summary>The primitives that were staged.</summary>
    Jaxpr,

    /// <summary>The steps to which they were lowered.</summary>
    Program,

    /// <summary>The loop nests of the optimised program.</summary>
    Kernels,

    /// <summary>What they cost.</summary>
    Cost,

    /// <summary>The plan of their buffers.</summary>
    Memory,
}

/// <summary>
/// Prints the stages of functions as they are compiled: those that the environment variable <c>AUTODIFF_PRINT</c> names, in lower case and
/// separated by commas, or <c>all</c>.
/// </summary>
static class StagePrinter
{
    const string Variable = "AUTODIFF_PRINT";

    static readonly HashSet<Stage> Asked = Parse(Environment.GetEnvironmentVariable(Variable));

    internal static void Print(Stage stage, string function, Func<string> text)
    {
        if (Asked.Contains(stage))
            Console.Error.WriteLine($"# {NameOf(stage)} of {function}\n{text().TrimEnd()}\n");
    }

    // A wrong name must not stop a program that would run without it.
    static HashSet<Stage> Parse(string? names)
    {
        var asked = new HashSet<Stage>();
        foreach (var name in (names ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            if (name == "all")
                asked.UnionWith(Enum.GetValues<Stage>());
            else if (Array.FindIndex(Enum.GetValues<Stage>(), s => NameOf(s) == name) is >= 0 and var found)
                asked.Add(Enum.GetValues<Stage>()[found]);
            else
                Console.Error.WriteLine(
                    $"warning: {Variable} does not know the stage '{name}'. "
                        + $"Name some of {string.Join(", ", Enum.GetValues<Stage>().Select(NameOf))}, or all."
                );
        return asked;
    }

    static string NameOf(Stage stage) => stage.ToString().ToLowerInvariant();
}
