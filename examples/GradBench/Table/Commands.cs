using System.Text.Json;

namespace Autodiff.GradBench;

/// <summary>What the tool does besides answering an eval: to measure, and to make a table of that.</summary>
static class Commands
{
    const string Page = "docs/gradbench.md";

    const string Usage = """
        Without arguments the tool answers an eval on stdin. Else:
          measure FILE.json                       time the evals whose inputs need no data files, and write the times
          table FILE.json [--rivals RIVALS.json]  write docs/gradbench.md from such times, and from those of other tools
        """;

    public static int Run(string[] arguments)
    {
        try
        {
            switch (arguments)
            {
                case ["measure", var file]:
                    using (var stream = File.Create(file))
                        JsonSerializer.Serialize(stream, Measuring.All(Console.Error), Indented);
                    return 0;
                case ["table", var file]:
                    File.WriteAllText(Page, Table.Of(Read<Measurement>(file), []));
                    return 0;
                case ["table", var file, "--rivals", var rivals]:
                    File.WriteAllText(Page, Table.Of(Read<Measurement>(file), Read<RivalMeasurement>(rivals)));
                    return 0;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
        Console.Error.WriteLine(Usage);
        return 2;
    }

    static JsonSerializerOptions Indented { get; } = new(Json.Options) { WriteIndented = true };

    static T[] Read<T>(string file) => JsonSerializer.Deserialize<T[]>(File.ReadAllText(file), Json.Options)!;
}
