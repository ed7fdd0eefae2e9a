namespace Autodiff;

/// <summary>Dead code, also inside the primitives that carry programs.</summary>
static class Pruning
{
    /// <summary>The equations on which <paramref name="outputs"/> depend, each narrowed to the results that are read.</summary>
    internal static Equation[] Prune(IReadOnlyList<Equation> equations, IEnumerable<Atom> outputs)
    {
        var live = outputs.OfType<Var>().ToHashSet();
        var kept = new List<Equation>();
        for (var i = equations.Count - 1; i >= 0; i--)
        {
            var equation = equations[i];
            if (!Array.Exists(equation.Outputs, live.Contains))
                continue;
            var used = Array.ConvertAll(equation.Outputs, live.Contains);
            if (equation.Primitive.Narrow(used, equation.Inputs.Length) is { } narrow)
                equation = new(narrow.Primitive, Pick(equation.Inputs, narrow.Operands), Pick(equation.Outputs, narrow.Results));
            live.UnionWith(equation.Inputs.OfType<Var>());
            kept.Add(equation);
        }
        kept.Reverse();
        return [.. kept];
    }

    static T[] Pick<T>(T[] items, bool[] mask) => [.. items.Where((_, i) => mask[i])];
}
