namespace Autodiff;

/// <summary>A kernel while it takes in what it reads.</summary>
sealed class KernelDraft
{
    readonly ScalarSimplifier simplifier;

    // Bodies taken in whole, with what they read: they need not be walked again.
    readonly Dictionary<Scalar, Definition> closed = [];

    internal KernelDraft(Kernel kernel, ProgramFacts facts)
    {
        Kernel = kernel;
        Leaves = LeavesOf(kernel.Expressions);
        Cost = FusionCost.Of(kernel.Expressions, e => IsSmall(facts.Operands[e.Operand].Type));
        simplifier = facts.For(kernel.Space);
    }

    internal Kernel Kernel { get; private set; }
    internal HashSet<int> Leaves { get; private set; }
    internal FusionCost Cost { get; private set; }

    internal static HashSet<int> LeavesOf(IEnumerable<Scalar> expressions) =>
        [.. expressions.Nodes().OfType<Element>().Select(e => e.Operand)];

    // Read again for every row, a small array comes from the cache.
    bool IsSmall(Aval operand) => 4 * operand.Shape.Size <= Kernel.Space.Size;

    /// <summary>The different elements of an operand that are read.</summary>
    internal List<Element> LoadsOf(int operand)
    {
        if (!Leaves.Contains(operand))
            return [];
        foreach (var (body, definition) in closed.ToArray())
            if (definition.Leaves.Contains(operand))
                closed.Remove(body);
        return [.. Kernel.Expressions.Nodes(closed.ContainsKey).OfType<Element>().Where(e => e.Operand == operand)];
    }

    /// <summary>Computes a value where it is loaded. A reshape is refused where it would need divisions.</summary>
    internal bool Inline(Definition definition, List<Element> loads)
    {
        var operand = loads[0].Operand;
        var done = new Dictionary<Scalar, Scalar>();
        foreach (var body in closed.Keys)
            done[body] = body;
        var divides = false;
        Scalar? Replace(Scalar leaf)
        {
            if (leaf is not Element e || e.Operand != operand)
                return null;
            var inlined = definition.At(simplifier.RewriteAll(e.Index, Replace, done), Kernel.Space, simplifier);
            divides |= definition.IsAlias && new[] { inlined }.Nodes().Any(n => n is Apply { Op: ScalarOp.Div or ScalarOp.Rem });
            if (ReferenceEquals(inlined, definition.Body))
                closed[inlined] = definition;
            return inlined;
        }
        var outputs = Array.ConvertAll(Kernel.Outputs, o => o.Rewrite(s => simplifier.Rewrite(s, Replace, done), o.Into));
        if (divides)
            return false;
        Kernel = new(Kernel.Space, Kernel.ReducedAxes, outputs);
        Leaves.Remove(operand);
        Leaves.UnionWith(definition.Leaves);
        Cost = Cost.Inline(definition.Cost, loads.Count, definition.Value.Type.Rank, IsSmall(definition.Value.Type));
        return true;
    }
}
