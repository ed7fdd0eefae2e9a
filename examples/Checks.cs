using FsCheck;
using FsCheck.Fluent;
using Spectre.Console;

namespace Autodiff.Examples;

/// <summary>A wrong derivative rule, as one is easily written, and the two ways to find it out.</summary>
static class Checks
{
    public static void Run()
    {
        NDArray Softplus(NDArray x) => Log(1 + Exp(x));
        var right = CustomVjp(Softplus, forward: x => (Softplus(x), x), backward: (x, ct) => ct / (1 + Exp(-x)));
        var wrong = CustomVjp(Softplus, forward: x => (Softplus(x), x), backward: (x, ct) => ct / (1 + Exp(x)));

        foreach (var (name, f) in new[] { ("right", right), ("wrong", wrong) })
        {
            AnsiConsole.MarkupLineInterpolated($"[bold]the {name} rule[/]");
            Report("CheckGrads", () => CheckGrads(f, order: 2, at: [0.5, -1.0]));
            Report("FsCheck", () => Check.One(Settings, Prop.ForAll(Points, x => GrowsAsItsDerivativeSays(f, x))));
        }
    }

    // Any property of a function can be checked on points that FsCheck makes up; what fails is made simple.
    static bool GrowsAsItsDerivativeSays(Func<NDArray, NDArray> f, double x)
    {
        const double Step = 1e-5;
        var slope = (double)(f(x + Step) - f(x - Step)) / (2 * Step);
        return Math.Abs((double)Grad(f)(x) - slope) < 1e-6;
    }

    static Arbitrary<double> Points => Arb.From(Gen.Choose(-200, 200).Select(i => i / 10.0), x => x == 0 ? [] : [Math.Truncate(x / 2)]);

    static Config Settings => Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithReplay(1, 3);

    static void Report(string check, Action run)
    {
        try
        {
            run();
            AnsiConsole.MarkupLineInterpolated($"  [green]{check} passes[/]");
        }
        catch (Exception error) when (error is GradCheckException || error.Message.StartsWith("Falsifiable", StringComparison.Ordinal))
        {
            AnsiConsole.MarkupLineInterpolated($"  [red]{check} fails[/]");
            var lines = error.Message.Split('\n').TakeWhile(line => !line.StartsWith("with exception", StringComparison.Ordinal));
            Console.WriteLine("    " + string.Join("\n    ", lines));
        }
    }
}
