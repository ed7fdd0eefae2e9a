namespace Autodiff;

/// <summary>
/// The subscripts of an <see cref="Ops.Einsum"/>, read for its operands. A label is its letter's code, or −k for the k-th axis from the
/// right under an ellipsis.
/// </summary>
sealed record EinsumSubscripts(int[][] Inputs, int[] Output, IReadOnlyDictionary<int, int> Sizes)
{
    const string Ellipsis = "...";

    internal static EinsumSubscripts Parse(string subscripts, ReadOnlySpan<NDArray> operands)
    {
        var sides = subscripts.Replace(" ", "").Split("->");
        var terms = sides[0].Split(',');
        if (sides.Length > 2)
            throw Malformed(subscripts, "has more than one arrow");
        if (terms.Length != operands.Length)
            throw Malformed(subscripts, $"has subscripts for {terms.Length} operands, but {operands.Length} were given");
        var inputs = new int[terms.Length][];
        var sizes = new SortedDictionary<int, int>();
        for (var i = 0; i < terms.Length; i++)
        {
            inputs[i] = Labels(subscripts, terms[i], operands[i]);
            AddSizes(subscripts, sizes, inputs[i], operands[i]);
        }
        var hidden = inputs.SelectMany(t => t).Where(l => l < 0).Distinct().Order().ToArray();
        if (sides.Length == 1)
        {
            var once = inputs.SelectMany(t => t).Where(l => l > 0).GroupBy(l => l).Where(g => g.Count() == 1).Select(g => g.Key);
            return new(inputs, [.. hidden, .. once.Order()], sizes);
        }
        var (before, after) = SplitAtEllipsis(subscripts, sides[1], out var any);
        int[] output = [.. before, .. any ? hidden : [], .. after];
        foreach (var label in output)
            if (!sizes.ContainsKey(label))
                throw Malformed(subscripts, $"has a label '{(char)label}' in the result that no operand has");
        if (output.Distinct().Count() < output.Length)
            throw Malformed(subscripts, "has a label twice in the result");
        return new(inputs, output, sizes);
    }

    static int[] Labels(string subscripts, string term, NDArray operand)
    {
        var (before, after) = SplitAtEllipsis(subscripts, term, out var any);
        var rest = operand.Rank - before.Length - after.Length;
        if (rest < 0 || (rest > 0 && !any))
            throw new ShapeException(
                $"Einsum \"{subscripts}\" names {before.Length + after.Length} axes with '{term}', but the operand is {operand.Aval}."
            );
        return [.. before, .. Enumerable.Range(0, rest).Select(i => i - rest), .. after];
    }

    static (int[] Before, int[] After) SplitAtEllipsis(string subscripts, string term, out bool any)
    {
        var at = term.IndexOf(Ellipsis, StringComparison.Ordinal);
        any = at >= 0;
        var (before, after) = any ? (term[..at], term[(at + Ellipsis.Length)..]) : (term, "");
        foreach (var c in before + after)
            if (!char.IsAsciiLetter(c))
                throw Malformed(subscripts, $"has '{c}', where a letter, one '...' an operand, ',' or '->' was expected");
        return ([.. before.Select(c => (int)c)], [.. after.Select(c => (int)c)]);
    }

    static void AddSizes(string subscripts, SortedDictionary<int, int> sizes, int[] labels, NDArray operand)
    {
        for (var i = 0; i < labels.Length; i++)
        {
            var (label, size) = (labels[i], operand.Shape[i]);
            if (!sizes.TryGetValue(label, out var known) || (label < 0 && known == 1))
                sizes[label] = size;
            else if (known != size && !(label < 0 && size == 1))
                throw new ShapeException(
                    label > 0
                        ? $"Einsum \"{subscripts}\" has sizes {known} and {size} for label '{(char)label}'; {operand.Aval} does not fit."
                        : $"Einsum \"{subscripts}\" has operands whose axes under '...' do not broadcast; {operand.Aval} does not fit."
                );
        }
    }

    static InvalidArgumentException Malformed(string subscripts, string what) => new($"Einsum \"{subscripts}\" {what}.");
}
