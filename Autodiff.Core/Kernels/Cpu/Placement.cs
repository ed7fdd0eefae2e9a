namespace Autodiff;

/// <summary>
/// Which operands of a concatenation can be computed where it wants them. It then moves only the others.
/// </summary>
sealed class Placement(Liveness live, Func<KernelStep, NestPlan> nestOf)
{
    /// <summary>
    /// The roots of the operands that the step of a root copies whole into a stretch of it and reads for the last time, with the element where each
    /// begins.
    /// </summary>
    internal IEnumerable<(Value Part, long At)> PartsOf(Value root)
    {
        if (live.StepOf(root) is not KernelStep { Outputs: [_] } step)
            yield break;
        foreach (var nest in nestOf(step).Parts)
            if (MoveOf(nest) is var (operand, at) && IsReadLast(live.Root(step.Inputs[operand]), root))
                yield return (live.Root(step.Inputs[operand]), at);
    }

    /// <summary>The operand that a nest does nothing but copy, all of it and in order, and the element of the result where it begins.</summary>
    internal static (int Operand, long At)? MoveOf(NestPlan nest)
    {
        if (nest.Kernel.Outputs is not [{ Value: Element element, Fold: Fold.Set, Into: null, Guard: null } output])
            return null;
        var (from, to) = (nest.OffsetOf(element), nest.Stores[0]);
        return
            to is { Terms.Length: 0 }
            && from.SamePlaceAs(to)
            && element.Type == output.Type.DType
            && nest.OperandType(element.Operand).Shape.Size == nest.Kernel.Space.Size
            && nest.VisitsOnce(0)
            ? (element.Operand, to.Constant - from.Constant)
            : null;
    }

    bool IsReadLast(Value part, Value root) =>
        live.BlockOf(part) == live.BlockOf(root)
        && live.StepOf(part) is not (null or ConstantStep)
        && live.LastReadOfGroup(part) == live.PlaceOf(root);
}
