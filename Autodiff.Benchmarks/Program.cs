using BenchmarkDotNet.Running;

BenchmarkSwitcher.FromAssembly(typeof(Autodiff.Benchmarks.FaceBenchmarks).Assembly).Run(args);
