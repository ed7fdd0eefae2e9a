namespace Autodiff;

/// <summary>
/// Puts the expression of a value in the place of loading it: always where that is free (movement, index arithmetic, an operation or two),
/// and where the reader is the only one and computes it no more often than its own kernel would.
/// </summary>
sealed class Inlining(ProgramFacts facts)
{
    const int MostTableBytes = 1 << 14;
    const int ManyLoads = 6;

    readonly Dictionary<Value, int> readers = [];
    readonly Dictionary<Value, int> overwrittenAt = [];
    readonly Dictionary<Value, Definition> definitions = [];
    int position;

    internal static Program Run(Program program, ProgramFacts facts)
    {
        var pass = new Inlining(facts);
        pass.Survey(program.Body);
        pass.position = 0;
        return new(pass.Rewrite(program.Body));
    }

    /// <summary>Counts the steps that read each value, and finds where a value's memory may first be taken over by a result.</summary>
    void Survey(Block block)
    {
        foreach (var step in block.Steps)
        {
            position++;
            foreach (var value in step.Operands.Distinct())
                CountReader(value);
            foreach (var value in step.Overwritten)
                overwrittenAt.TryAdd(value, position);
            foreach (var inner in step.Blocks)
                Survey(inner);
        }
        foreach (var result in block.Results)
            CountReader(result);
    }

    void CountReader(Value value) => readers[value] = readers.GetValueOrDefault(value) + 1;

    Block Rewrite(Block block)
    {
        var drafts = new List<(Step Step, KernelDraft? Draft)>();
        foreach (var step in block.Steps)
        {
            position++;
            switch (step)
            {
                case KernelStep kernel:
                    var draft = new KernelDraft(facts.Operands.Open(kernel), facts);
                    Fuse(draft, block, freeOnly: false);
                    drafts.Add((kernel, draft));
                    Define(kernel, draft, block);
                    break;
                case AliasStep { Outputs: [{ Type: { Tape: 0, Shape.Size: > 0 } type } output] } alias:
                    var view = new KernelDraft(Kernel.Map(type, Reshaped(alias.Inputs[0], type.Shape)), facts);
                    Fuse(view, block, freeOnly: true);
                    drafts.Add((alias, null));
                    Define(output, view.Kernel.Outputs[0].Value, view.Cost, view.Leaves, block, isAlias: true, isSole: true);
                    break;
                default:
                    drafts.Add((step.Rebuild(v => v, Rewrite), null));
                    break;
            }
        }
        return new(block.Parameters, Finish(drafts, block.Results), block.Results);
    }

    /// <summary>The steps that are still read, in order. The others live on in their readers, and are not written out.</summary>
    Step[] Finish(List<(Step Step, KernelDraft? Draft)> drafts, Value[] results)
    {
        var live = new HashSet<Value>(results);
        var steps = new List<Step>();
        for (var i = drafts.Count - 1; i >= 0; i--)
        {
            var (step, draft) = drafts[i];
            if (!Array.Exists(step.Outputs, live.Contains))
                continue;
            var finished = draft is null ? step : facts.Operands.Close(draft.Kernel, step.Outputs);
            finished.VisitReads(v => live.Add(v));
            steps.Add(finished);
        }
        steps.Reverse();
        return [.. steps];
    }

    /// <summary>The element of an array at the place in row-major order of an index of another shape.</summary>
    Scalar Reshaped(Value input, Shape shape)
    {
        var simplifier = facts.For(shape);
        Scalar Combine(ScalarOp op, Scalar a, long b) => simplifier.Apply(op, DType.Int64, a, simplifier.Constant(DType.Int64, b));
        var place = simplifier.Constant(DType.Int64, 0);
        var strides = shape.Strides();
        for (var i = 0; i < shape.Rank; i++)
        {
            // A reader's index on an axis of one element is 0, though it may not look so.
            if (shape[i] == 1)
                continue;
            place = simplifier.Apply(
                ScalarOp.Add,
                DType.Int64,
                place,
                Combine(ScalarOp.Mul, facts.Interner.Intern(Scalar.Axis(i)), strides[i])
            );
        }
        var source = input.Type.Shape;
        var index = new Scalar[source.Rank];
        var sourceStrides = source.Strides();
        for (var i = 0; i < index.Length; i++)
            index[i] = Combine(ScalarOp.Rem, Combine(ScalarOp.Div, place, sourceStrides[i]), source[i]);
        return simplifier.Element(facts.Operands.Id(input), input.Type.DType, index);
    }

    void Define(KernelStep step, KernelDraft draft, Block block)
    {
        if (!draft.Kernel.IsMap)
            return;
        if (step.Outputs is [var only])
        {
            Define(only, draft.Kernel.Outputs[0].Value, draft.Cost, draft.Leaves, block, isAlias: false, isSole: true);
            return;
        }
        for (var i = 0; i < step.Outputs.Length; i++)
        {
            var body = draft.Kernel.Outputs[i].Value;
            Define(step.Outputs[i], body, FusionCost.Of([body]), KernelDraft.LeavesOf([body]), block, isAlias: false, isSole: false);
        }
    }

    void Define(Value value, Scalar body, FusionCost cost, HashSet<int> leaves, Block block, bool isAlias, bool isSole)
    {
        definitions[value] = new(value, body, facts)
        {
            Cost = cost,
            Leaves = leaves,
            Owner = block,
            Position = position,
            IsAlias = isAlias,
            IsSole = isSole,
        };
        if (!isAlias && !cost.IsFree)
            return;
        // Its readers will read what it reads.
        foreach (var leaf in leaves)
            readers[facts.Operands[leaf]] += readers.GetValueOrDefault(value) - 1;
    }

    /// <summary>
    /// Takes into a kernel what it loads and may compute itself, the latest first: by then all its readers may be in the kernel.
    /// </summary>
    void Fuse(KernelDraft draft, Block block, bool freeOnly)
    {
        var candidates = new PriorityQueue<Definition, int>();
        void Consider(int operand)
        {
            if (definitions.TryGetValue(facts.Operands[operand], out var definition))
                candidates.Enqueue(definition, -definition.Position);
        }
        foreach (var leaf in draft.Leaves)
            Consider(leaf);
        while (candidates.TryDequeue(out var definition, out _))
        {
            var loads = draft.LoadsOf(facts.Operands.Id(definition.Value));
            if (loads.Count == 0 || !MayInline(definition, loads, draft, block, freeOnly))
                continue;
            var before = draft.Leaves.ToHashSet();
            if (!draft.Inline(definition, loads))
                continue;
            var free = definition.IsAlias || definition.Cost.IsFree;
            foreach (var leaf in definition.Leaves)
            {
                var shared = before.Contains(leaf);
                if (shared)
                    readers[facts.Operands[leaf]]--;
                if (shared || free)
                    Consider(leaf);
            }
        }
    }

    bool MayInline(Definition definition, List<Element> loads, KernelDraft draft, Block block, bool freeOnly)
    {
        var (value, cost) = (definition.Value, definition.Cost);
        var free = definition.IsAlias || cost.IsFree;
        if (draft.Kernel.Outputs.Any(o => o.Into == facts.Operands.Id(value)))
            return false;
        if (freeOnly && !free)
            return false;
        // Between two blocks lies a loop or branch: what runs once is not recomputed in it.
        if (definition.Owner != block && !(cost.IsMovement && (definition.IsAlias || definition.IsSequential)))
            return false;
        if (definition.Leaves.Any(leaf => IsOverwritten(facts.Operands[leaf], definition.Position)))
            return false;
        if (draft.Cost.Nodes + (long)cost.Nodes * loads.Count > FusionCost.MostNodes)
            return false;
        if (value.Type.Rank == 0)
            return definition.IsAlias || (cost is { Arithmetic: 0, Indexing: 0, Loads: 1 } && readers[value] == 1);
        if (free || IsLookup(definition, loads, draft))
            return true;
        if (readers[value] != 1 || !definition.IsSole)
            return false;
        if (cost.Loads >= ManyLoads && !loads.TrueForAll(e => IsSequential(e, draft)))
            return false;
        if (loads.Exists(e => e.Index.Nodes().Any(n => n is Element { Index.Length: > 0 })) && !cost.IsCheap)
            return false;
        var times = (double)loads.Count * draft.Kernel.Space.Size / Math.Max(1, value.Type.Shape.Size);
        return times <= 1 || (times - 1) * (cost.Arithmetic + cost.Indexing + 2 * cost.Loads) <= 12;
    }

    // What reads many elements is better written in the order in which they lie than computed in another.
    static bool IsSequential(Element load, KernelDraft reader)
    {
        var last = reader.Kernel.Space.Rank - 1;
        return !load.Index[..^1].Nodes().Any(n => n is AxisIndex a && a.Position == last);
    }

    /// <summary>
    /// Whether the loads find their elements in a table as fast as in the array of what was found: the table stays in the cache, and neighbours on
    /// the last axis are of one row of it, or were not neighbours in that array either.
    /// </summary>
    bool IsLookup(Definition definition, List<Element> loads, KernelDraft reader)
    {
        if (definition is not { Body: Element table, Cost: { Arithmetic: 0, Loads: <= 2, Indexing: <= 24, Gathers: true } })
            return false;
        // What only moves elements is better moved again by its readers.
        if (reader.Cost.Arithmetic == 0 || facts.Operands[table.Operand].Type.ByteSize > MostTableBytes)
            return false;
        var rows = table
            .Index.Nodes()
            .OfType<Element>()
            .SelectMany(e => e.Index.Nodes().OfType<AxisIndex>())
            .Select(a => a.Position)
            .ToHashSet();
        var last = reader.Kernel.Space.Rank - 1;
        return loads.TrueForAll(e =>
            rows.All(r => !new[] { e.Index[r] }.Nodes().Any(n => n is AxisIndex a && a.Position == last))
            || (definition.Value.Type.Shape[^1] > 1 && e.Index[^1] is Constant)
        );
    }

    /// <summary>
    /// Whether a value read at <paramref name="before"/> may be gone by now: a result is built in its memory, unless someone reads it
    /// still, and then it must be copied.
    /// </summary>
    bool IsOverwritten(Value value, int before) => overwrittenAt.TryGetValue(value, out var at) && before < at && at <= position;
}
