using BenchmarkDotNet.Running;

if (args is ["face"])
    Autodiff.Benchmarks.FaceTimes.Print();
else
    BenchmarkSwitcher.FromAssembly(typeof(Autodiff.Benchmarks.FaceBenchmarks).Assembly).Run(args);
