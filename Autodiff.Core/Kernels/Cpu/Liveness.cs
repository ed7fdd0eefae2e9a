namespace Autodiff;

/// <summary>Where each value of a program is defined and last read.</summary>
sealed class Liveness
{
    readonly Dictionary<Value, Value> roots = [];
    readonly Dictionary<Value, (Block Block, Step? Step, int At)> definitions = [];
    readonly Dictionary<Value, int> lastRead = [];
    readonly Dictionary<Value, int> lastReadOfGroup = [];
    readonly Dictionary<Block, int> positions = [];
    readonly Dictionary<Block, List<Value>[]> dying = [];

    internal Liveness(Block program)
    {
        Visit(program);
        foreach (var (value, (block, _, at)) in definitions)
            dying[block][lastRead.GetValueOrDefault(value, at)].Add(value);
    }

    /// <summary>The value whose elements this one has: itself, unless an <see cref="AliasStep"/> gave it.</summary>
    internal Value Root(Value value) => roots.GetValueOrDefault(value, value);

    internal Block BlockOf(Value value) => definitions[value].Block;

    /// <summary>The step that defines a value; null for a parameter.</summary>
    internal Step? StepOf(Value value) => definitions[value].Step;

    /// <summary>The number of the step that defines a value in its block; the number of steps for a parameter.</summary>
    internal int PlaceOf(Value value) => definitions[value].At;

    internal bool IsRead(Value value) => lastRead.ContainsKey(value);

    /// <summary>The values read for the last time by a step of a block; by its results where the step is one past the last.</summary>
    internal IReadOnlyList<Value> DyingAt(Block block, int step) => dying[block][step];

    /// <summary>The step of its own block that last reads a root or an alias of it: the number of steps where the block's results do.</summary>
    internal int LastReadOfGroup(Value root) => lastReadOfGroup.GetValueOrDefault(root, -1);

    void Visit(Block block)
    {
        dying[block] = [.. Enumerable.Range(0, block.Steps.Length + 1).Select(_ => new List<Value>())];
        foreach (var parameter in block.Parameters)
            definitions[parameter] = (block, null, block.Steps.Length);
        for (var i = 0; i < block.Steps.Length; i++)
        {
            positions[block] = i;
            var step = block.Steps[i];
            foreach (var output in step.Outputs)
                definitions[output] = (block, step, i);
            if (step is AliasStep)
            {
                roots[step.Outputs[0]] = Root(step.Inputs[0]);
                lastRead[step.Inputs[0]] = positions[BlockOf(step.Inputs[0])];
                continue;
            }
            foreach (var input in step.Inputs)
                Read(input);
            if (step is LoopStep { Count: { } count })
                Read(count);
            foreach (var inner in Blocks(step))
                Visit(inner);
        }
        positions[block] = block.Steps.Length;
        foreach (var result in block.Results)
            Read(result);
    }

    void Read(Value value)
    {
        lastRead[value] = positions[BlockOf(value)];
        var root = Root(value);
        lastReadOfGroup[root] = positions[BlockOf(root)];
    }

    /// <summary>The blocks inside a step.</summary>
    internal static IEnumerable<Block> Blocks(Step step) =>
        step switch
        {
            LoopStep { Condition: { } condition } loop => [condition, loop.Body],
            LoopStep loop => [loop.Body],
            BranchStep branch => [branch.IfTrue, branch.IfFalse],
            _ => [],
        };

    /// <summary>Whether the blocks inside a step read a root or an alias of it.</summary>
    internal bool IsReadInside(Step step, Value root) =>
        Blocks(step)
            .Any(b =>
                b.Results.Any(r => Root(r) == root)
                || b.Steps.Any(s =>
                    s.Inputs.Any(i => Root(i) == root) || s is LoopStep { Count: { } count } && Root(count) == root || IsReadInside(s, root)
                )
            );
}
