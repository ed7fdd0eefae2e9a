using System.Runtime.CompilerServices;

namespace Autodiff;

/// <summary>Keeps one instance of every expression, so that equal expressions are the same reference and are computed once.</summary>
sealed class ScalarInterner
{
    readonly HashSet<Scalar> canonical = new(Structure.Comparer);
    readonly HashSet<Scalar> known = [];

    /// <summary>The instance kept for an expression.</summary>
    internal Scalar Intern(Scalar node)
    {
        if (known.Contains(node))
            return node;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return node switch
        {
            Element e => Keep(e.WithIndex(InternAll(e.Index))),
            Apply a => Keep(a.WithArguments(InternAll(a.Arguments))),
            _ => Keep(node),
        };
    }

    Scalar[] InternAll(Scalar[] nodes)
    {
        var interned = Array.ConvertAll(nodes, Intern);
        return interned.AsSpan().SequenceEqual(nodes) ? nodes : interned;
    }

    Scalar Keep(Scalar node)
    {
        if (canonical.TryGetValue(node, out var kept))
            return kept;
        canonical.Add(node);
        known.Add(node);
        return node;
    }

    /// <summary>Compares one level: what lies below is interned already, and equal if it is the same.</summary>
    sealed class Structure : IEqualityComparer<Scalar>
    {
        internal static readonly Structure Comparer = new();

        public bool Equals(Scalar? x, Scalar? y) =>
            (x, y) switch
            {
                (Constant a, Constant b) => a.Type == b.Type && a.Bits == b.Bits,
                (AxisIndex a, AxisIndex b) => a.Position == b.Position,
                (Element a, Element b) => a.Type == b.Type && a.Operand == b.Operand && Same(a.Index, b.Index),
                (Apply a, Apply b) => a.Type == b.Type && a.Op == b.Op && Same(a.Arguments, b.Arguments),
                _ => false,
            };

        public int GetHashCode(Scalar node) =>
            node switch
            {
                Constant c => HashCode.Combine(c.Type, c.Bits),
                AxisIndex a => a.Position,
                Element e => Hash(HashCode.Combine(e.Type, e.Operand), e.Index),
                Apply a => Hash(HashCode.Combine(a.Type, a.Op), a.Arguments),
                _ => node.GetHashCode(),
            };

        static bool Same(Scalar[] a, Scalar[] b)
        {
            if (a.Length != b.Length)
                return false;
            for (var i = 0; i < a.Length; i++)
                if (!ReferenceEquals(a[i], b[i]))
                    return false;
            return true;
        }

        static int Hash(int seed, Scalar[] nodes)
        {
            foreach (var node in nodes)
                seed = HashCode.Combine(seed, node);
            return seed;
        }
    }
}
