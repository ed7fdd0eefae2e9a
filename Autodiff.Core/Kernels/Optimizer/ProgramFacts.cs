namespace Autodiff;

/// <summary>What the passes over one program share: interned expressions, numbered values, and what is known of values.</summary>
sealed class ProgramFacts
{
    internal ProgramFacts()
    {
        Interner = new();
        Operands = new(Interner);
    }

    internal ScalarInterner Interner { get; }
    internal OperandTable Operands { get; }

    /// <summary>Values all of whose elements are one constant.</summary>
    internal Dictionary<Value, Constant> Uniform { get; } = [];

    /// <summary>Bounds on the elements of integer values.</summary>
    internal Dictionary<Value, Interval> Ranges { get; } = [];

    /// <summary>A builder of expressions for a kernel over <paramref name="space"/>.</summary>
    internal ScalarSimplifier For(Shape space) => new(Interner, RangesOver(space));

    internal IndexRange RangesOver(Shape space) => new(space, id => Ranges.TryGetValue(Operands[id], out var range) ? range : null);
}
