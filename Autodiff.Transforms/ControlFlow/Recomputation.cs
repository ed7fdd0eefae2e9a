namespace Autodiff;

/// <summary>
/// What the unknown part of a loop computes anew instead of reading what the known part stored at each step. Stored elements and the work
/// done twice both have a price, and the cheapest choice is a minimal cut between what is there anyway and what is read.
/// </summary>
static class Recomputation
{
    // In additions: to store an element and to load it again, and what a residual costs besides. Less than an elementary function.
    const long ElementPrice = 12;
    const long ResidualPrice = 4;

    /// <summary>
    /// The variables to compute anew.
    /// </summary>
    /// <param name="equations">The known equations.</param>
    /// <param name="read">The variables that the unknown part reads.</param>
    /// <param name="free">Those that are there anyway.</param>
    internal static HashSet<Var> Choose(IReadOnlyList<Equation> equations, IEnumerable<Var> read, HashSet<Var> free)
    {
        var definition = equations.SelectMany(e => e.Outputs.Select(v => (Var: v, Equation: e))).ToDictionary(d => d.Var, d => d.Equation);
        var sinks = read.Where(v => !free.Contains(v)).ToArray();
        var work = new Dictionary<Var, long>();
        var open = new Stack<Var>(sinks);
        while (open.TryPop(out var v))
        {
            var again = definition.TryGetValue(v, out var e) ? Work(e) : FlowNetwork.Unlimited;
            if (work.TryAdd(v, again) && again < FlowNetwork.Unlimited)
                foreach (var operand in OperandsOf(e!))
                    open.Push(operand);
        }

        // A variable is an edge, which is cut if it is stored; so is the edge from the source to it, if it is computed anew.
        var (source, sink) = (2 * work.Count, 2 * work.Count + 1);
        var number = work.Keys.Select((v, i) => (v, i)).ToDictionary(p => p.v, p => 2 * p.i);
        var network = new FlowNetwork(2 * work.Count + 2, source, sink);
        foreach (var (v, again) in work)
        {
            network.Add(source, number[v], again);
            network.Add(number[v], number[v] + 1, ElementPrice * v.Aval.Shape.Size + ResidualPrice);
            if (again < FlowNetwork.Unlimited)
                foreach (var operand in OperandsOf(definition[v]))
                    network.Add(number[operand] + 1, number[v], FlowNetwork.Unlimited);
        }
        foreach (var v in sinks)
            network.Add(number[v] + 1, sink, FlowNetwork.Unlimited);
        var side = network.SinkSide();
        return [.. work.Keys.Where(v => side[number[v]])];

        IEnumerable<Var> OperandsOf(Equation e) => e.Inputs.OfType<Var>().Where(v => !free.Contains(v)).Distinct();
    }

    /// <summary>The work of an equation, in additions; without limit if it is more than kernels that read their operands in order.</summary>
    static long Work(Equation equation)
    {
        if (equation.Primitive is ICarriesPrograms || equation.Inputs.Concat(equation.Outputs).Any(a => a.Aval.Tape > 0))
            return FlowNetwork.Unlimited;
        var types = Array.ConvertAll(equation.Inputs, a => a.Aval);
        var work = 0L;
        foreach (var step in ProgramBuilder.Build(types, equation.Primitive.Emit).Body.Steps)
        {
            if (step is not KernelStep { Kernel: var kernel } || Array.Exists(kernel.Outputs, o => o.Into is not null))
                return FlowNetwork.Unlimited;
            var cost = FusionCost.Of(kernel.Outputs.SelectMany(o => o.Expressions));
            if (cost.Gathers)
                return FlowNetwork.Unlimited;
            work += kernel.Space.Size * (cost.Arithmetic + cost.Indexing + Math.Min(kernel.ReducedAxes, 1));
        }
        return work;
    }
}
