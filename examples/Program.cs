using System.Diagnostics;
using Autodiff.Examples;
using Spectre.Console;

return args switch
{
    [] => Run([.. Example.All.Where(e => e.Tour)]),
    ["all"] => Run(Example.All),
    ["list"] => List(),
    [var name] when Array.Find(Example.All, e => e.Name == name) is { } example => Run([example]),
    [var name] => Refuse($"There is no example '{name}'."),
    _ => Refuse($"One name is enough, but got {args.Length}."),
};

static int Run(Example[] examples)
{
    foreach (var example in examples)
    {
        AnsiConsole.Write(new Rule($"[bold]{example.Name}[/]: {example.Shows}").LeftJustified());
        var watch = Stopwatch.StartNew();
        example.Run();
        AnsiConsole.MarkupLineInterpolated($"[grey]{watch.Elapsed.TotalSeconds:0.0} s[/]");
        AnsiConsole.WriteLine();
    }
    return examples.Length > 1 ? List() : 0;
}

static int List()
{
    var table = new Table().AddColumns("name", "shows");
    foreach (var example in Example.All)
        table.AddRow(example.Name, example.Shows);
    AnsiConsole.Write(table);
    AnsiConsole.WriteLine("dotnet run -c Release --project examples -- NAME runs one, all runs all.");
    return 0;
}

static int Refuse(string why)
{
    Console.Error.WriteLine($"{why} The examples are {string.Join(", ", Example.All.Select(e => e.Name))}; also: list, all.");
    return 2;
}
