namespace Autodiff;

/// <summary>The flat arguments of a call: leaves, structure, and which leaves belong to which argument. Reused from call to call of a thread.</summary>
sealed class Arguments
{
    [ThreadStatic]
    static Arguments? spare;

    readonly TreeWriter writer = new();
    readonly List<int> ends = [];
    readonly Rooms operands = new();
    readonly Rooms results = new();
    NDArray[]? leaves;
    TreeStructure? structure;
    Type signature = typeof(void);

    internal static Arguments Rent(Type signature)
    {
        var arguments = spare ?? new();
        spare = null;
        arguments.signature = signature;
        return arguments;
    }

    internal void Release()
    {
        writer.Clear();
        ends.Clear();
        operands.Clear();
        results.Clear();
        (leaves, structure) = (null, null);
        spare = this;
    }

    internal void Add<T>(T argument)
    {
        PyTree<T>.Default.Flatten(argument, writer);
        ends.Add(writer.Leaves.Length);
    }

    internal NDArray[] Leaves => leaves ??= writer.TakeLeaves();

    /// <summary>The leaves, where they are until the end of the call.</summary>
    internal ReadOnlySpan<NDArray> View => writer.Leaves;

    internal TreeStructure Structure => structure ??= writer.TakeStructure(signature);

    /// <summary>For each argument, the number of leaves up to and with it.</summary>
    internal IReadOnlyList<int> Ends => ends;

    /// <summary>The leaves of some arguments, given by position.</summary>
    internal int[] LeavesOf(int[] positions) =>
        [.. positions.Order().SelectMany(p => Enumerable.Range(p == 0 ? 0 : ends[p - 1], ends[p] - (p == 0 ? 0 : ends[p - 1])))];

    internal bool Have(TreeStructure wanted) => writer.Matches(wanted);

    /// <summary>Some arrays and the leaves behind them, in an array that is gone at the end of the call.</summary>
    internal NDArray[] LendBehind(NDArray[] first)
    {
        var all = operands.Take(first.Length + View.Length);
        first.CopyTo(all, 0);
        View.CopyTo(all.AsSpan(first.Length));
        return all;
    }

    /// <summary>An array for results, which is gone at the end of the call.</summary>
    internal NDArray[] LendResults(int count) => results.Take(count);

    /// <summary>An array of each small length, of which one is in use at a time.</summary>
    sealed class Rooms
    {
        readonly NDArray[]?[] rooms = new NDArray[]?[32];
        NDArray[] taken = [];

        internal NDArray[] Take(int length) => taken = length < rooms.Length ? rooms[length] ??= new NDArray[length] : new NDArray[length];

        internal void Clear()
        {
            Array.Clear(taken);
            taken = [];
        }
    }
}
