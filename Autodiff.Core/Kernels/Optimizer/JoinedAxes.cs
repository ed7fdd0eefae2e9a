namespace Autodiff;

/// <summary>
/// Gives kernels one axis in the place of several that together count the rows of a large product, or its batch: a product of arrays with many axes is
/// one of matrices, and what reads or feeds it can then run with it row by row.
/// </summary>
sealed class JoinedAxes
{
    readonly ProgramFacts facts;

    // The numbers of rows, and whether each row is the item of a batch.
    readonly Dictionary<int, bool> rows = [];

    // Arrays with such rows.
    readonly HashSet<Value> rowed = [];

    // Arrays by those that have the same elements and one axis for several; and which of the former nobody has needed so far.
    readonly Dictionary<Value, Value> joined = [];
    readonly HashSet<Value> pending = [];

    // Arrays by those of which they are the rows of a product.
    readonly Dictionary<Value, Value> views = [];
    readonly List<Step> steps = [];

    JoinedAxes(ProgramFacts facts) => this.facts = facts;

    internal static Program Run(Program program, ProgramFacts facts) => new(Rewrite(program.Body, facts));

    static Block Rewrite(Block block, ProgramFacts facts)
    {
        var pass = new JoinedAxes(facts);
        pass.Survey(block);
        if (pass.rows.Count == 0)
            return new(block.Parameters, Array.ConvertAll(block.Steps, s => s.Rebuild(v => v, b => Rewrite(b, facts))), block.Results);
        foreach (var step in block.Steps)
            pass.Add(step.Rebuild(v => v, b => Rewrite(b, facts)));
        foreach (var result in block.Results)
            pass.Need(result);
        return new(block.Parameters, [.. pass.steps], block.Results);
    }

    void Survey(Block block)
    {
        var routines = block.Steps.OfType<RoutineStep>();
        ProductMember[] products = [.. routines.Select(s => ProductMember.Giving(s) ?? ProductMember.Folding(s)).OfType<ProductMember>()];
        foreach (var product in products.Where(p => p.IsLarge))
            rows[product.Rows] = true;
        foreach (var product in products.Where(p => rows.ContainsKey(p.Rows)))
        {
            rows[product.Rows] &= !product.IsBlocked;
            rowed.UnionWith(product.Step.Inputs.Where(product.ReadsRowsOf).Concat(product.Folds ? [] : product.Step.Outputs));
        }
        foreach (var step in block.Steps.Reverse())
            if (step is AliasStep && rowed.Contains(step.Outputs[0]))
                rowed.Add(step.Inputs[0]);
    }

    void Add(Step step)
    {
        if (step is KernelStep kernel && Join(kernel) is { } rewritten)
        {
            rewritten.VisitReads(Need);
            steps.Add(rewritten);
            return;
        }
        if (step is AliasStep { Inputs: [var source] } && pending.Contains(source))
        {
            steps.Add(new AliasStep(joined[source], step.Outputs[0]));
            return;
        }
        if (step is AliasStep { Inputs: [var whole], Outputs: [var view] } && rowed.Contains(view))
            views.TryAdd(whole, view);
        step.VisitReads(Need);
        steps.Add(step);
    }

    /// <summary>Makes sure that there is an array as it was.</summary>
    void Need(Value value)
    {
        if (pending.Remove(value))
            steps.Add(new AliasStep(joined[value], value));
    }

    KernelStep? Join(KernelStep step)
    {
        var kernel = step.Kernel;
        if (Array.Exists(kernel.Outputs, o => o is not { Prefix: false, Index: null, Into: null, Guard: null }))
            return null;
        var kept = kernel.Space.Rank - kernel.ReducedAxes;
        return JoinAt(step, 0, kept) ?? JoinAt(step, kept, kernel.Space.Rank);
    }

    /// <summary>Joins the axes from one on that together count rows, if they are several and end before another one.</summary>
    KernelStep? JoinAt(KernelStep step, int first, int end)
    {
        var size = 1L;
        for (var axis = first; axis < end; axis++)
        {
            size *= step.Kernel.Space[axis];
            if (size > int.MaxValue)
                return null;
            if (axis > first && rows.TryGetValue((int)size, out var isBatch))
                return new Joining(this, step, first, axis - first + 1, isBatch).Run();
        }
        return null;
    }

    /// <summary>The rewriting of one kernel.</summary>
    sealed class Joining(JoinedAxes pass, KernelStep step, int first, int count, bool isBatch)
    {
        readonly ProgramFacts facts = pass.facts;
        readonly Shape sizes = Shape.Create(step.Kernel.Space.Dims[first..(first + count)]);
        readonly Dictionary<Value, Value> flat = [];
        readonly Dictionary<Scalar, Scalar> done = [];
        readonly ScalarSimplifier simplifier = pass.facts.For(Joined(step.Kernel.Space, first, count));

        // Whether the kernel has to do with a product; and whether an axis is used by itself where that would cost a division for each row.
        bool isRowed;
        bool divides;

        int Rows => (int)sizes.Size;

        Scalar Own(int axis) => facts.Interner.Intern(Scalar.Axis(axis));

        static Shape Joined(Shape shape, int first, int count)
        {
            var size = 1;
            foreach (var dim in shape.Dims[first..(first + count)])
                size *= dim;
            return Shape.Create([.. shape.Dims[..first], size, .. shape.Dims[(first + count)..]]);
        }

        internal KernelStep? Run()
        {
            var kernel = facts.Operands.Open(step);
            var gives = first < kernel.Space.Rank - kernel.ReducedAxes;
            Aval Type(Aval type) => gives ? new(type.DType, Joined(type.Shape, first, count)) : type;
            var outputs = Array.ConvertAll(
                kernel.Outputs,
                o => new KernelOutput(Type(o.Type), simplifier.Rewrite(o.Value, Replace, done), o.Fold)
            );
            isRowed |= gives && step.Outputs.Any(pass.rowed.Contains);
            if (!isRowed || divides)
                return null;
            foreach (var (source, value) in flat)
                if (pass.joined.TryAdd(source, value))
                    pass.steps.Add(new AliasStep(source, value));
            return facts.Operands.Close(
                new(Joined(kernel.Space, first, count), kernel.ReducedAxes - (gives ? 0 : count - 1), outputs),
                gives ? Array.ConvertAll(step.Outputs, Given) : step.Outputs
            );
        }

        Value Given(Value output)
        {
            var value = new Value(new(output.Type.DType, Joined(output.Type.Shape, first, count)));
            pass.joined[output] = value;
            pass.pending.Add(output);
            pass.rowed.Add(output);
            return value;
        }

        Scalar? Replace(Scalar leaf) =>
            leaf switch
            {
                AxisIndex axis => At(axis.Position),
                Element e when IsAtRow(e) is { } units => ElementOf(e, Rowed(facts.Operands[e.Operand], units), units + 1),
                Element e when IsAtOwn(e) => ElementOf(e, Flat(facts.Operands[e.Operand]), count),
                _ => null,
            };

        Scalar At(int axis)
        {
            if (axis < first || axis >= first + count)
                return Own(axis < first ? axis : axis - count + 1);
            divides |= !isBatch;
            var (stride, size) = (sizes.Strides()[axis - first], sizes[axis - first]);
            Scalar Combine(ScalarOp op, Scalar a, long b) => simplifier.Apply(op, DType.Int64, a, simplifier.Constant(DType.Int64, b));
            return Combine(ScalarOp.Rem, Combine(ScalarOp.Div, Own(first), stride), size);
        }

        /// <summary>The element of an array at the row in hand, whose index starts with the row after <paramref name="axes"/>.</summary>
        Scalar ElementOf(Element element, Value value, int axes)
        {
            isRowed |= pass.rowed.Contains(facts.Operands[element.Operand]);
            var zero = simplifier.Constant(DType.Int64, 0);
            return simplifier.Element(
                facts.Operands.Id(value),
                element.Type,
                [
                    .. Enumerable.Repeat(zero, RowMember.UnitsOf(value.Type.Shape)),
                    Own(first),
                    .. simplifier.RewriteAll(element.Index[axes..], Replace, done),
                ]
            );
        }

        /// <summary>The axes of one element before the row, where an array of rows is read at the one that the axes count.</summary>
        int? IsAtRow(Element element)
        {
            var shape = facts.Operands[element.Operand].Type.Shape;
            var units = RowMember.UnitsOf(shape);
            if (RowMember.RowsOf(shape) != Rows)
                return null;
            var difference = AffineIndex.Of(element.Index[units]);
            for (var i = 0; i < count; i++)
                if (sizes[i] > 1)
                    difference.Add(Own(first + i), -sizes.Strides()[i]);
            return difference.IsZero ? units : null;
        }

        /// <summary>Whether an array has the same axes first, and is read where the kernel is.</summary>
        bool IsAtOwn(Element element)
        {
            var value = facts.Operands[element.Operand];
            if (value.Type.Rank < count || !value.Type.Shape.Dims[..count].SequenceEqual(sizes.Dims))
                return false;
            for (var i = 0; i < count; i++)
                if (element.Index[i] is not AxisIndex axis ? sizes[i] != 1 : axis.Position != first + i)
                    return false;
            return !pass.joined.TryGetValue(value, out var known) || known.Type.Shape == Joined(value.Type.Shape, 0, count);
        }

        /// <summary>An array of rows, or the one that there is in its place.</summary>
        Value Rowed(Value value, int units) =>
            pass.joined.TryGetValue(value, out var known) && known.Type.Shape.Dims.SequenceEqual(value.Type.Shape.Dims[units..])
                ? known
                : value;

        Value Flat(Value value)
        {
            if (pass.joined.TryGetValue(value, out var known) || flat.TryGetValue(value, out known))
                return known;
            var shape = Joined(value.Type.Shape, 0, count);
            if (
                pass.views.TryGetValue(value, out var view)
                && view.Type.Shape.Dims[RowMember.UnitsOf(view.Type.Shape)..].SequenceEqual(shape.Dims)
            )
                return view;
            return flat[value] = new(new(value.Type.DType, shape));
        }
    }
}
