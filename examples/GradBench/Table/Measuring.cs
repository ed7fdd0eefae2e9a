using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Autodiff.GradBench;

/// <summary>Times the workloads one after the other, on one thread.</summary>
static class Measuring
{
    const int LeastRuns = 5;
    const double LeastSeconds = 0.5;

    public static Measurement[] All(TextWriter progress)
    {
        ParallelLoop.MaxThreads = 1;
        var workloads = Workload.All;
        var measurements = new Measurement[workloads.Count];
        for (var i = 0; i < measurements.Length; i++)
        {
            var w = workloads[i];
            progress.Write($"[{i + 1, 2}/{measurements.Length}] {w.Eval} {w.Size} {w.Function} … ");
            progress.Flush();
            measurements[i] = Measure(w);
            progress.WriteLine($"{measurements[i].EvaluateMs:0.000} ms");
        }
        return measurements;
    }

    static Measurement Measure(Workload workload)
    {
        var module = Registry.Modules[workload.Eval];
        var input = JsonSerializer.SerializeToNode(workload.Input())!.AsObject();
        (input["min_runs"], input["min_seconds"]) = (LeastRuns, LeastSeconds);
        double? primal = workload.Primal is { } name ? Times(module.Function(name), input).Evaluate : null;
        var (evaluate, compile) = Times(module.Function(workload.Function), input);
        return new(workload.Eval, workload.Size, workload.Function, evaluate, compile, Processor, primal);
    }

    static (double Evaluate, double Compile) Times(Function function, JsonObject input)
    {
        var timings = function.Evaluate(JsonSerializer.SerializeToElement(input)).Timings.ToLookup(t => t.Name, t => t.Nanoseconds / 1e6);
        var runs = timings["evaluate"].Order().ToArray();
        return (runs[runs.Length / 2], timings["compile"].Single());
    }

    static string Processor { get; } =
        File.Exists("/proc/cpuinfo")
        && File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) is { } line
            ? line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
            : RuntimeInformation.ProcessArchitecture.ToString();
}
