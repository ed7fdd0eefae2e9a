namespace Autodiff;

/// <summary>
/// Moves steps that give the same in every iteration in front of their loop: all of them if the loop surely runs, and cheap scalars if it may not.
/// </summary>
sealed class LoopInvariants(ProgramFacts facts)
{
    readonly HashSet<Value> overwritten = [];

    internal static Program Hoist(Program program, ProgramFacts facts)
    {
        var pass = new LoopInvariants(facts);
        pass.FindOverwritten(program.Body);
        return new(pass.Rewrite(program.Body));
    }

    /// <summary>Finds the values in whose place a scatter or loop builds its result.</summary>
    void FindOverwritten(Block block)
    {
        foreach (var step in block.Steps)
        {
            if (step is KernelStep kernel)
                foreach (var output in kernel.Kernel.Outputs)
                    if (output.Into is { } into)
                        overwritten.Add(kernel.Inputs[into]);
            if (step is LoopStep loop)
                overwritten.UnionWith(loop.Carry);
            foreach (var inner in step.Blocks)
                FindOverwritten(inner);
        }
    }

    Block Rewrite(Block block)
    {
        var steps = new List<Step>();
        foreach (var step in block.Steps)
        {
            var rewritten = step.Rebuild(v => v, Rewrite);
            steps.AddRange(rewritten is LoopStep loop ? HoistFrom(loop) : [rewritten]);
        }
        return new(block.Parameters, [.. steps], block.Results);
    }

    /// <summary>The invariant steps of a loop, and the loop without them.</summary>
    IEnumerable<Step> HoistFrom(LoopStep loop)
    {
        var (before, inside) = (new List<Step>(), new List<Step>());
        var varying = new HashSet<Value>(loop.Body.Parameters);
        foreach (var step in loop.Body.Steps)
        {
            if (MayLeave(step, loop) && !Varies(step, varying))
            {
                before.Add(step);
                continue;
            }
            inside.Add(step);
            varying.UnionWith(step.Outputs);
        }
        if (before.Count == 0)
            return [loop];
        var body = new Block(loop.Body.Parameters, [.. inside], loop.Body.Results);
        return [.. before, loop.Rebuild(v => v, b => b == loop.Body ? body : b)];
    }

    static bool Varies(Step step, HashSet<Value> varying)
    {
        var varies = false;
        step.VisitReads(v => varies |= varying.Contains(v));
        return varies;
    }

    bool MayLeave(Step step, LoopStep loop)
    {
        // An array that each iteration fills and then overwrites would have to be copied instead.
        if (Array.TrueForAll(step.Outputs, facts.Uniform.ContainsKey) && Array.Exists(step.Outputs, overwritten.Contains))
            return false;
        if (loop.Length >= 1)
            return true;
        return step switch
        {
            AliasStep or ConstantStep => true,
            KernelStep s => s.Kernel.Space.Rank == 0 && s.IsMap && FusionCost.Of(s.Kernel.Expressions).IsCheap,
            _ => false,
        };
    }
}
