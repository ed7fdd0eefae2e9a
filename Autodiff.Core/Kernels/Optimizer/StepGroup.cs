namespace Autodiff;

/// <summary>
/// Steps that will run as one. The level of a group is above that of every group it must run after. So groups of one level do not depend on
/// each other, and neither does a group that nothing depends on and any other.
/// </summary>
sealed class StepGroup
{
    const int MostOutputs = 16;

    StepGroup? joined;
    bool hasDependents;

    internal List<Step> Members { get; private set; } = [];
    internal HashSet<StepGroup> After { get; private set; } = [];
    internal int Level { get; private set; }
    internal int Nodes { get; private set; }
    internal int Outputs { get; private set; }

    /// <summary>The group this one is part of by now.</summary>
    internal StepGroup Root
    {
        get
        {
            var root = this;
            while (root.joined is { } next)
                root = next;
            return root;
        }
    }

    /// <summary>Whether a kernel of this kind can run with others.</summary>
    internal static bool MayShare(Kernel kernel) => kernel.Space.Rank > 0 && (kernel.IsMap || kernel.IsReduction);

    /// <summary>Whether a kernel has the same loops as the kernels here.</summary>
    internal bool Runs(Kernel kernel) =>
        Members[0] is KernelStep first
        && MayShare(first.Kernel)
        && first.Kernel.Space == kernel.Space
        && first.Kernel.ReducedAxes == kernel.ReducedAxes;

    internal bool HasRoom(int nodes, int outputs) => Nodes + nodes <= FusionCost.MostNodes && Outputs + outputs <= MostOutputs;

    /// <summary>Whether a step that must run after some groups can run in this one.</summary>
    internal bool MayAdd(HashSet<StepGroup> dependencies) => !hasDependents || dependencies.All(d => d == this || d.Level < Level);

    internal void Add(Step step, HashSet<StepGroup> dependencies)
    {
        Members.Add(step);
        Outputs += step.Outputs.Length;
        if (step is KernelStep kernel)
            Nodes += FusionCost.Of(kernel.Kernel.Expressions).Nodes;
        foreach (var dependency in dependencies)
        {
            if (dependency == this)
                continue;
            After.Add(dependency);
            dependency.hasDependents = true;
            Level = Math.Max(Level, dependency.Level + 1);
        }
    }

    /// <summary>Whether this group and another, of a level not above, can run as one.</summary>
    internal bool MayUnite(StepGroup other) => Level == other.Level || (other.Level < Level && !other.hasDependents);

    internal void Unite(StepGroup other)
    {
        // The steps of neither read those of the other, so either order will do.
        Members = [.. Members, .. other.Members];
        After.UnionWith(other.After);
        hasDependents |= other.hasDependents;
        Nodes += other.Nodes;
        Outputs += other.Outputs;
        other.joined = this;
    }
}
