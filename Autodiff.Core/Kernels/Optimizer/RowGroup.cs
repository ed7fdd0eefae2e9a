namespace Autodiff;

/// <summary>Kernels over the same rows, each of which reads of the others only the row it is at.</summary>
sealed class RowGroup(int rows, int number)
{
    // A shorter row is no loop of its own.
    const int LeastElements = 64;

    // What goes through memory between kernels must be worth a loop; a row and all that lies between must fit the nearer caches.
    const long LeastBytes = 1 << 16;
    const long MostRowBytes = 1 << 18;
    const int MostMembers = 24;

    readonly HashSet<Value> defined = [];
    readonly Dictionary<Value, int> rowReaders = [];

    // Whether a row of some array is long, and whether a member would run faster over all rows at once.
    bool hasLong;
    bool hasFlat;
    RowGroup? united;

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
        && (hasLong || HasLong(step) || !(hasFlat || IsFlat(step)))
        && step.Inputs.Any(v => defined.Contains(v) || (rowReaders.ContainsKey(v) && IsLong(v) && ReadsRowsOf(step, v)))
        && step.Inputs.All(v => !defined.Contains(v) || ElementsOf(step, v).All(IsRow));

    internal void Add(KernelStep step)
    {
        Members.Add(step);
        foreach (var value in step.Inputs.Distinct())
            if (ReadsRowsOf(step, value))
                rowReaders[value] = rowReaders.GetValueOrDefault(value) + 1;
        defined.UnionWith(step.Outputs);
        hasLong |= HasLong(step);
        hasFlat |= IsFlat(step);
    }

    /// <summary>The group this one is part of by now.</summary>
    internal RowGroup Root => united?.Root ?? this;

    /// <summary>Whether another group of short rows, which neither reads nor feeds this one, can run with it.</summary>
    internal bool MayUnite(RowGroup other) =>
        rows == other.Rows && Members.Count + other.Members.Count < MostMembers && !(hasLong || hasFlat || other.hasLong || other.hasFlat);

    internal void Unite(RowGroup other)
    {
        foreach (var member in other.Members)
            Add(member);
        other.united = this;
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
                .Where(r => IsLong(r.Key) || (!hasFlat && defined.Contains(r.Key)))
                .Sum(r => r.Key.Type.ByteSize * (defined.Contains(r.Key) ? r.Value : r.Value - 1));
            var rowBytes = rowReaders.Keys.Union(defined).Sum(v => v.Type.ByteSize / rows);
            return saved >= LeastBytes && (rowBytes <= MostRowBytes || Members.TrueForAll(m => m.Kernel.Space.Rank > 2));
        }
    }

    bool IsLong(Value value) => value.Type.Shape.Size / rows >= LeastElements;

    bool HasLong(KernelStep step) => step.Outputs.Any(IsLong) || step.Inputs.Any(v => IsLong(v) && ReadsRowsOf(step, v));

    /// <summary>
    /// Whether a kernel over short rows walks through all memory it reads in order, and so computes elements of many rows in one vector. What
    /// steps from row to row gains nothing by having all rows before it.
    /// </summary>
    bool IsFlat(KernelStep step)
    {
        var kernel = step.Kernel;
        var elements = kernel.Space.Size / rows;
        return kernel.ReducedAxes == 0
            && elements < LeastElements
            && kernel
                .Expressions.Nodes()
                .OfType<Element>()
                .All(e =>
                    e.Index.IsOwn(kernel.Space) && step.Inputs[e.Operand].Type.Shape == kernel.Space
                    || (elements == 1 ? StepOf(e, step.Inputs[e.Operand].Type.Shape) is 0 or 1 : !e.Index.Nodes().Any(n => n is AxisIndex))
                );
    }

    /// <summary>How far an element of the next row is from that of a row, in elements of its array; null where that is not one distance.</summary>
    static long? StepOf(Element element, Shape shape)
    {
        var (step, strides) = (0L, shape.Strides());
        for (var i = 0; i < element.Index.Length; i++)
            switch (element.Index[i])
            {
                case AxisIndex { Position: 0 } or Apply { Op: ScalarOp.Add, Arguments: [AxisIndex { Position: 0 }, Constant] }:
                    step += strides[i];
                    break;
                case var index when new[] { index }.Nodes().Any(n => n is AxisIndex or Element { Index.Length: > 0 }):
                    return null;
            }
        return step;
    }

    static IEnumerable<Element> ElementsOf(KernelStep step, Value value) =>
        step.Kernel.Expressions.Nodes().OfType<Element>().Where(e => step.Inputs[e.Operand] == value);

    static bool IsRow(Element element) => element.Index is [AxisIndex { Position: 0 }, ..];
}
