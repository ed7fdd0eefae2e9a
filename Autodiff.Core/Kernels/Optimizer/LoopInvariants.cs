namespace Autodiff;

/// <summary>
/// Moves steps that give the same in every iteration in front of their loop: all of them if the loop surely runs, and cheap scalars if it
/// may not.
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
            overwritten.UnionWith(step.Overwritten);
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
        var before = new List<Step>();
        // A condition is tested at least once.
        var rebuilt = loop.Rebuild(v => v, b => Split(b, b == loop.Condition || loop.Length >= 1, before));
        return before.Count == 0 ? [loop] : [.. before, rebuilt];
    }

    /// <summary>A block of a loop without its invariant steps, which are added to <paramref name="before"/>.</summary>
    Block Split(Block block, bool runs, List<Step> before)
    {
        var inside = new List<Step>();
        var varying = new HashSet<Value>(block.Parameters);
        foreach (var step in block.Steps)
        {
            if (MayLeave(step, runs) && !Varies(step, varying))
            {
                before.Add(step);
                continue;
            }
            inside.Add(step);
            varying.UnionWith(step.Outputs);
        }
        return new(block.Parameters, [.. inside], block.Results);
    }

    static bool Varies(Step step, HashSet<Value> varying)
    {
        var varies = false;
        step.VisitReads(v => varies |= varying.Contains(v));
        return varies;
    }

    bool MayLeave(Step step, bool runs)
    {
        // An array that each iteration fills and then overwrites would have to be copied instead.
        if (Array.TrueForAll(step.Outputs, facts.Uniform.ContainsKey) && Array.Exists(step.Outputs, overwritten.Contains))
            return false;
        if (runs)
            return true;
        return step switch
        {
            AliasStep or ConstantStep => true,
            KernelStep s => s.Kernel.Space.Rank == 0 && s.IsMap && FusionCost.Of(s.Kernel.Expressions).IsCheap,
            _ => false,
        };
    }
}
