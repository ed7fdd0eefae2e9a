namespace Autodiff;

/// <summary>Kernels over the same rows, each of which reads of the others only the row it is at.</summary>
sealed class RowGroup(int rows, int number)
{
    // A row this short is no loop of its own.
    const int LeastElements = 64;

    // What goes through memory between kernels must be worth a loop; a row and all that lies between must fit the nearer caches.
    const long LeastBytes = 1 << 16;
    const long MostRowBytes = 1 << 18;
    const int MostMembers = 24;

    readonly HashSet<Value> defined = [];
    readonly Dictionary<Value, int> rowReaders = [];

    internal int Rows => rows;

    /// <summary>How many groups were opened before this one.</summary>
    internal int Number => number;

    internal List<KernelStep> Members { get; } = [];

    /// <summary>Whether a kernel can run row by row.</summary>
    internal static bool MayRun(KernelStep step) =>
        step.Kernel is { Space: { Rank: > 0, Size: > 0 } space } kernel
        && space[0] > 1
        && kernel.ReducedAxes < space.Rank
        && Array.TrueForAll(kernel.Outputs, o => o is { Prefix: false, Index: null, Into: null, Guard: null });

    internal bool MayJoin(KernelStep step) =>
        step.Kernel.Space[0] == rows
        && Members.Count < MostMembers
        && step.Inputs.Any(v => defined.Contains(v) || (rowReaders.ContainsKey(v) && IsLong(v) && ReadsRowsOf(step, v)))
        && step.Inputs.All(v => !defined.Contains(v) || ElementsOf(step, v).All(IsRow));

    internal void Add(KernelStep step)
    {
        Members.Add(step);
        foreach (var value in step.Inputs.Distinct())
            if (ReadsRowsOf(step, value))
                rowReaders[value] = rowReaders.GetValueOrDefault(value) + 1;
        defined.UnionWith(step.Outputs);
    }

    /// <summary>Whether a kernel reads a value at its own row.</summary>
    internal bool ReadsRowsOf(KernelStep step, Value value) =>
        value.Type.Tape == 0 && value.Type.Rank > 0 && value.Type.Shape[0] == rows && ElementsOf(step, value).Any(IsRow);

    /// <summary>Whether running row by row saves enough traffic.</summary>
    internal bool Pays
    {
        get
        {
            if (Members.Count < 2)
                return false;
            // Each reader but the first, and each reader of what was just computed, finds its row in the cache.
            var saved = rowReaders
                .Where(r => IsLong(r.Key))
                .Sum(r => r.Key.Type.ByteSize * (defined.Contains(r.Key) ? r.Value : r.Value - 1));
            var rowBytes = rowReaders.Keys.Union(defined).Sum(v => v.Type.ByteSize / rows);
            return saved >= LeastBytes && (rowBytes <= MostRowBytes || Members.TrueForAll(m => m.Kernel.Space.Rank > 2));
        }
    }

    bool IsLong(Value value) => value.Type.Shape.Size / rows >= LeastElements;

    static IEnumerable<Element> ElementsOf(KernelStep step, Value value) =>
        step.Kernel.Expressions.Nodes().OfType<Element>().Where(e => step.Inputs[e.Operand] == value);

    static bool IsRow(Element element) => element.Index is [AxisIndex { Position: 0 }, ..];
}
