namespace Autodiff;

/// <summary>Reads, gathers and computes selections of arrays, and the arrays of row numbers they take.</summary>
sealed class SelectedRows(ProgramFacts facts)
{
    // Where the rows lie in an array does not matter to their numbers.
    readonly Dictionary<(int Size, Scalar Rows, Shape Space), Value> known = [];

    // Arrays of row numbers, with the expressions that they hold.
    readonly Dictionary<Value, Scalar> made = [];

    /// <summary>The steps that compute row numbers.</summary>
    internal List<Step> Steps { get; } = [];

    /// <summary>Whether a selection's rows are an array already.</summary>
    internal bool IsKnown(RowSelection selection) =>
        known.ContainsKey(KeyOf(selection)) || ArrayOf(selection) is { } array && made.ContainsKey(array);

    static (int Size, Scalar Rows, Shape Space) KeyOf(RowSelection selection) => (selection.Digit.Size, selection.Rows, selection.Space);

    /// <summary>What an element of an array selects along the one axis where its index is found through another array; null if there is none.</summary>
    internal RowSelection? SelectionOf(Element element, Shape space)
    {
        if (GatheredAxis(element) is not { } axis)
            return null;
        var table = facts.Operands[element.Operand].Type;
        if (table.Tape > 0 || table.Shape.Size == 0)
            return null;
        var row = element.Index[axis];
        var axes = AxesOf(row);
        var over = Shape.Create([.. axes.Select(a => space[a])]);
        var simplifier = facts.For(over);
        var rows = simplifier.Rewrite(
            row,
            leaf => leaf is AxisIndex a ? facts.Interner.Intern(Scalar.Axis(Array.IndexOf(axes, a.Position))) : null,
            []
        );
        var selection = new RowSelection(Digit.OfAxis(table.Shape, axis), rows, over);
        return ArrayOf(selection) is { } array && made.TryGetValue(array, out var held) ? selection with { Rows = held } : selection;
    }

    /// <summary>A kernel that reads what was selected of an array where it gathered from the array.</summary>
    internal KernelStep Redirect(KernelStep reader, Value table, Value selected, RowSelection selection)
    {
        var kernel = facts.Operands.Open(reader);
        var simplifier = facts.For(kernel.Space);
        var (operand, id) = (facts.Operands.Id(table), facts.Operands.Id(selected));
        var done = new Dictionary<Scalar, Scalar>();
        Scalar? Replace(Scalar leaf)
        {
            if (leaf is not Element e || e.Operand != operand || GatheredAxis(e) is not { } axis)
                return null;
            var place = simplifier.Constant(DType.Int64, 0);
            var axes = AxesOf(e.Index[axis]);
            var strides = selection.Space.Strides();
            for (var i = 0; i < axes.Length; i++)
                place = simplifier.Apply(
                    ScalarOp.Add,
                    DType.Int64,
                    place,
                    simplifier.Apply(ScalarOp.Mul, DType.Int64, facts.Interner.Intern(Scalar.Axis(axes[i])), Number(strides[i]))
                );
            var index = simplifier.RewriteAll(e.Index, Replace, done);
            index[axis] = place;
            return simplifier.Element(id, e.Type, index);
        }
        var outputs = Array.ConvertAll(kernel.Outputs, o => o.Rewrite(s => simplifier.Rewrite(s, Replace, done), o.Into));
        return facts.Operands.Close(new(kernel.Space, kernel.ReducedAxes, outputs), reader.Outputs);
    }

    /// <summary>A kernel that computes only the selected indices of an axis, or null if it is none that computes each by itself.</summary>
    internal KernelStep? Narrow(KernelStep step, int axis, RowSelection selection, Value narrowed)
    {
        if (!step.IsMap && !step.Kernel.IsReduction)
            return null;
        var kernel = facts.Operands.Open(step);
        var space = kernel.Space.Replace(axis, selection.Count);
        var simplifier = facts.For(space);
        var array = facts.Operands.Id(Rows(selection));
        var done = new Dictionary<Scalar, Scalar>();
        Scalar? Replace(Scalar leaf) =>
            leaf is AxisIndex a && a.Position == axis ? simplifier.Element(array, DType.Int64, [facts.Interner.Intern(leaf)]) : null;
        var output = kernel.Outputs[0];
        if (facts.Ranges.TryGetValue(step.Outputs[0], out var range))
            facts.Ranges[narrowed] = range;
        return facts.Operands.Close(
            new(
                space,
                kernel.ReducedAxes,
                new KernelOutput(narrowed.Type.Strong, simplifier.Rewrite(output.Value, Replace, done), output.Fold)
            ),
            [narrowed]
        );
    }

    /// <summary>The steps that gather a selection of an array.</summary>
    internal Step[] Gather(Value table, RowSelection selection, Value selected)
    {
        var shape = table.Type.Shape;
        if (selection.Digit.In(shape) is not var (axis, outer, inner))
            throw new InvalidOperationException($"{table.Type} has no axis with the digit {selection.Digit}.");
        Shape Split(int size) => Shape.Create([.. shape.Dims[..axis], outer, size, inner, .. shape.Dims[(axis + 1)..]]);
        var source = new Value(table.Type with { Shape = Split(selection.Digit.Size) });
        var result = new Value(table.Type with { Shape = Split(selection.Count) });
        var index = Kernel.Indices(result.Type.Rank);
        index[axis + 1] = new Element(facts.Operands.Id(Rows(selection)), DType.Int64, [index[axis + 1]]);
        var gather = Kernel.Map(result.Type, new Element(facts.Operands.Id(source), table.Type.DType, index));
        return [new AliasStep(table, source), facts.Operands.Close(gather, [result]), new AliasStep(result, selected)];
    }

    /// <summary>The row numbers of a selection, in one axis.</summary>
    Value Rows(RowSelection selection)
    {
        if (known.TryGetValue(KeyOf(selection), out var rows))
            return rows;
        var simplifier = facts.For(selection.Space);
        var bounds = Interval.Below(selection.Digit.Size);
        var inside = simplifier.Apply(
            ScalarOp.Min,
            DType.Int64,
            simplifier.Apply(ScalarOp.Max, DType.Int64, selection.Rows, Number(0)),
            Number(bounds.Max)
        );
        // Elsewhere the reader does not use what it gathers, but here it is computed.
        if (ReferenceEquals(inside, selection.Rows) && ArrayOf(selection) is { } array)
        {
            made[array] = selection.Rows;
            return known[KeyOf(selection)] = array;
        }
        var computed = new Value(new(DType.Int64, selection.Space));
        Steps.Add(facts.Operands.Close(Kernel.Map(computed.Type, inside), [computed]));
        facts.Ranges[computed] = bounds;
        rows = computed;
        if (selection.Space.Rank != 1)
        {
            rows = new(new(DType.Int64, Shape.Create([selection.Count])));
            Steps.Add(new AliasStep(computed, rows));
            facts.Ranges[rows] = bounds;
        }
        made[rows] =
            selection.Space.Rank == 1
                ? selection.Rows
                : simplifier.Element(facts.Operands.Id(rows), DType.Int64, [facts.Interner.Intern(Scalar.Axis(0))]);
        return known[KeyOf(selection)] = rows;
    }

    /// <summary>The array whose elements, in order, are the rows of a selection.</summary>
    Value? ArrayOf(RowSelection selection) =>
        selection.Rows is Element { Index: [AxisIndex or Constant { Bits: 0 }] } e
        && facts.Operands[e.Operand].Type.Shape.Size == selection.Count
            ? facts.Operands[e.Operand]
            : null;

    /// <summary>The axis along which the index is found through arrays that are not gathered from themselves, if there is just one.</summary>
    static int? GatheredAxis(Element element)
    {
        int? found = null;
        for (var axis = 0; axis < element.Index.Length; axis++)
        {
            var arrays = ArraysIn([element.Index[axis]]).ToArray();
            if (arrays.Length == 0)
                continue;
            if (found is not null || Array.Exists(arrays, a => ArraysIn(a.Index).Any()))
                return null;
            found = axis;
        }
        return found;
    }

    static IEnumerable<Element> ArraysIn(Scalar[] expressions) => expressions.Nodes().OfType<Element>().Where(e => e.Index.Length > 0);

    /// <summary>The axes a row number depends on, in order.</summary>
    static int[] AxesOf(Scalar row) => [.. new[] { row }.Nodes().OfType<AxisIndex>().Select(a => a.Position).Distinct().Order()];

    Scalar Number(long value) => facts.Interner.Intern(Scalar.Constant(value));
}
