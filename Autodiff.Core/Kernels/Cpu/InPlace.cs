namespace Autodiff;

/// <summary>Where a value may be written over one that is read for the last time.</summary>
sealed class InPlace(Liveness live, Func<KernelStep, NestPlan> nestOf)
{
    readonly Dictionary<(LoopStep, int), Value[]?> carries = [];

    /// <summary>
    /// The values that follow one another in the memory of a loop's carry, from its parameter to its result, each written over the one before; null
    /// if the carry needs two buffers.
    /// </summary>
    internal Value[]? Carry(LoopStep loop, int carry)
    {
        if (!carries.TryGetValue((loop, carry), out var chain))
            carries[(loop, carry)] = chain = Chain(loop.Body, loop.Body.Parameters[1 + carry], live.Root(loop.Body.Results[carry]));
        return chain;
    }

    Value[]? Chain(Block block, Value from, Value to)
    {
        var chain = new List<Value> { from };
        for (var at = from; at != to; chain.Add(at))
        {
            var last = live.LastReadOfGroup(at);
            if (last < 0 || last >= block.Steps.Length)
                return null;
            var next = block.Steps[last] switch
            {
                KernelStep step when Array.IndexOf(step.Outputs, to) is >= 0 and var output && IsOver(step, output, at) => to,
                KernelStep step when OutputOver(step, at) is >= 0 and var output => step.Outputs[output],
                LoopStep loop when CarryOver(loop, at) is >= 0 and var carry => loop.Outputs[carry],
                _ => null,
            };
            if (next is null)
                return null;
            at = next;
        }
        return [.. chain];
    }

    /// <summary>The carry of a loop that starts as <paramref name="root"/> and can stay in its memory, or -1.</summary>
    internal int CarryOver(LoopStep loop, Value root)
    {
        if (!IsOnlyCarried(loop, root))
            return -1;
        var carry = Array.FindIndex(loop.Carry, c => live.Root(c) == root);
        return Carry(loop, carry) is null ? -1 : carry;
    }

    /// <summary>Whether a loop reads a root only as what one carry starts with.</summary>
    internal bool IsOnlyCarried(LoopStep loop, Value root) =>
        loop.Inputs.Count(i => live.Root(i) == root) == 1 && loop.Carry.Any(c => live.Root(c) == root) && !live.IsReadInside(loop, root);

    /// <summary>The first output of a kernel that can be written over an operand, a root, which nothing else reads later; or -1.</summary>
    int OutputOver(KernelStep step, Value root) => Array.FindIndex(step.Outputs, o => IsOver(step, Array.IndexOf(step.Outputs, o), root));

    /// <summary>Whether an output of a kernel can be written over an operand, a root, which nothing else reads later.</summary>
    internal bool IsOver(KernelStep step, int index, Value root)
    {
        var nest = nestOf(step);
        var output = nest.Kernel.Outputs[index];
        if (output.Type.Rank == 0)
            return false;
        bool Reads(int operand) => live.Root(step.Inputs[operand]) == root;
        if (nest.Kernel.Outputs.Where((o, i) => i != index && o.Into is { } other && Reads(other)).Any())
            return false;
        if (output.Into is { } into ? !Reads(into) : !IsMapOver(output, root))
            return false;
        // One visit reads all before it stores. In a loop, the only element that may be read is the one to be stored, once.
        return nest.Kernel.Space.Size == 1
            || nest.Order.OfType<Element>()
                .Where(e => Reads(e.Operand))
                .All(e => nest.OffsetOf(e).SameAs(nest.Stores[index]!) && nest.VisitsOnce(index));
    }

    static bool IsMapOver(KernelOutput output, Value root) =>
        output is { Fold: Fold.Set, Index: null, Guard: null }
        && output.Type.DType == root.Type.DType
        && output.Type.ByteSize == root.Type.ByteSize;
}
