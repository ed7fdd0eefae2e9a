using System.Runtime.CompilerServices;
using Spectre.Console;

namespace Autodiff.Examples;

/// <summary>A program of this folder.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Shows">What it shows, in a line.</param>
/// <param name="Run">Runs it.</param>
/// <param name="Tour">Whether the tour runs it: it takes a moment and needs no data.</param>
sealed record Example(string Name, string Shows, Action Run, bool Tour = false)
{
    public static readonly Example[] All =
    [
        new("arange", "lazy ranges, loop carries, Map against Jit, a gradient", Ranges.Run, Tour: true),
        new("compose", "Grad, Vmap, Jvp, Hessian and Jit nested in any order; the IR", Composition.Run, Tour: true),
        new("loops", "Scan with a record as carry; reverse mode through WhileLoop", Carries.Run, Tour: true),
        new("rules", "a derivative rule of one's own, and its check", Rules.Run, Tour: true),
        new("checks", "CheckGrads and FsCheck catching a wrong rule", Checks.Run),
        new("orbit", "Newton's method through a WhileLoop that stops on an event", Orbit.Run),
        new("digits", "a network trained on handwritten digits; gradients of single images", Digits.Run),
        new("rnn", "a recurrent network learning through a Scan of 500 steps", Recurrent.Run),
        new("regression", "ridge regression; its penalty found by the derivative through training", Regression.Run),
        new("tumours", "logistic regression by Newton's method, the Hessian as a function", Tumours.Run),
    ];

    /// <summary>Prints an expression as it is written, and its value.</summary>
    public static void Show(object value, [CallerArgumentExpression(nameof(value))] string expression = "")
    {
        AnsiConsole.MarkupLineInterpolated($"[blue]{expression}[/]");
        Console.WriteLine("    " + value.ToString()!.ReplaceLineEndings("\n    "));
    }
}
