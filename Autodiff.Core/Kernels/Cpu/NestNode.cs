namespace Autodiff;

/// <summary>A side of a <see cref="ScalarOp.Select"/>: what only it needs is computed only when it is taken.</summary>
sealed record Side(NestNode Select, bool Taken);

/// <summary>An expression of a nest and where it is computed: inside how many loops, and on which side of which choice.</summary>
sealed class NestNode(Scalar expression, int depth, bool varies)
{
    internal Scalar Expression => expression;

    /// <summary>The number of loops around the computation.</summary>
    internal int Depth => depth;

    /// <summary>Whether it differs between the lanes of a vector.</summary>
    internal bool Varies => varies;

    internal Side? Side { get; set; }

    /// <summary>Whether the value is kept in a local, and not computed where it is used.</summary>
    internal bool Kept { get; set; }

    internal int Users { get; set; }

    /// <summary>The operations below it that are computed where they are used.</summary>
    internal int Height { get; set; }
}

/// <summary>Places every expression of a nest: as far out as the loops allow, and as far into choices as its users allow.</summary>
sealed class NestNodes
{
    // The JIT takes quadratic time over deep trees.
    const int MostHeight = 16;

    readonly NestPlan nest;
    readonly Dictionary<Scalar, NestNode> nodes = [];
    readonly Dictionary<(int, Side?), List<NestNode>> placed = [];

    // The depth of the vectorised loop, or 0.
    internal NestNodes(NestPlan nest, int vectorDepth)
    {
        this.nest = nest;
        foreach (var expression in nest.Order)
        {
            var loops = nest.LoopsOf(expression);
            var varies = vectorDepth > 0 && (loops & (1UL << vectorDepth)) != 0;
            nodes[expression] = new(expression, 63 - System.Numerics.BitOperations.LeadingZeroCount(loops | 1), varies);
        }
        foreach (var node in nodes.Values)
            node.Kept =
                node.Expression is Apply { Op: ScalarOp.Select } select && (!node.Varies || VectorPlan.IsFunction(select.Arguments[2]))
                || IsChecked(node.Expression);
        Place(vectorDepth == 0);
        foreach (var expression in nest.Order)
        {
            var node = nodes[expression];
            if (node.Expression is Constant or AxisIndex || (node.Varies && VectorPlan.IsFunction(node.Expression)))
            {
                node.Kept = false;
                continue;
            }
            node.Height = 1 + nest.Needs(expression).Select(n => nodes[n]).Max(n => (int?)(n.Kept ? 0 : n.Height)) ?? 1;
            node.Kept |= node.Users > 1 || node.Height > MostHeight;
            if (!node.Kept)
                continue;
            if (!placed.TryGetValue((node.Depth, node.Side), out var list))
                placed[(node.Depth, node.Side)] = list = [];
            list.Add(node);
        }
    }

    internal NestNode this[Scalar expression] => nodes[expression];

    /// <summary>The values to be computed at one place, arguments first.</summary>
    internal IReadOnlyList<NestNode> At(int depth, Side? side) => placed.TryGetValue((depth, side), out var list) ? list : [];

    /// <summary>Whether an element is read only after a check that it is there.</summary>
    internal bool IsChecked(Scalar expression) =>
        expression is Element e && nest.OperandType(e.Operand) is { Rank: > 0 } type && !nest.InRange(nest.OffsetOf(e), type);

    // Users first, so that a node's place is known before those of its arguments.
    void Place(bool lazily)
    {
        var reached = new Dictionary<NestNode, Side?>();
        void Use(NestNode node, Side? side, int depth)
        {
            node.Users++;
            if (node.Depth != depth)
                node.Kept = true;
            if (reached.TryGetValue(node, out var other))
            {
                if (other != side)
                    node.Kept = true;
                side = Common(other, side);
            }
            reached[node] = side;
        }
        for (var o = 0; o < nest.Kernel.Outputs.Length; o++)
            foreach (var root in nest.Roots(o))
                Use(nodes[root], null, nest.Loops.Length);
        foreach (var expression in nest.Order.Reverse())
        {
            var node = nodes[expression];
            var side = reached[node];
            while (side is not null && side.Select.Depth > node.Depth)
                side = side.Select.Side;
            node.Side = side;
            if (lazily && expression is Apply { Op: ScalarOp.Select } select)
            {
                Use(nodes[select.Arguments[0]], side, node.Depth);
                Use(nodes[select.Arguments[1]], new(node, true), node.Depth);
                Use(nodes[select.Arguments[2]], new(node, false), node.Depth);
            }
            else
                foreach (var need in nest.Needs(expression))
                    Use(nodes[need], side, node.Depth);
        }
    }

    static Side? Common(Side? a, Side? b)
    {
        var around = new HashSet<Side>();
        for (var s = a; s is not null; s = s.Select.Side)
            around.Add(s);
        var common = b;
        while (common is not null && !around.Contains(common))
            common = common.Select.Side;
        return common;
    }
}
