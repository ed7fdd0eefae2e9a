namespace Autodiff;

/// <summary>
/// Computes a row of an iteration again in each of its readers, where that takes a few operations on rows that they read anyway. Then it is never
/// stored, and the rows that one iteration walks through fit a nearer cache.
/// </summary>
sealed class RowInlining
{
    const int MostWork = 4;

    // One row is read in the place of the one that is computed.
    const int MostMoreRows = 1;

    readonly ProgramFacts facts;
    readonly Block body;

    // The kernels over open operands; null for other steps.
    readonly Kernel?[] kernels;
    readonly Dictionary<int, List<int>> readers = [];

    RowInlining(Block body, ProgramFacts facts)
    {
        (this.body, this.facts) = (body, facts);
        kernels = Array.ConvertAll(body.Steps, s => s is KernelStep kernel ? facts.Operands.Open(kernel) : null);
        for (var i = 0; i < kernels.Length; i++)
        {
            var reader = i;
            body.Steps[i].VisitReads(v => AddReader(facts.Operands.Id(v), reader));
        }
    }

    void AddReader(int operand, int reader)
    {
        if (!readers.TryGetValue(operand, out var list))
            readers[operand] = list = [];
        if (!list.Contains(reader))
            list.Add(reader);
    }

    internal static Block Run(Block body, ProgramFacts facts)
    {
        var pass = new RowInlining(body, facts);
        // The latest first: by then its readers may read what it reads.
        for (var i = body.Steps.Length - 1; i >= 0; i--)
            pass.InlineFrom(i);
        return new(body.Parameters, [.. pass.Steps()], body.Results);
    }

    // What is not read any more is not computed.
    IEnumerable<Step> Steps()
    {
        for (var i = 0; i < kernels.Length; i++)
        {
            var step = body.Steps[i];
            if (kernels[i] is not { } kernel)
            {
                yield return step;
                continue;
            }
            int[] read = [.. Enumerable.Range(0, step.Outputs.Length).Where(o => IsRead(step.Outputs[o]))];
            if (read.Length > 0)
                yield return facts.Operands.Close(
                    new(kernel.Space, kernel.ReducedAxes, [.. read.Select(o => kernel.Outputs[o])]),
                    [.. read.Select(o => step.Outputs[o])]
                );
        }
    }

    bool IsRead(Value value) =>
        Array.IndexOf(body.Results, value) >= 0 || readers.TryGetValue(facts.Operands.Id(value), out var list) && list.Count > 0;

    void InlineFrom(int step)
    {
        if (kernels[step] is not { IsMap: true, Space.Rank: > 0 } kernel)
            return;
        for (var o = 0; o < kernel.Outputs.Length; o++)
        {
            var value = body.Steps[step].Outputs[o];
            var id = facts.Operands.Id(value);
            if (Array.IndexOf(body.Results, value) >= 0 || !readers.TryGetValue(id, out var list))
                continue;
            var cost = FusionCost.Of([kernel.Outputs[o].Value]);
            if (cost.Gathers || cost.Arithmetic + cost.Indexing > MostWork)
                continue;
            var rows = RowsOf([kernel.Outputs[o].Value]);
            if (!list.TrueForAll(r => MayTake(r, id, kernel.Space, rows, cost.Nodes)))
                continue;
            foreach (var reader in list)
                Inline(reader, id, kernel.Outputs[o].Value);
            list.Clear();
        }
    }

    HashSet<int> RowsOf(IEnumerable<Scalar> expressions) =>
        [.. expressions.Nodes().OfType<Element>().Select(e => e.Operand).Where(o => facts.Operands[o].Type.Shape.Size > 1)];

    bool MayTake(int reader, int value, Shape space, HashSet<int> rows, int nodes) =>
        kernels[reader] is { } kernel
        && kernel.Space == space
        && kernel.Expressions.Nodes().OfType<Element>().All(e => e.Operand != value || e.Index.IsOwn(space))
        && rows.Except(RowsOf(kernel.Expressions)).Count() <= MostMoreRows
        && FusionCost.Of(kernel.Expressions).Nodes + nodes <= FusionCost.MostNodes;

    void Inline(int reader, int value, Scalar expression)
    {
        var kernel = kernels[reader]!;
        var simplifier = facts.For(kernel.Space);
        var done = new Dictionary<Scalar, Scalar>();
        kernels[reader] = kernel.WithValues(s =>
            simplifier.Rewrite(s, leaf => leaf is Element e && e.Operand == value ? expression : null, done)
        );
        foreach (var leaf in KernelDraft.LeavesOf([expression]))
            AddReader(leaf, reader);
    }
}
