namespace Autodiff;

/// <summary>How much work lies behind a value of a block: that of its step, and where it is cheap of those before.</summary>
sealed class GatheredWork
{
    // What a reader computes itself for each element that it gathers is cheaper than an array of indices.
    const int Least = 8;

    readonly Dictionary<Value, int> behind = [];

    internal bool IsWorthSaving(Value value) => behind.GetValueOrDefault(value) > Least;

    internal void Add(Step step)
    {
        var before = step.Inputs.Sum(v => (long)behind.GetValueOrDefault(v));
        var own = step switch
        {
            KernelStep { IsMap: true } map when FusionCost.Of(map.Kernel.Expressions) is var cost => cost.Arithmetic + cost.Indexing,
            AliasStep => 0,
            _ => Least + 1,
        };
        foreach (var output in step.Outputs)
            behind[output] = (int)Math.Min(Least + 1, before + own);
    }
}
