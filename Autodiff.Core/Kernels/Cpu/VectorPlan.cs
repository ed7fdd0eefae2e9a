namespace Autodiff;

/// <summary>
/// A stretch of the vectorised loop: <paramref name="Count"/> iterations from <paramref name="Start"/>, each of <paramref name="Unroll"/> vectors
/// of <paramref name="Bits"/> bits, or of one scalar where Bits is 0.
/// </summary>
readonly record struct Piece(int Bits, int Unroll, long Start, long Count, long Step);

/// <summary>Which loop of a nest is vectorised, and how it is cut into pieces.</summary>
sealed class VectorPlan
{
    // More accumulators than this would not fit the registers beside their operands.
    const int MostUnrolled = 4;
    const int LargestUnrolled = 24;
    const int LeastPositions = 64;

    VectorPlan(int depth, int size, Piece[] pieces) => (Depth, Size, Pieces) = (depth, size, pieces);

    /// <summary>The depth of the vectorised loop, the outermost being 1.</summary>
    internal int Depth { get; }

    /// <summary>The size in bytes of every element.</summary>
    internal int Size { get; }

    internal Piece[] Pieces { get; }

    /// <summary>The plan for a nest, or null if it has no vector form.</summary>
    internal static VectorPlan? Create(NestPlan nest, int bits, bool inPlace)
    {
        if (bits == 0 || nest.Loops.Length == 0)
            return null;
        var columns = nest.MapLoops > (nest.IsShared ? 1 : 0) ? For(nest, nest.MapLoops, bits, inPlace) : null;
        var rows = nest.Loops.Length > nest.MapLoops ? For(nest, nest.Loops.Length, bits, inPlace) : null;
        if (columns is null || rows is null)
            return columns ?? rows;
        return columns.Pieces[0].Bits >= rows.Pieces[0].Bits ? columns : rows;
    }

    static VectorPlan? For(NestPlan nest, int depth, int bits, bool inPlace)
    {
        var size = SizeOf(nest, depth);
        if (size == 0 || !new Check(nest, depth, size).Holds)
            return null;
        var extent = nest.Loops[depth - 1].Extent;
        var reduces = nest.Loops.Length > nest.MapLoops;
        while (bits >= 128 && extent < bits / 8 / size)
            bits /= 2;
        if (bits < 128)
            return null;
        var isPrefix = Array.Exists(nest.Kernel.Outputs, o => o.Prefix);
        var unroll = reduces && !isPrefix && nest.Order.Length <= LargestUnrolled ? MostUnrolled : 1;
        // The last vector of a row may overlap the one before, unless an element must be visited only once.
        var overlap = depth <= nest.MapLoops && !inPlace && nest.Kernel.Outputs.All(o => o.Into is null);
        return new(depth, size, Cut(extent, bits, size, unroll, overlap));
    }

    static Piece[] Cut(long extent, int bits, int size, int unroll, bool overlap)
    {
        var pieces = new List<Piece>();
        var at = 0L;
        void Add(int bits, int unroll, long step)
        {
            if ((extent - at) / step is > 0 and var count)
            {
                pieces.Add(new(bits, unroll, at, count, step));
                at += count * step;
            }
        }
        var lanes = bits / 8 / size;
        if (unroll > 1)
            Add(bits, unroll, unroll * lanes);
        Add(bits, 1, lanes);
        if (overlap && at < extent)
        {
            pieces.Add(new(bits, 1, extent - lanes, 1, lanes));
            return [.. pieces];
        }
        for (var narrower = bits / 2; narrower >= 128; narrower /= 2)
            Add(narrower, 1, narrower / 8 / size);
        Add(0, 1, 1);
        return [.. pieces];
    }

    // All lanes have one width: that of the first number that varies along the loop.
    static int SizeOf(NestPlan nest, int depth)
    {
        var bit = 1UL << depth;
        var types = nest
            .Order.Where(n => (nest.LoopsOf(n) & bit) != 0)
            .Select(n => n.Type)
            .Concat(nest.Kernel.Outputs.Select(o => o.Value.Type));
        var found = types.Where(t => t != DType.Bool).Select(t => t.Size).Distinct().ToArray();
        return found.Length switch
        {
            0 => nest.Order.Any(n => n is AxisIndex && (nest.LoopsOf(n) & bit) != 0) ? 8 : 1,
            1 => found[0],
            _ => 0,
        };
    }

    /// <summary>Whether a node is a function of one float that has no vector form.</summary>
    internal static bool IsFunction(Scalar node) => node is Apply { Type.IsFloat: true, Arguments: [_] } a && Elementary.IsElementary(a.Op);

    sealed class Check(NestPlan nest, int depth, int size)
    {
        readonly ulong bit = 1UL << depth;
        readonly int axis = nest.Loops[depth - 1].Axis;

        internal bool Holds => nest.Order.All(Computes) && Enumerable.Range(0, nest.Kernel.Outputs.Length).All(Stores);

        bool Computes(Scalar node) =>
            (nest.LoopsOf(node) & bit) == 0
            || node switch
            {
                AxisIndex => size == 8 || nest.Order.All(user => IndexNarrowing.IsIndex(user) || !nest.Needs(user).Contains(node)),
                Apply when IndexNarrowing.IsIndex(node) => size == 4,
                Element { Type: DType.Bool } when size > 1 && !VectorEmitter.LoadsBytes => false,
                Element e => IsContiguous(nest.OffsetOf(e), nest.OperandType(e.Operand)),
                Apply a => VectorEmitter.Supports(a, size) || IsOutOfLine(a),
                _ => true,
            };

        // What only the other side of a choice needs is called for lane by lane where any lane takes that side.
        bool IsOutOfLine(Apply node) =>
            IsFunction(node)
            && node.Type.Size == size
            && nest.Kernel.Outputs.All(o => o.Value != node)
            && nest.Order.All(user =>
                !nest.Needs(user).Contains(node) || (user is Apply { Op: ScalarOp.Select } s && s.Arguments[1] != node)
            );

        bool IsContiguous(Affine place, Aval type) =>
            place.Axes[axis] == 1
            && place.Terms.All(t => (nest.LoopsOf(t.Term) & bit) == 0)
            && (type.DType.Size == size || type.DType == DType.Bool)
            && nest.InRange(place, type);

        bool Stores(int index)
        {
            var output = nest.Kernel.Outputs[index];
            if (output.Guard is not null)
                return false;
            if (output.Fold is Fold.ArgMax or Fold.ArgMin)
                return FindsPosition(output);
            var folds = output.Value.Type != DType.Bool || output.Fold is Fold.And or Fold.Or;
            if (output.Value.Type.Size != output.Type.DType.Size)
                return false;
            if (output.Prefix && depth > nest.MapLoops)
                return IsRunningSum(output) && IsContiguous(nest.Stores[index]!, output.Type);
            if (nest.Accumulates(output) && depth > nest.MapLoops)
                return folds && output.Fold != Fold.Set && (nest.Stores[index] is not { } at || (nest.LoopsOf(at) & bit) == 0);
            var isFold = output.Into is not null ? output.Fold != Fold.Set : nest.Accumulates(output) || output.Prefix;
            return (!isFold || (folds && output.Fold != Fold.Set))
                && (output.Into is null || depth == nest.Loops.Length)
                && nest.Stores[index] is { } place
                && IsContiguous(place, output.Type);
        }

        // To compare the lanes in the end takes as long as some dozens of elements one by one.
        bool FindsPosition(KernelOutput output) =>
            !output.Prefix
            && nest.Loops.Length == nest.MapLoops + 1
            && depth == nest.Loops.Length
            && nest.Loops[depth - 1].Extent >= LeastPositions
            && output.Value.Type != DType.Bool;

        // A vector is summed up within itself, and then begins where the one before it ended.
        bool IsRunningSum(KernelOutput output) => output.Fold == Fold.Add && size >= 4 && depth == nest.Loops.Length;
    }
}
