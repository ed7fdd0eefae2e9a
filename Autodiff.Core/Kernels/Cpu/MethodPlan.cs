namespace Autodiff;

/// <summary>
/// Cuts a program into native methods: the JIT takes more than linear time over large ones, and past its limits stops optimising. Scalars that
/// are defined in one method and read in another go through memory.
/// </summary>
sealed class MethodPlan
{
    /// <summary>The number of scalar operations at which a block is cut.</summary>
    internal static long Limit { get; set; } = 2000;

    readonly Liveness live;
    readonly Func<KernelStep, NestPlan> nestOf;
    readonly Predicate<Step> isRegion;
    readonly HashSet<Step> regions = [];
    readonly HashSet<int> hosts = [];
    readonly Dictionary<Step, int> methodOf = [];
    readonly Dictionary<Step, long> weights = [];
    readonly Dictionary<Value, int> definedIn = [];
    readonly HashSet<Value> crossing = [];

    internal MethodPlan(Block program, Liveness live, Func<KernelStep, NestPlan> nestOf, Predicate<Step> isRegion)
    {
        this.live = live;
        this.nestOf = nestOf;
        this.isRegion = isRegion;
        Assign(program, 0, inRegion: false);
        FindCrossings(program, 0);
    }

    /// <summary>The number of methods.</summary>
    internal int Count { get; private set; } = 1;

    /// <summary>Whether a method calls others, besides those that threads share.</summary>
    internal bool IsHost(int method) => hosts.Contains(method);

    /// <summary>The number of the method that holds a step; 0 is the entry.</summary>
    internal int MethodOf(Step step) => methodOf[step];

    /// <summary>Whether a value is read in another method than the one that defines it.</summary>
    internal bool Crosses(Value value) => crossing.Contains(value);

    /// <summary>Whether a step is a method of its own, whose iterations may run on several threads.</summary>
    internal bool IsRegion(Step step) => regions.Contains(step);

    long WeightOf(Step step)
    {
        if (weights.TryGetValue(step, out var known))
            return known;
        var weight = step.Inputs.Length + step.Outputs.Length + Liveness.Blocks(step).Sum(b => b.Steps.Sum(WeightOf));
        if (step is KernelStep kernel && nestOf(kernel) is var nest)
            weight += nest.Loops.Length == 0 ? nest.Order.Length : nest.Parts.Sum(p => 10 + 3 * p.Order.Length);
        return weights[step] = weight;
    }

    void Assign(Block block, int method, bool inRegion)
    {
        var isSmall = block.Steps.Sum(WeightOf) <= Limit;
        var (chunk, weight) = (method, Limit);
        foreach (var step in block.Steps)
        {
            var isOwn = !inRegion && isRegion(step);
            if (isOwn)
            {
                regions.Add(step);
                methodOf[step] = Count++;
                // What comes after it cannot go on in the method before it.
                weight = Limit;
            }
            else
            {
                if (!isSmall && (weight += WeightOf(step)) > Limit)
                {
                    hosts.Add(method);
                    (chunk, weight) = (Count++, WeightOf(step));
                }
                methodOf[step] = chunk;
            }
            foreach (var inner in Liveness.Blocks(step))
                Assign(inner, methodOf[step], inRegion || isOwn);
        }
    }

    void FindCrossings(Block block, int method)
    {
        foreach (var parameter in block.Parameters)
            definedIn[parameter] = method;
        foreach (var step in block.Steps)
        {
            var own = methodOf[step];
            foreach (var input in step.Inputs)
                Read(input, own);
            if (step is LoopStep { Count: { } count })
                Read(count, own);
            foreach (var inner in Liveness.Blocks(step))
                FindCrossings(inner, own);
            foreach (var output in step.Outputs)
                definedIn[output] = own;
        }
        foreach (var result in block.Results)
            Read(result, method);
    }

    void Read(Value value, int method)
    {
        if (definedIn[value] != method)
            crossing.Add(value);
        // An alias may be the same variable.
        if (definedIn[live.Root(value)] != method)
            crossing.Add(live.Root(value));
    }
}
