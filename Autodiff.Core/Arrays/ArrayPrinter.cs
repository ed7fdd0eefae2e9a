using System.Globalization;
using System.Text;

namespace Autodiff;

/// <summary>Writes arrays as NumPy's <c>str</c> does with its default options (the rules of numpy/_core/arrayprint.py).</summary>
static class ArrayPrinter
{
    const int Precision = 8;
    const int LineWidth = 75;
    const int Threshold = 1000;
    const int EdgeItems = 3;

    internal static string Print(ConcreteArray x) =>
        x.Rank > 0 ? Print(x, shown => x.DType.IsFloat ? FormatFloats(x, shown) : [.. shown.Select(i => FormatExact(x, i))])
        : x.DType.IsFloat ? FormatScalar(x.Load(0), x.DType)
        : FormatExact(x, 0);

    /// <summary>Likewise, with each element, found by its position in row-major order, in a format of the caller's.</summary>
    internal static string Print(ConcreteArray x, Func<long, string> format) =>
        x.Rank > 0 ? Print(x, shown => [.. shown.Select(format)]) : format(0);

    static string Print(ConcreteArray x, Func<List<long>, string[]> format)
    {
        if (x.Size == 0)
            return "[]";
        var summarize = x.Size > Threshold;
        var shown = new List<long>();
        Visit(x.Shape, 0, 0, summarize, shown);
        var texts = format(shown);
        // A boolean is padded as if there were a False.
        var width = x.DType == DType.Bool ? "False".Length : texts.Max(t => t.Length);
        var elements = new Queue<string>(texts.Select(t => t.PadLeft(width)));
        return Write(x.Shape, 0, elements, summarize, LineWidth, " ");
    }

    // The positions of the elements that are printed, in order.
    static void Visit(Shape shape, int axis, long at, bool summarize, List<long> shown)
    {
        if (axis == shape.Rank)
        {
            shown.Add(at);
            return;
        }
        foreach (var i in Shown(shape[axis], summarize))
            if (i >= 0)
                Visit(shape, axis + 1, at * shape[axis] + i, summarize, shown);
    }

    // −1 stands for the ellipsis.
    static IEnumerable<int> Shown(int size, bool summarize) =>
        summarize && size > 2 * EdgeItems
            ? [.. Enumerable.Range(0, EdgeItems), -1, .. Enumerable.Range(size - EdgeItems, EdgeItems)]
            : Enumerable.Range(0, size);

    static string Write(Shape shape, int axis, Queue<string> elements, bool summarize, int width, string indent)
    {
        var last = axis == shape.Rank - 1;
        var shown = Shown(shape[axis], summarize);
        if (!last)
        {
            var separator = new string('\n', shape.Rank - 1 - axis) + indent;
            return "["
                + string.Join(
                    separator,
                    shown.Select(i => i < 0 ? "..." : Write(shape, axis + 1, elements, summarize, width - 1, indent + " "))
                )
                + "]";
        }
        // Rows break between words, and leave room for a bracket.
        var text = new StringBuilder();
        var line = new StringBuilder(indent);
        foreach (var i in shown)
        {
            var word = i < 0 ? "..." : elements.Dequeue();
            if (line.Length + word.Length > width - 1 && line.Length > indent.Length)
            {
                text.Append(line.ToString().TrimEnd()).Append('\n');
                line.Clear().Append(indent);
            }
            line.Append(word).Append(' ');
        }
        text.Append(line, 0, line.Length - 1);
        return string.Concat("[", text.ToString().AsSpan(indent.Length), "]");
    }

    static string FormatExact(ConcreteArray x, long i) =>
        x.DType == DType.Bool ? (x.Load(i) != 0 ? "True" : "False") : x.LoadInteger(i).ToString(CultureInfo.InvariantCulture);

    static string FormatScalar(double x, DType type)
    {
        if (!double.IsFinite(x))
            return FormatNonFinite(x);
        var digits = DecimalDigits.Shortest(x, type);
        // Python's repr: positional from 1e-4 up to 1e16.
        if (x == 0 || (Math.Abs(x) >= 1e-4 && Math.Abs(x) < 1e16))
            return digits.Positional(minimumFraction: 1);
        return digits.Fraction.Length == 0 ? digits.Scientific(0, 2).Replace(".", "") : digits.Scientific(0, 2);
    }

    static string FormatNonFinite(double x) =>
        double.IsNaN(x) ? "nan"
        : x > 0 ? "inf"
        : "-inf";

    static string[] FormatFloats(ConcreteArray x, List<long> shown)
    {
        double[] values = [.. shown.Select(x.Load)];
        double[] finite = [.. values.Where(double.IsFinite)];
        double[] sizes = [.. finite.Where(v => v != 0).Select(Math.Abs)];
        var scientific = sizes.Length > 0 && (sizes.Max() >= 1e8 || sizes.Min() < 1e-4 || Ratio(sizes) > 1000);
        double Ratio(double[] of) => x.DType == DType.Float32 ? (float)of.Max() / (float)of.Min() : of.Max() / of.Min();
        return scientific ? FormatScientific(values, x.DType) : FormatPositional(values, x.DType);
    }

    // Common columns for the points; up to eight digits, as many as the longest of the shortest forms needs.
    static string[] FormatPositional(double[] values, DType type)
    {
        var texts = new string[values.Length];
        var fraction = 0;
        for (var i = 0; i < texts.Length; i++)
        {
            if (!double.IsFinite(values[i]))
                continue;
            texts[i] = DecimalDigits.Shortest(values[i], type).RoundFraction(values[i], Precision).Positional(minimumFraction: 0);
            fraction = Math.Max(fraction, texts[i].Length - 1 - texts[i].IndexOf('.'));
        }
        for (var i = 0; i < texts.Length; i++)
            texts[i] = texts[i] is { } text
                ? text + new string(' ', fraction - (text.Length - 1 - text.IndexOf('.')))
                : FormatNonFinite(values[i]);
        return texts;
    }

    static string[] FormatScientific(double[] values, DType type)
    {
        var digits = new DecimalDigits[values.Length];
        var (fraction, exponent) = (0, 2);
        for (var i = 0; i < digits.Length; i++)
        {
            if (!double.IsFinite(values[i]))
                continue;
            digits[i] = DecimalDigits.Shortest(values[i], type).RoundSignificand(values[i], Precision);
            fraction = Math.Max(fraction, digits[i].Fraction.Length);
            exponent = Math.Max(exponent, Math.Abs(digits[i].Exponent).ToString(CultureInfo.InvariantCulture).Length);
        }
        // Where another element needs more digits than the shortest form has, they are its own and not zeros.
        return
        [
            .. values.Select(
                (v, i) => double.IsFinite(v) ? digits[i].WithFraction(v, fraction).Scientific(fraction, exponent) : FormatNonFinite(v)
            ),
        ];
    }
}
