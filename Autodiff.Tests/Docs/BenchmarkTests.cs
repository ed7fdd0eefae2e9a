using System.Reflection;
using Autodiff.Benchmarks;
using BenchmarkDotNet.Attributes;

namespace Autodiff.Tests.Docs;

/// <summary>Every benchmark runs once, twice over with one result, so that none measures an error.</summary>
public sealed class BenchmarkTests
{
    public static TheoryData<string, string> Benchmarks =>
        [
            .. from type in typeof(FaceBenchmarks).Assembly.GetExportedTypes()
            from method in type.GetMethods()
            where method.IsDefined(typeof(BenchmarkAttribute))
            select (type.FullName!, method.Name),
        ];

    [Theory]
    [MemberData(nameof(Benchmarks))]
    public void Runs(string type, string method)
    {
        var benchmarks = Activator.CreateInstance(typeof(FaceBenchmarks).Assembly.GetType(type)!)!;
        NDArray Call() => (NDArray)benchmarks.GetType().GetMethod(method)!.Invoke(benchmarks, null)!;
        Assert.True(Ops.ArrayEqual(Call(), Call()));
    }
}
