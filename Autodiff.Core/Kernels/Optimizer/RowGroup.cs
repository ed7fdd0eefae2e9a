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

    // Rows that members give, and what members fold them into.
    readonly HashSet<Value> defined = [];
    readonly HashSet<Value> folded = [];
    readonly Dictionary<Value, int> rowReaders = [];

    // Whether a row of some array is long; whether a member would run faster over all rows at once; and whether one reads across rows.
    bool hasLong;
    bool hasFlat;
    bool strays;
    RowGroup? united;

    internal int Rows => rows;

    /// <summary>How many groups were opened before this one.</summary>
    internal int Number => number;

    internal List<RowMember> Members { get; } = [];

    /// <summary>How a kernel that joins no group runs in one of its own, if it can.</summary>
    internal static RowMember? First(RowMember? giving, RowMember? folding) =>
        folding is { } f && HasLong(f) && !(giving is { } g && HasLong(g)) ? folding : giving;

    internal bool MayJoin(RowMember member) =>
        member.Rows == rows
        && Members.Count < MostMembers
        && !(member.Folds ? strays : folded.Count > 0 && member.Strays)
        && (hasLong || HasLong(member) || !(member.Folds || hasFlat || IsFlat(member.Step)))
        && member.Step.Inputs.Any(v => defined.Contains(v) || (rowReaders.ContainsKey(v) && IsLong(v) && member.ReadsRowsOf(v)))
        && member.Step.Inputs.All(v => !folded.Contains(v) && (!defined.Contains(v) || member.ElementsOf(v).All(member.IsOfRow)));

    internal void Add(RowMember member)
    {
        Members.Add(member);
        foreach (var value in member.Step.Inputs.Distinct())
            if (member.ReadsRowsOf(value))
                rowReaders[value] = rowReaders.GetValueOrDefault(value) + 1;
        (member.Folds ? folded : defined).UnionWith(member.Step.Outputs);
        hasLong |= HasLong(member);
        hasFlat |= !member.Folds && IsFlat(member.Step);
        strays |= member.Strays;
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
            var rowBytes = rowReaders.Keys.Union(defined).Sum(v => v.Type.ByteSize / rows) + folded.Sum(v => v.Type.ByteSize);
            return saved >= LeastBytes && (rowBytes <= MostRowBytes || Members.TrueForAll(m => m.Step.Kernel.Space.Rank > 2));
        }
    }

    bool IsLong(Value value) => IsLong(value, rows);

    static bool IsLong(Value value, int rows) => value.Type.Shape.Size / rows >= LeastElements;

    static bool HasLong(RowMember member) =>
        (!member.Folds && member.Step.Outputs.Any(o => IsLong(o, member.Rows)))
        || member.Step.Inputs.Any(v => IsLong(v, member.Rows) && member.ReadsRowsOf(v));

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
}
