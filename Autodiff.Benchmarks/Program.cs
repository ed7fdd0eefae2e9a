using Autodiff.Benchmarks;
using BenchmarkDotNet.Running;
using Spectre.Console.Cli;

switch (args)
{
    case ["face"]:
        FaceTimes.Print();
        return 0;
    case ["figures", .. var options]:
        var figures = new CommandApp<FiguresCommand>();
        figures.Configure(c => c.SetApplicationName("dotnet run -c Release --project Autodiff.Benchmarks -- figures").UseStrictParsing());
        return figures.Run(options);
    case [FirstCompile.Argument]:
        return FirstCompile.Print();
    default:
        BenchmarkSwitcher.FromAssembly(typeof(FaceBenchmarks).Assembly).Run(args);
        return 0;
}
