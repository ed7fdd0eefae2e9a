namespace Autodiff;

/// <summary>A value of a <see cref="Program"/>: an array, a scalar or a tape, defined once.</summary>
public sealed class Value(Aval type)
{
    public Aval Type => type;
}

/// <summary>
/// The lowered form of a pure function that every device executes: steps over values, in order. It is closed: apart from its constants, all it
/// reads are the parameters of <see cref="Body"/>.
/// </summary>
public sealed class Program(Block body)
{
    public Block Body => body;

    /// <summary>
    /// The parameters, by number, whose memory the program may overwrite and give to results: who runs it gives arrays for them that nobody else has.
    /// </summary>
    internal int[] Donated { get; init; } = [];
}

/// <summary>A straight list of steps. The block of a loop or branch may read the values of the blocks around it.</summary>
public sealed class Block(Value[] parameters, Step[] steps, Value[] results)
{
    public Value[] Parameters => parameters;
    public Step[] Steps => steps;
    public Value[] Results => results;
}

/// <summary>One step of a <see cref="Program"/>.</summary>
public abstract class Step(Value[] inputs, Value[] outputs)
{
    public Value[] Inputs => inputs;
    public Value[] Outputs => outputs;
}

/// <summary>Runs a loop nest; operand k of the kernel is input k.</summary>
public sealed class KernelStep(Kernel kernel, Value[] inputs, Value[] outputs) : Step(inputs, outputs)
{
    public Kernel Kernel => kernel;
}

/// <summary>Runs a hand-written routine.</summary>
public sealed class RoutineStep(Routine routine, Value[] inputs, Value[] outputs) : Step(inputs, outputs)
{
    public Routine Routine => routine;
}

/// <summary>The same elements in the same order under another shape, or weaker type: no work.</summary>
public sealed class AliasStep(Value input, Value output) : Step([input], [output]);

/// <summary>An array that is part of the program.</summary>
public sealed class ConstantStep(ConcreteArray data, Value output) : Step([], [output])
{
    public ConcreteArray Data => data;
}

/// <summary>The number of rows of a tape, an Int64 scalar; or an empty tape where there is no input.</summary>
public sealed class TapeStep(Value[] inputs, Value output) : Step(inputs, [output]);

/// <summary>
/// A loop. <see cref="Body"/> takes (index, carry…, row of each of Xs…) and gives (carry…, row of each of Ys…); the index is an Int64
/// scalar that counts up from 0, or down to 0 where <see cref="Reverse"/>. It ends after <see cref="Length"/> iterations, or after the Int64
/// value <see cref="Count"/>, or when <see cref="Condition"/> (which takes the carry) gives false; exactly one of the three is set.
/// Outputs: the last carry…, the number of iterations run (an Int64 scalar), then Ys…: arrays with a leading axis of Length, else tapes.
/// Rows past the end of a tape in Xs are zero.
/// </summary>
public sealed class LoopStep(Value[] carry, Value[] xs, Block body, Value[] outputs) : Step([.. carry, .. xs], outputs)
{
    public Value[] Carry => carry;
    public Value[] Xs => xs;
    public Block Body => body;
    public long? Length { get; init; }
    public Value? Count { get; init; }
    public Block? Condition { get; init; }
    public bool Reverse { get; init; }

    /// <summary>
    /// How each carry is folded, where the body does nothing else with the carry than to fold a value into it; null where that is not known. Every
    /// carry then starts as the identity of its fold, and a device may run stretches of the loop apart and fold what they give.
    /// </summary>
    internal Fold[]? Folds { get; init; }
}

/// <summary>Runs one of two blocks without parameters, and takes its results.</summary>
public sealed class BranchStep(Value predicate, Block ifTrue, Block ifFalse, Value[] outputs) : Step([predicate], outputs)
{
    public Value Predicate => predicate;
    public Block IfTrue => ifTrue;
    public Block IfFalse => ifFalse;
}
