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

    internal static string Print(ConcreteArray x)
    {
        if (x.Rank == 0)
            return x.DType.IsFloat ? FormatScalar(x.Load(0), x.DType) : FormatExact(x, 0);
        if (x.Size == 0)
            return "[]";
        var summarize = x.Size > Threshold;
        var shown = new List<long>();
        Visit(x.Shape, 0, 0, summarize, shown);
        var texts = x.DType.IsFloat ? FormatFloats(x, shown) : [.. shown.Select(i => FormatExact(x, i))];
        var width = texts.Max(t => t.Length);
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
                + string.Join(separator, shown.Select(i => i < 0 ? "..." : Write(shape, axis + 1, elements, summarize, width - 1, indent + " ")))
                + "]";
        }
        // Rows break between words; a bracket is kept room for at the end.
        var limit = width - 1;
        var text = new StringBuilder();
        var line = new StringBuilder(indent);
        var (count, left) = (shown.Count(), shown.Count());
        foreach (var i in shown)
        {
            var word = i < 0 ? "..." : elements.Dequeue();
            if (line.Length + word.Length > (left == 1 ? limit : width - 1) && line.Length > indent.Length)
            {
                text.Append(line.ToString().TrimEnd()).Append('\n');
                line.Clear().Append(indent);
            }
            line.Append(word);
            if (--left > 0)
                line.Append(' ');
        }
        text.Append(line);
        return string.Concat("[", text.ToString().AsSpan(indent.Length), "]");
    }

    static string FormatExact(ConcreteArray x, long i) =>
        x.DType == DType.Bool ? (x.Load(i) != 0 ? "True" : "False") : x.LoadInteger(i).ToString(CultureInfo.InvariantCulture);
}
