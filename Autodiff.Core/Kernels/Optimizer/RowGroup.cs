namespace Autodiff;

/// <summary>Steps over the same rows, each of which reads of the others only the row it is at.</summary>
sealed class RowGroup(int rows, int number)
{
    // A shorter row is no loop of its own.
    const int LeastElements = 64;

    // What goes through memory between members must be worth a loop; a row and all that lies between must fit the nearer caches.
    const long LeastBytes = 1 << 16;
    const long MostRowBytes = 1 << 18;
    const int MostMembers = 24;

    // What the blocks multiply by stays in the second-level cache, beside a block; of what only passes through it, a part is enough.
    const long MostSharedBytes = 1 << 19;
    const int PassingShare = 4;

    // Threads share a loop that folds in parts, each with sums of its own: all that is read must be this much more than the sums.
    const long LeastPerSum = 512;

    // Rows that members give, what members fold them into, and what is made of that.
    readonly HashSet<Value> defined = [];
    readonly HashSet<Value> folded = [];
    readonly HashSet<Value> following = [];
    readonly Dictionary<Value, int> rowReaders = [];

    // Values by those that have the same elements under another shape.
    readonly Dictionary<Value, Value> sources = [];

    // Whether a row of some array is long; whether a member would run faster over all rows at once; and whether one reads across rows.
    bool hasLong;
    bool hasFlat;
    bool strays;

    // Whether there are products, and whether they are of blocks of rows.
    bool hasProducts;
    bool isBlocked;
    long sharedBytes;
    RowGroup? united;

    /// <summary>The bytes that a block of rows and all that lies between has at most.</summary>
    internal static long MostBlockBytes { get; set; } = 1 << 19;

    /// <summary>The fewest rows that are a block: fewer are not enough for a product.</summary>
    internal static int LeastBlock { get; set; } = 16;

    internal int Rows => rows;

    /// <summary>How many groups were opened before this one.</summary>
    internal int Number => number;

    internal List<RowMember> Members { get; } = [];

    /// <summary>The steps that read what members fold: they come after the loop.</summary>
    internal List<Step> Followers { get; } = [];

    /// <summary>The number of rows of an iteration: a product takes a block of them.</summary>
    internal int Block => isBlocked ? BlockOf(BlockBytes(null)) : 1;

    /// <summary>How a step that joins no group runs in one of its own, if it can.</summary>
    internal static RowMember? First(RowMember? giving, RowMember? folding) =>
        folding is KernelMember f && HasLong(f) && !(giving is { } g && HasLong(g)) ? folding
        : giving is AliasMember or ProductMember { IsLarge: false } ? null
        : giving;

    internal bool MayJoin(RowMember member) =>
        member.Rows == rows
        && Members.Count(m => m is not AliasMember) < MostMembers
        && !(member.Folds ? strays : folded.Count > 0 && member.Strays)
        && (hasLong || HasLong(member) || !(member.Folds || hasFlat || IsFlat(member)))
        && (member.Step.Inputs.Any(defined.Contains) || member is ProductMember == hasProducts && SharesRows(member))
        && member.Step.Inputs.All(v => !folded.Contains(v) && !following.Contains(v))
        && member.Step.Inputs.All(v => !defined.Contains(v) || !member.ReadsBeyondRowOf(v))
        && (member is not AliasMember alias || hasProducts || alias.FeedsProduct)
        && (
            member is not ProductMember product
            || product.IsLarge
            || product.Step.Inputs.Any(v => defined.Contains(v) && ProductMember.IsLargeArray(v))
        )
        && HasBlockWith(member);

    bool SharesRows(RowMember member) =>
        member.Step.Inputs.Any(v => rowReaders.ContainsKey(v) && (hasProducts || IsLong(v)) && member.ReadsRowsOf(v));

    bool HasBlockWith(RowMember member)
    {
        var product = member as ProductMember;
        if (!isBlocked && product is not { IsBlocked: true })
            return true;
        var sums = folded.Concat(member.Folds ? member.Step.Outputs : []).Sum(v => v.Type.ByteSize);
        return BlockOf(BlockBytes(member)) > 0
            && sharedBytes + (product?.Shared?.Type.ByteSize ?? 0) <= MostSharedBytes
            && LeastPerSum * sums <= rowReaders.Keys.Where(v => !defined.Contains(v)).Sum(v => v.Type.ByteSize);
    }

    /// <summary>The bytes of one row of all that members read and give.</summary>
    long RowBytes => rowReaders.Keys.Union(defined).Sum(v => v.Type.ByteSize / rows);

    /// <summary>
    /// The bytes that a row takes in the cache with one more member. What comes from outside and is read once only passes through it.
    /// </summary>
    long BlockBytes(RowMember? more)
    {
        var readers = defined.Select(SourceOf).Distinct().ToDictionary(v => v, _ => int.MaxValue);
        void Read(Value value, int times)
        {
            if (readers.GetValueOrDefault(value) is var before && before < int.MaxValue)
                readers[value] = before + times;
        }
        foreach (var (value, times) in rowReaders)
            Read(value, times);
        foreach (var value in more?.Step.Inputs.Where(more.ReadsRowsOf) ?? [])
            Read(SourceOf(value), 1);
        foreach (var value in more is null or { Folds: true } or AliasMember ? [] : more.Step.Outputs)
            readers[value] = int.MaxValue;
        return readers.Sum(r => r.Key.Type.ByteSize / rows / (r.Value == 1 ? PassingShare : 1));
    }

    Value SourceOf(Value value) => sources.GetValueOrDefault(value, value);

    /// <summary>The largest divisor of the number of rows that is a block; 0 if there is none.</summary>
    int BlockOf(long rowBytes)
    {
        for (var block = (int)Math.Min(rows / 2, MostBlockBytes / Math.Max(1, rowBytes)); block >= LeastBlock; block--)
            if (rows % block == 0)
                return block;
        return 0;
    }

    internal void Add(RowMember member)
    {
        Members.Add(member);
        if (member is AliasMember { Source: var source, Result: var result })
        {
            sources[result] = SourceOf(source);
            defined.Add(result);
            return;
        }
        foreach (var value in member.Step.Inputs.Distinct())
            if (member.ReadsRowsOf(value))
                rowReaders[SourceOf(value)] = rowReaders.GetValueOrDefault(SourceOf(value)) + 1;
        (member.Folds ? folded : defined).UnionWith(member.Step.Outputs);
        hasLong |= HasLong(member);
        hasFlat |= !member.Folds && IsFlat(member);
        strays |= member.Strays;
        if (member is not ProductMember product)
            return;
        hasProducts = true;
        isBlocked |= product.IsBlocked;
        sharedBytes += product.Shared?.Type.ByteSize ?? 0;
    }

    /// <summary>Whether what reads a value, and no rows, may come after the loop.</summary>
    internal bool MayFollow(Value value) => hasProducts && (folded.Contains(value) || following.Contains(value));

    internal void Follow(Step step)
    {
        Followers.Add(step);
        following.UnionWith(step.Outputs);
    }

    /// <summary>The group this one is part of by now.</summary>
    internal RowGroup Root => united?.Root ?? this;

    /// <summary>
    /// Whether another group, which neither reads nor feeds this one, can run with it and with a member that reads both: if both have short rows, or if
    /// there are products.
    /// </summary>
    internal bool MayUnite(RowGroup other, RowMember member)
    {
        if (rows != other.Rows)
            return false;
        if (!(hasProducts || other.hasProducts || member is ProductMember))
            return Members.Count + other.Members.Count < MostMembers && !(hasLong || hasFlat || other.hasLong || other.hasFlat);
        var both = new RowGroup(rows, number);
        foreach (var one in Members.Concat(other.Members))
            both.Add(one);
        return !(both.strays && both.folded.Count > 0) && both.MayJoin(member);
    }

    internal void Unite(RowGroup other)
    {
        foreach (var member in other.Members)
            Add(member);
        foreach (var step in other.Followers)
            Follow(step);
        other.united = this;
    }

    /// <summary>Whether running row by row saves enough traffic.</summary>
    internal bool Pays
    {
        get
        {
            if (Members.Count(m => m is not AliasMember) < 2)
                return false;
            // Each reader but the first, and each reader of what was just computed, finds its row in the cache.
            var saved = rowReaders
                .Where(r => IsLong(r.Key) || (hasProducts || !hasFlat) && defined.Contains(r.Key))
                .Sum(r => r.Key.Type.ByteSize * (defined.Contains(r.Key) ? r.Value : r.Value - 1));
            return saved >= LeastBytes
                && (
                    hasProducts && rowReaders.Keys.Any(defined.Contains)
                    || RowBytes + folded.Sum(v => v.Type.ByteSize) <= MostRowBytes
                    || Members.TrueForAll(m => m is KernelMember { Kernel.Space.Rank: > 2 })
                );
        }
    }

    bool IsLong(Value value) => IsLong(value, rows);

    static bool IsLong(Value value, int rows) => value.Type.Shape.Size / rows >= LeastElements;

    static bool HasLong(RowMember member) =>
        member is ProductMember
        || (!member.Folds && member.Step.Outputs.Any(o => IsLong(o, member.Rows)))
        || member.Step.Inputs.Any(v => IsLong(v, member.Rows) && member.ReadsRowsOf(v));

    bool IsFlat(RowMember member) => member is KernelMember kernel && kernel.IsFlat(LeastElements);
}
