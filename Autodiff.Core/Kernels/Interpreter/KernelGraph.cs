namespace Autodiff;

/// <summary>
/// The expressions of a kernel as a graph in topological order, with each node's place in the loop nest: the loop in which it is computed,
/// and the side of a Select outside of which nobody needs it.
/// </summary>
sealed class KernelGraph
{
    readonly Dictionary<Scalar, ScalarNode> nodes = [];
    readonly List<ScalarNode> order = [];
    readonly Stack<Scalar> pending = new();
    readonly Shape space;
    readonly Aval[] operands;

    internal KernelGraph(Shape space, Aval[] operands) => (this.space, this.operands) = (space, operands);

    /// <summary>Nodes after those they read.</summary>
    internal IReadOnlyList<ScalarNode> Order => order;

    /// <summary>What is computed whatever any condition says.</summary>
    internal Region Root { get; } = new(null, 0);

    internal ScalarNode this[Scalar scalar] => nodes[scalar];

    internal void Add(Address address)
    {
        foreach (var (term, _) in address.Terms)
            Add(term);
    }

    internal void Add(Scalar root)
    {
        pending.Push(root);
        while (pending.TryPeek(out var scalar))
        {
            if (!nodes.TryGetValue(scalar, out var node))
                nodes[scalar] = node = NewNode(scalar);
            var waiting = false;
            if (node.Placed)
            {
                pending.Pop();
                continue;
            }
            foreach (var argument in node.Arguments)
                if (!nodes.TryGetValue(argument, out var n) || !n.Placed)
                {
                    pending.Push(argument);
                    waiting = true;
                }
            if (waiting)
                continue;
            pending.Pop();
            Place(node);
        }
    }

    ScalarNode NewNode(Scalar scalar) =>
        scalar switch
        {
            Element e => new(scalar, Address.Of(e.Index, operands[e.Operand].Shape)),
            Apply a => new(scalar, a.Arguments),
            _ => new(scalar, []),
        };

    void Place(ScalarNode node)
    {
        node.Placed = true;
        // An axis of size one has one index, 0, known before any loop.
        if (node.Scalar is AxisIndex axis)
            node.Level = space[axis.Position] == 1 ? 0 : axis.Position + 1;
        foreach (var argument in node.Arguments)
            node.Level = Math.Max(node.Level, nodes[argument].Level);
        order.Add(node);
    }

    /// <summary>Notes that code in <paramref name="region"/> reads an address.</summary>
    internal void Use(Address address, Region region)
    {
        foreach (var (term, _) in address.Terms)
            Use(term, region);
    }

    internal void Use(Scalar scalar, Region region)
    {
        var node = nodes[scalar];
        node.Region = node.Region is null ? region : Region.Common(node.Region, region);
    }

    /// <summary>Settles the region of every node, once all uses from outside are noted.</summary>
    internal void AssignRegions()
    {
        for (var i = order.Count - 1; i >= 0; i--)
        {
            var node = order[i];
            var region = node.Region ?? Root;
            // What an outer loop computes, it computes unconditionally.
            while (region.Parent is not null && region.Level != node.Level)
                region = region.Parent;
            node.Region = region;
            if (node.Scalar is not Apply { Op: ScalarOp.Select, Arguments: [var condition, var yes, var no] })
            {
                foreach (var argument in node.Arguments)
                    Use(argument, region);
                continue;
            }
            Use(condition, region);
            node.IfTrue = new Region(region, node.Level);
            node.IfFalse = new Region(region, node.Level);
            Use(yes, node.IfTrue);
            Use(no, node.IfFalse);
        }
        foreach (var node in order)
            if (node.Region != Root)
                node.Region!.Nodes.Add(node);
    }
}

/// <summary>A node of a <see cref="KernelGraph"/>.</summary>
sealed class ScalarNode
{
    internal ScalarNode(Scalar scalar, Scalar[] arguments) => (Scalar, Arguments) = (scalar, arguments);

    internal ScalarNode(Scalar scalar, Address address)
        : this(scalar, Array.ConvertAll(address.Terms, t => t.Term)) => Address = address;

    internal Scalar Scalar { get; }
    internal Scalar[] Arguments { get; }

    /// <summary>Where an <see cref="Element"/> lies.</summary>
    internal Address? Address { get; }

    internal bool Placed { get; set; }

    /// <summary>The number of outer loops inside of which it must be computed: those up to the innermost index it depends on.</summary>
    internal int Level { get; set; }

    internal Region? Region { get; set; }
    internal Region? IfTrue { get; set; }
    internal Region? IfFalse { get; set; }
    internal int Register { get; set; } = -1;
}

/// <summary>One side of a Select, within another: code run only under a condition.</summary>
sealed class Region(Region? parent, int level)
{
    internal Region? Parent => parent;
    internal int Level => level;
    internal int Depth { get; } = parent is null ? 0 : parent.Depth + 1;
    internal List<ScalarNode> Nodes { get; } = [];

    internal static Region Common(Region a, Region b)
    {
        while (a != b)
            if (a.Depth >= b.Depth)
                a = a.Parent!;
            else
                b = b.Parent!;
        return a;
    }
}

/// <summary>A position in row-major order: a constant and multiples of expressions.</summary>
sealed class Address
{
    // Deeper sums are left to be computed as such: they may be shared.
    const int Depth = 8;

    internal long Base { get; private set; }
    internal (Scalar Term, long Scale)[] Terms { get; private set; } = [];

    internal static Address Of(Scalar[] index, Shape shape)
    {
        var address = new Address();
        var strides = shape.Strides();
        var terms = new List<(Scalar Term, long Scale)>(index.Length);
        // The index along an axis of size one is 0.
        for (var d = 0; d < index.Length; d++)
            if (shape[d] != 1)
                address.Gather(index[d], strides[d], terms, Depth);
        address.Terms = [.. terms];
        return address;
    }

    void Gather(Scalar index, long scale, List<(Scalar Term, long Scale)> terms, int depth)
    {
        switch (index)
        {
            case Constant c:
                Base += c.Bits * scale;
                return;
            case Apply { Op: ScalarOp.Add, Arguments: [var a, var b] } when depth > 0:
                Gather(a, scale, terms, depth - 1);
                Gather(b, scale, terms, depth - 1);
                return;
            case Apply { Op: ScalarOp.Sub, Arguments: [var a, var b] } when depth > 0:
                Gather(a, scale, terms, depth - 1);
                Gather(b, -scale, terms, depth - 1);
                return;
            case Apply { Op: ScalarOp.Mul, Arguments: [var a, Constant b] } when depth > 0:
                Gather(a, scale * b.Bits, terms, depth - 1);
                return;
            case AxisIndex axis when terms.FindIndex(t => t.Term is AxisIndex x && x.Position == axis.Position) is >= 0 and var at:
                terms[at] = (axis, terms[at].Scale + scale);
                return;
            default:
                terms.Add((index, scale));
                return;
        }
    }
}
