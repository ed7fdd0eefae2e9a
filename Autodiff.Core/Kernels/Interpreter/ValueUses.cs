namespace Autodiff;

/// <summary>How the values of a program are used.</summary>
sealed class ValueUses
{
    readonly Dictionary<Value, int> counts = [];
    readonly HashSet<Value> escaping = [];

    internal ValueUses(Block body)
    {
        Visit(body);
        escaping.UnionWith(body.Results);
    }

    /// <summary>
    /// Whether a tape may be held on to by more than the loops that read its rows and the tape of which it becomes a row.
    /// </summary>
    internal bool Escapes(Value tape) => escaping.Contains(tape);

    /// <summary>
    /// Whether all that a loop's body does with a carried array is to scatter into it, giving its next value: then it can be changed in
    /// place.
    /// </summary>
    internal bool IsOnlyOverwritten(Value parameter, Value result, Block body) =>
        counts.GetValueOrDefault(parameter) == 1
        && counts.GetValueOrDefault(result) == 1
        && Array.Find(body.Steps, s => Array.IndexOf(s.Outputs, result) >= 0) is KernelStep step
        && step.Kernel.Outputs[Array.IndexOf(step.Outputs, result)].Into is { } into
        && step.Inputs[into] == parameter
        && !Reads(step.Kernel, into);

    static bool Reads(Kernel kernel, int operand)
    {
        var seen = new HashSet<Scalar>();
        var pending = new Stack<Scalar>(kernel.Outputs.SelectMany(o => o.Expressions));
        while (pending.TryPop(out var scalar))
        {
            if (!seen.Add(scalar))
                continue;
            if (scalar is Element e && e.Operand == operand)
                return true;
            foreach (
                var argument in scalar is Element { Index: var index } ? index
                : scalar is Apply a ? a.Arguments
                : []
            )
                pending.Push(argument);
        }
        return false;
    }

    void Count(Value[] values)
    {
        foreach (var value in values)
            counts[value] = counts.GetValueOrDefault(value) + 1;
    }

    void Visit(Block block)
    {
        Count(block.Results);
        foreach (var step in block.Steps)
        {
            Count(step.Inputs);
            switch (step)
            {
                case AliasStep:
                    escaping.UnionWith(step.Inputs);
                    break;
                case LoopStep loop:
                    escaping.UnionWith(loop.Carry);
                    escaping.UnionWith(loop.Body.Results.AsSpan(0, loop.Carry.Length).ToArray());
                    // What a loop carries, it hands on as it is.
                    escaping.UnionWith(loop.Body.Parameters.AsSpan(1, loop.Carry.Length).ToArray());
                    Visit(loop.Body);
                    if (loop.Condition is not null)
                        Visit(loop.Condition);
                    break;
                case BranchStep branch:
                    escaping.UnionWith(branch.IfTrue.Results);
                    escaping.UnionWith(branch.IfFalse.Results);
                    Visit(branch.IfTrue);
                    Visit(branch.IfFalse);
                    break;
            }
        }
    }
}
