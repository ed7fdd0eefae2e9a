using System.Runtime.CompilerServices;

namespace Autodiff;

/// <summary>How a value is computed at any index: what a reader may put in place of loading it.</summary>
sealed class Definition(Value value, Scalar body, ProgramFacts facts)
{
    IndexRange? ranges;

    IndexRange Ranges => ranges ??= facts.RangesOver(value.Type.Shape);

    internal Value Value => value;

    /// <summary>The expression of an element, over the value's own index variables and open operands.</summary>
    internal Scalar Body => body;

    internal required FusionCost Cost { get; init; }

    /// <summary>The operands it reads.</summary>
    internal required HashSet<int> Leaves { get; init; }

    internal required Block Owner { get; init; }

    /// <summary>When its step runs, in the order of all steps.</summary>
    internal required int Position { get; init; }

    /// <summary>Whether it is the same memory as what it reads, so that loading it costs nothing.</summary>
    internal bool IsAlias { get; init; }

    /// <summary>Whether its step computes nothing else.</summary>
    internal bool IsSole { get; init; }

    /// <summary>The expression at <paramref name="index"/> of another kernel.</summary>
    internal Scalar At(Scalar[] index, Shape space, ScalarSimplifier simplifier) =>
        space.Equals(value.Type.Shape) && index.IsOwn(space) ? body : new Substitution(this, index, simplifier).Visit(body);

    /// <summary>
    /// Whether reading it walks through memory as reading an array at one's own index does: neighbours on the last axis are neighbours, or
    /// one element.
    /// </summary>
    internal bool IsSequential
    {
        get
        {
            var last = value.Type.Rank - 1;
            return new[] { body }
                .Nodes()
                .OfType<Element>()
                .All(e => Array.TrueForAll(e.Index[..^Math.Min(1, e.Index.Length)], i => !Reads(i, last)));
        }
    }

    static bool Reads(Scalar index, int axis) => new[] { index }.Nodes().Any(n => n is AxisIndex a && a.Position == axis);

    /// <summary>
    /// Rewrites a body for a reader. Wherever the reader uses the element its index lies inside the array, so every integer of the body
    /// keeps the bounds it had, and they simplify what is built.
    /// </summary>
    sealed class Substitution(Definition definition, Scalar[] index, ScalarSimplifier outer)
    {
        readonly IndexRange own = definition.Ranges;
        readonly ScalarSimplifier simplifier = outer.WithRanges(outer.Ranges.Scope());
        readonly Dictionary<Scalar, Scalar> done = [];

        internal Scalar Visit(Scalar node)
        {
            if (done.TryGetValue(node, out var result))
                return result;
            RuntimeHelpers.EnsureSufficientExecutionStack();
            result = node switch
            {
                AxisIndex axis => index[axis.Position],
                Element e => simplifier.Element(e.Operand, e.Type, Array.ConvertAll(e.Index, Visit)),
                Apply a => simplifier.Apply(a.Op, a.Type, Array.ConvertAll(a.Arguments, Visit)),
                _ => node,
            };
            if (node.Type == DType.Int64 && node is AxisIndex or Apply)
                simplifier.Ranges.Assume(result, own.Of(node));
            return done[node] = result;
        }
    }
}
