using System.Globalization;
using System.Text;

namespace Autodiff.Tests.Accuracy;

/// <summary>docs/accuracy.md.</summary>
static class AccuracyPage
{
    /// <summary>Names the file to be written.</summary>
    internal const string Variable = "AUTODIFF_ACCURACY_PAGE";

    const string Head = """
        # Accuracy

        The largest error found of each elementary function, in units in the last place (ULP) of the exact result: half a ULP is the best that
        rounding allows. *Arrays* are computed in vectors, by polynomials that are part of the loop; *scalars* one at a time in a compiled
        loop, where the runtime's function is taken if it is as fast and as accurate; the *interpreter* takes the runtime's functions and some
        of its own. Scalars and interpreter depend on the platform's library; these figures are of Linux.

        The promise is 2 ULP for arrays and scalars, with two exceptions: `lgamma` and `digamma` on the negative axis, where two terms cancel next
        to the zeros. Their errors are in ULP of the larger of |f(x)| and |f(1 − x)|. The interpreter may take some more. Points are a sample: a
        rare f32 argument of `tan`, `sigmoid` or `lgamma` between them is known to exceed the promise a little, and so is an f64 argument of `tanh`: 2.13 was
        found.

        They are spread over usual ranges and over all binades, and lie around zeros, poles, thresholds and changes of method. Zeros,
        denormal numbers, infinities and NaN must come out as they should, or the error counts as infinite. Angles may be as large as the
        type allows. `pow` and `atan2` take pairs.

        The exact values are computed with 192 bits by `Autodiff.Tests/Accuracy`, whose tests also check this table. This writes it:

            AUTODIFF_ACCURACY_PAGE=docs/accuracy.md dotnet run -c Release --project Autodiff.Tests -- -class Autodiff.Tests.Accuracy.AccuracyTests

        | function | arrays, f64 | arrays, f32 | scalars, f64 | scalars, f32 | interpreter, f64 | interpreter, f32 |
        | --- | --: | --: | --: | --: | --: | --: |

        """;

    const string Foot = """

        ## What is the same everywhere

        An elementwise operation gives the same bits at every vector width, 512, 256 or 128 bits or none, at every place of an array and for
        every size of at least 16 bytes, if the machine has a fused multiply-add: all x64 machines with AVX2 and all of Arm64 do. Without it
        the runtime's functions are taken, and results agree within the errors of the table.

        A compiled function rounds once where it adds a product to something, if the machine has a fused multiply-add; eager operations round the
        product first. The sum or difference of two products is left as it is, so that a·d − b·c is 0 where the products are equal; two squares that are
        added are not, since nothing cancels.

        Reductions and matrix products add in an order that depends on the width; they agree to rounding. The interpreter, which runs where no
        code can be emitted and for the first calls of an eager operation, agrees within the errors of the table.

        """;

    internal static string Of((ElementaryFunction Function, FunctionAccuracy Float64, FunctionAccuracy Float32)[] rows)
    {
        var page = new StringBuilder(Head);
        foreach (var (function, a, b) in rows)
        {
            Measurement[] cells = [a.OfArrays, b.OfArrays, a.OfScalars, b.OfScalars, a.OfInterpreter, b.OfInterpreter];
            var figures = cells.Select(m => m.Ulps.ToString("F2", CultureInfo.InvariantCulture));
            page.Append(CultureInfo.InvariantCulture, $"| {function.Name} | {string.Join(" | ", figures)} |\n");
        }
        return page.Append(Foot).ToString().ReplaceLineEndings("\n");
    }
}
