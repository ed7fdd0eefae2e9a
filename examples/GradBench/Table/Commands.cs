using System.Text.Json;

namespace Autodiff.GradBench;

/// <summary>What the tool does besides answering an eval: to make a table of what sessions measured.</summary>
static class Commands
{
    const string Page = "docs/gradbench.md";

    const string Usage = """
        Without arguments the tool answers an eval on stdin. Else:
          table LOG.jsonl …  write docs/gradbench.md from the logs of sessions, of this tool and of others
        """;

    public static int Run(string[] arguments)
    {
        if (arguments is not ["table", _, ..])
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }
        try
        {
            var measured = arguments[1..].SelectMany(Read).ToLookup(m => m.Tool == Session.Tool);
            File.WriteAllText(Page, Table.Of([.. measured[true]], [.. measured[false]]));
            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }

    static IEnumerable<Measurement> Read(string file)
    {
        try
        {
            return SessionLog.Read(File.ReadLines(file));
        }
        catch (JsonException e)
        {
            throw new JsonException($"{file} is not the log of a session. {e.Message}", e);
        }
    }
}
