namespace Autodiff;

/// <summary>One loop of a nest.</summary>
readonly record struct NestLoop(int Axis, long Extent);

/// <summary>
/// What is known of a kernel before code is emitted: the loops that are left when units are dropped and neighbours collapsed, the place of
/// every element and result in memory, and every expression in an order in which it can be computed.
/// </summary>
sealed class NestPlan
{
    const int NarrowestVector = 128;

    readonly Aval[] operands;
    readonly Dictionary<Element, Affine> offsets = [];
    readonly Dictionary<Scalar, ulong> loopsOf = [];
    readonly int[] depthOfAxis;

    /// <summary>The plan of a step.</summary>
    internal static NestPlan Create(KernelStep step)
    {
        var operands = Array.ConvertAll(step.Inputs, i => i.Type);
        var plan = Improve(step.Kernel, operands);
        if (plan.IsVector || plan.Loops.Length == 0)
            return plan.Shared(operands);
        var parts = Array.ConvertAll(RangeSplitting.Split(step.Kernel, operands), k => Improve(k, operands));
        if (Array.Exists(parts, p => p.IsVector))
            plan.Parts = parts;
        else if (TransposeTiling.Tile(plan) is { } tiled)
            plan.Parts = [new(tiled, operands)];
        return plan.Parts is [var only] ? plan.Shared(operands, only) : plan;
    }

    /// <summary>This plan, with a region for threads where that pays. <paramref name="only"/> is what is emitted, if not this plan itself.</summary>
    NestPlan Shared(Aval[] operands, NestPlan? only = null)
    {
        if (Work.Of(Kernel) >= BlockEmitter.LeastRegion && RegionSplitting.Split(only ?? this, operands) is var (shared, rest))
            (Region, Rest) = (shared, rest);
        return this;
    }

    /// <summary>The plans to be emitted one after the other: this one, unless it was cut.</summary>
    internal NestPlan[] Parts { get; private set; }

    /// <summary>A plan whose outermost loop threads can share, and which with the <see cref="Rest"/> does the same; null if that does not pay.</summary>
    internal NestPlan? Region { get; private set; }

    internal NestPlan[] Rest { get; private set; } = [];

    /// <summary>Whether this plan is such a region: its outermost loop stays as it is, and runs a stretch of its iterations.</summary>
    internal bool IsShared { get; }

    /// <summary>Whether its results are so large that they had better not pass through the caches.</summary>
    internal bool Streams { get; init; }

    // The narrowest vectors decide, so that a nest has one arithmetic at every width.
    bool IsVector => VectorPlan.Create(this, NarrowestVector, inPlace: false) is not null;

    // Elementary functions are expanded into arithmetic, and all numbers brought to one width, where that lets the nest be vectorised.
    internal static NestPlan Improve(Kernel kernel, Aval[] operands)
    {
        var plain = new NestPlan(kernel, operands);
        if (plain.Loops.Length == 0)
            return plain.Expand(Elementary.IsBetterExpanded);
        var plan = plain.Expand(Elementary.IsElementary);
        if (plan.IsVector)
            return plan;
        foreach (var uniform in new[] { IndexNarrowing.Rewrite(plan.Kernel, plan.Index), WordWidening.Rewrite(plan.Kernel) })
        {
            plan = new(uniform, operands);
            if (plan.IsVector)
                return plan;
        }
        return plain.Expand(Elementary.IsBetterExpanded);
    }

    // Without a fused multiply-add in hardware the runtime's functions are faster.
    NestPlan Expand(Func<ScalarOp, bool> choice)
    {
        if (!KernelCompiler.Fuses || !Order.Any(n => n is Apply { Type.IsFloat: true } a && choice(a.Op)))
            return this;
        return new(Kernel.WithValues(Elementary.Expander(choice)), operands);
    }

    internal NestPlan(Kernel kernel, Aval[] operands, bool isShared = false)
    {
        Parts = [this];
        IsShared = isShared;
        Kernel = kernel;
        this.operands = operands;
        Index = new AddressPlan(kernel.Space);
        Stores = Array.ConvertAll(kernel.Outputs, StoreOf);
        Order = Sort();
        (Loops, MapLoops) = Collapse();
        depthOfAxis = new int[kernel.Space.Rank];
        for (var d = 0; d < Loops.Length; d++)
            depthOfAxis[Loops[d].Axis] = d + 1;
        foreach (var node in Order)
            loopsOf[node] = FindLoops(node);
    }

    internal Kernel Kernel { get; }
    internal AddressPlan Index { get; }

    /// <summary>All expressions whose value is computed, arguments first.</summary>
    internal Scalar[] Order { get; }

    internal NestLoop[] Loops { get; }

    /// <summary>The number of loops over axes that are not reduced; they are the outer ones.</summary>
    internal int MapLoops { get; }

    /// <summary>Where each output is stored, in elements; null for a scalar.</summary>
    internal Affine?[] Stores { get; }

    internal Aval OperandType(int operand) => operands[operand];

    internal Affine OffsetOf(Element element)
    {
        if (!offsets.TryGetValue(element, out var offset))
            offsets[element] = offset = Index.Offset(element.Index, operands[element.Operand].Shape);
        return offset;
    }

    internal bool InRange(Affine offset, Aval type) => Index.IsWithin(offset, type.Shape.Size);

    /// <summary>Whether an output is folded in a register and stored when its reduced axes have been walked.</summary>
    internal bool Accumulates(KernelOutput output) =>
        output.Into is null && !output.Prefix && (output.Fold != Fold.Set || Kernel.ReducedAxes > 0);

    /// <summary>Whether no two indices of the space store an output at one place.</summary>
    internal bool VisitsOnce(int output)
    {
        if (Kernel.ReducedAxes > 0 || Stores[output] is not { } place)
            return false;
        var reach = 1L;
        foreach (var (extent, coefficient) in Loops.Select(l => (l.Extent, Math.Abs(place.Axes[l.Axis]))).OrderBy(l => l.Item2))
        {
            if (coefficient < reach)
                return false;
            reach += coefficient * (extent - 1);
        }
        return place.Terms.All(t => LoopsOf(t.Term) == 0);
    }

    /// <summary>The loops an expression depends on, a bit for each depth, the outermost being 1.</summary>
    internal ulong LoopsOf(Scalar node) => loopsOf[node];

    internal ulong LoopsOf(Affine form)
    {
        var loops = 0UL;
        for (var a = 0; a < form.Axes.Length; a++)
            if (form.Axes[a] != 0 && depthOfAxis[a] > 0)
                loops |= 1UL << depthOfAxis[a];
        foreach (var (term, _) in form.Terms)
            loops |= loopsOf[term];
        return loops;
    }

    ulong FindLoops(Scalar node) =>
        node switch
        {
            AxisIndex a => depthOfAxis[a.Position] is > 0 and var d ? 1UL << d : 0,
            Element e => LoopsOf(OffsetOf(e)),
            Apply a => a.Arguments.Aggregate(0UL, (loops, argument) => loops | loopsOf[argument]),
            _ => 0,
        };

    /// <summary>The values an expression needs: an element's are the terms of its place that are not affine.</summary>
    internal IEnumerable<Scalar> Needs(Scalar node) =>
        node switch
        {
            Apply a => a.Arguments,
            Element e => OffsetOf(e).Terms.Select(t => t.Term),
            _ => [],
        };

    /// <summary>The values an output needs.</summary>
    internal IEnumerable<Scalar> Roots(int output)
    {
        var o = Kernel.Outputs[output];
        return [o.Value, .. o.Guard is { } guard ? [guard] : Array.Empty<Scalar>(), .. Stores[output]?.Terms.Select(t => t.Term) ?? []];
    }

    Affine? StoreOf(KernelOutput output)
    {
        if (output.Type.Rank == 0)
            return null;
        var kept = output.Prefix ? Kernel.Space.Rank : Kernel.Space.Rank - Kernel.ReducedAxes;
        return Index.Offset(output.Index ?? Kernel.Indices(kept), output.Type.Shape);
    }

    // A depth-first walk with its own stack: a chain may be thousands of operations deep.
    Scalar[] Sort()
    {
        var order = new List<Scalar>();
        var entered = new HashSet<Scalar>();
        var stack = new Stack<(Scalar Node, bool Done)>();
        for (var o = 0; o < Kernel.Outputs.Length; o++)
            foreach (var root in Roots(o))
            {
                stack.Push((root, false));
                while (stack.TryPop(out var top))
                {
                    if (top.Done)
                        order.Add(top.Node);
                    else if (entered.Add(top.Node))
                    {
                        stack.Push((top.Node, true));
                        foreach (var need in Needs(top.Node).Reverse())
                            if (!entered.Contains(need))
                                stack.Push((need, false));
                    }
                }
            }
        return [.. order];
    }

    (NestLoop[], int) Collapse()
    {
        var space = Kernel.Space;
        var kept = space.Rank - Kernel.ReducedAxes;
        var fixedAxes = Order.OfType<AxisIndex>().Select(a => a.Position).ToHashSet();
        Affine[] accesses = [.. Order.OfType<Element>().Select(OffsetOf), .. Stores.OfType<Affine>()];
        var loops = new List<NestLoop>();
        var mapLoops = 0;
        for (var axis = 0; axis < space.Rank; axis++)
        {
            if (space[axis] == 1)
                continue;
            if (
                loops is [.., var (outer, extent)]
                && !(IsShared && loops.Count == 1)
                && (outer < kept) == (axis < kept)
                && !fixedAxes.Contains(outer)
                && !fixedAxes.Contains(axis)
                && Array.TrueForAll(accesses, a => a.Axes[outer] == a.Axes[axis] * space[axis])
            )
            {
                loops[^1] = new(axis, extent * space[axis]);
                continue;
            }
            loops.Add(new(axis, space[axis]));
            if (axis < kept)
                mapLoops++;
        }
        return ([.. loops], mapLoops);
    }
}
