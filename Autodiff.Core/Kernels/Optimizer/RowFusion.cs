namespace Autodiff;

/// <summary>
/// Runs steps that hand rows to each other row by row: softmax becomes one loop over rows with its maximum, sum and quotient inside, so that
/// what lies between stays in the cache or in a register, and is never an array in memory. What sums up rows is folded on the way. Products that are
/// large hand on blocks of their rows, or items of their batch.
/// </summary>
sealed class RowFusion(ProgramFacts facts, HashSet<Value> folded, HashSet<Value> multiplied)
{
    readonly List<(Step? Step, RowGroup? Group)> order = [];
    readonly HashSet<RowGroup> open = [];
    readonly Dictionary<Value, RowGroup> definedBy = [];
    readonly Dictionary<Value, List<RowGroup>> readBy = [];
    int opened;

    internal static Program Run(Program program, ProgramFacts facts) => new(Rewrite(program.Body, facts, []));

    /// <summary>What folds into <paramref name="folded"/> stays a step of the block: its result takes the place of what it reads.</summary>
    static Block Rewrite(Block block, ProgramFacts facts, HashSet<Value> folded)
    {
        var products = block.Steps.OfType<RoutineStep>().Where(s => (ProductMember.Giving(s) ?? ProductMember.Folding(s)) is not null);
        var pass = new RowFusion(facts, folded, [.. products.SelectMany(s => s.Inputs)]);
        foreach (var step in block.Steps)
            pass.Add(step.Rebuild(v => v, b => Rewrite(b, facts, [])));
        return new(block.Parameters, pass.Finish(block.Results), block.Results);
    }

    void Add(Step step)
    {
        if (Followed(step) is { } followed)
        {
            Put(step, followed);
            return;
        }
        var mayJoin = !Array.Exists(step.Inputs, folded.Contains);
        var (giving, folding) = mayJoin ? (RowMember.Giving(step, multiplied), RowMember.Folding(step)) : (null, null);
        var (role, group) = Choose(giving) is { } giver ? (giving, giver) : (folding, Choose(folding));
        CloseBefore(step, group);
        if ((group is null ? RowGroup.First(giving, folding) : role) is not { } member)
        {
            order.Add((step, null));
            return;
        }
        if (group is null)
            open.Add(group = new RowGroup(member.Rows, opened++));
        group.Add(member);
        Put(step, group);
    }

    void Put(Step step, RowGroup group)
    {
        order.Add((step, group));
        foreach (var output in step.Outputs)
            definedBy[output] = group;
        foreach (var value in step.Inputs)
        {
            if (!readBy.TryGetValue(value, out var readers))
                readBy[value] = readers = [];
            if (readers.Count == 0 || readers[^1] != group)
                readers.Add(group);
        }
    }

    /// <summary>The open group after whose loop a step can come, since of all open groups it reads what that one folds, and no more.</summary>
    RowGroup? Followed(Step step)
    {
        RowGroup? followed = null;
        foreach (var value in step.Inputs)
            if (definedBy.TryGetValue(value, out var definer) && open.Contains(definer.Root))
            {
                if (!definer.Root.MayFollow(value) || (followed ?? definer.Root) != definer.Root)
                    return null;
                followed = definer.Root;
            }
        if (followed is null || step.Blocks.Length > 0 || step.Overwritten.Any(v => readBy.ContainsKey(v) && !followed.MayFollow(v)))
            return null;
        followed.Follow(step);
        return followed;
    }

    /// <summary>
    /// The youngest open group that a kernel may join, of those that define what it reads or were the last to read it. Open groups do not depend on
    /// each other: those of short rows become one.
    /// </summary>
    RowGroup? Choose(RowMember? role)
    {
        if (role is not { } member)
            return null;
        var groups = new HashSet<RowGroup>();
        foreach (var value in member.Step.Inputs)
        {
            if (definedBy.TryGetValue(value, out var definer))
                groups.Add(definer.Root);
            if (readBy.TryGetValue(value, out var readers))
                groups.Add(readers[^1].Root);
        }
        RowGroup? chosen = null;
        foreach (var group in groups.Where(g => open.Contains(g) && g.MayJoin(member)).OrderByDescending(g => g.Number))
            if (chosen is null)
                chosen = group;
            else if (chosen.MayUnite(group, member))
            {
                chosen.Unite(group);
                open.Remove(group);
            }
        return chosen;
    }

    /// <summary>Closes the groups that a step outside of them must run after: no reader of what is overwritten may come to stand behind.</summary>
    void CloseBefore(Step step, RowGroup? own)
    {
        var closing = new HashSet<RowGroup>();
        step.VisitReads(v =>
        {
            if (definedBy.TryGetValue(v, out var definer))
                closing.Add(definer.Root);
        });
        foreach (var value in step.Overwritten)
            if (readBy.TryGetValue(value, out var readers))
                closing.UnionWith(readers.Select(r => r.Root));
        if (own is not null)
            closing.Remove(own);
        closing.IntersectWith(open);
        Close(closing);
    }

    void Close(HashSet<RowGroup> groups)
    {
        foreach (var group in groups.OrderBy(g => g.Number).ToArray())
        {
            open.Remove(group);
            order.Add((null, group));
        }
    }

    // A group that gains nothing leaves its members where they stood.
    Step[] Finish(Value[] results)
    {
        Close(open);
        var readers = new Dictionary<Value, int>();
        foreach (var (step, _) in order)
            step?.VisitReads(v => readers[v] = readers.GetValueOrDefault(v) + 1);
        foreach (var result in results)
            readers[result] = readers.GetValueOrDefault(result) + 1;
        var steps = new List<Step>();
        foreach (var (step, member) in order)
            if (member?.Root is not { } group || (step is not null && !group.Pays))
                steps.Add(step!);
            else if (step is null && group.Pays)
                steps.AddRange(ToLoop(group, readers));
        return [.. steps];
    }

    /// <summary>
    /// The loop over rows, after what its folds start from. <paramref name="readers"/> counts all reads of each value, by which those are kept that
    /// are read after it.
    /// </summary>
    IEnumerable<Step> ToLoop(RowGroup group, Dictionary<Value, int> readers)
    {
        foreach (var member in group.Members)
            member.Step.VisitReads(v => readers[v]--);
        var writer = new RowLoop(facts, group.Rows, group.Block);
        foreach (var member in group.Members)
            writer.Add(member);
        bool IsKept(Value value) => readers.GetValueOrDefault(value) > 0;
        // What has another shape is made of what it has the elements of, from the last on.
        var shaped = new List<Step>();
        foreach (var alias in group.Members.OfType<AliasMember>().Reverse().Where(a => IsKept(a.Result)))
        {
            shaped.Insert(0, alias.Step);
            readers[alias.Source] = readers.GetValueOrDefault(alias.Source) + 1;
        }
        Value[] kept = [.. group.Members.Where(m => m is not AliasMember && !m.Folds).SelectMany(m => m.Step.Outputs).Where(IsKept)];
        return [.. writer.Finish(kept, (body, carried) => Rewrite(body, facts, carried)), .. shaped, .. group.Followers];
    }
}
