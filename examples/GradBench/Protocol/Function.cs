using System.Diagnostics;
using System.Text.Json;

namespace Autodiff.GradBench;

/// <summary>A function of a module, compiled by Jit and timed as the protocol asks.</summary>
abstract class Function
{
    /// <summary>Runs it on an input as often as the input's min_runs and min_seconds demand.</summary>
    public abstract (JsonElement Output, IReadOnlyList<Timing> Timings) Evaluate(JsonElement input);

    /// <summary>A function whose argument is the eval's input and whose result is its output.</summary>
    public static Function Of<T, R>(Func<T, R> f) => Of(static (T input) => input, f);

    /// <summary>One whose argument is prepared from the eval's input, which is no part of the time.</summary>
    public static Function Of<TInput, T, R>(Func<TInput, T> prepare, Func<T, R> f) => Of(prepare, f, static result => result);

    /// <summary>Likewise, one of whose result <paramref name="report"/> takes what the eval wants to see.</summary>
    public static Function Of<TInput, T, R, TOutput>(Func<TInput, T> prepare, Func<T, R> f, Func<R, TOutput> report) =>
        new TimedFunction<TInput, T, R, TOutput>(prepare, Jit(f), report);
}

sealed class TimedFunction<TInput, T, R, TOutput>(Func<TInput, T> prepare, Func<T, R> jitted, Func<R, TOutput> report) : Function
{
    public override (JsonElement Output, IReadOnlyList<Timing> Timings) Evaluate(JsonElement input)
    {
        var (leastRuns, leastTime) = Demands(input);
        var clock = Stopwatch.StartNew();
        var argument = prepare(input.Deserialize<TInput>(Json.Options)!);
        List<Timing> timings = [Timing.Of("prepare", clock.Elapsed)];

        // The first call traces and compiles; it is no run.
        clock.Restart();
        var result = jitted(argument);
        timings.Add(Timing.Of("compile", clock.Elapsed));

        var spent = TimeSpan.Zero;
        for (var run = 0; run < leastRuns || spent < leastTime; run++)
        {
            clock.Restart();
            result = jitted(argument);
            var elapsed = clock.Elapsed;
            spent += elapsed;
            timings.Add(Timing.Of("evaluate", elapsed));
        }
        return (JsonSerializer.SerializeToElement(report(result), Json.Options), timings);
    }

    static (int Runs, TimeSpan Time) Demands(JsonElement input)
    {
        if (input.ValueKind != JsonValueKind.Object)
            return (1, TimeSpan.Zero);
        var runs = input.TryGetProperty("min_runs", out var least) ? least.GetInt32() : 1;
        var seconds = input.TryGetProperty("min_seconds", out var time) ? time.GetDouble() : 0;
        return (Math.Max(1, runs), TimeSpan.FromSeconds(seconds));
    }
}
