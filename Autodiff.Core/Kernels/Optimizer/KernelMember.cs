namespace Autodiff;

/// <summary>
/// A kernel along the first axis of its space; or along the first axis that it reduces, where it <paramref name="folds"/> rows.
/// </summary>
sealed class KernelMember(KernelStep step, bool folds) : RowMember(step, step.Kernel.Space[AxisOf(step.Kernel, folds)])
{
    // Fewer values are added up as fast where they lie as one by one in memory.
    const int LeastFolded = 16;

    internal Kernel Kernel => step.Kernel;
    internal new KernelStep Step => step;
    internal override bool Folds => folds;

    /// <summary>The axis of the rows in the space of the kernel.</summary>
    internal int Axis => AxisOf(step.Kernel, folds);

    static int AxisOf(Kernel kernel, bool folds) => folds ? kernel.Space.Rank - kernel.ReducedAxes : 0;

    /// <summary>The kernel as one that gives rows, if it can run so.</summary>
    internal static KernelMember? Giving(KernelStep step) =>
        step.Kernel is { Space: { Rank: > 0, Size: > 0 } space } kernel
        && space[0] > 1
        && kernel.ReducedAxes < space.Rank
        && Array.TrueForAll(kernel.Outputs, o => o is { Prefix: false, Index: null, Into: null, Guard: null })
            ? new KernelMember(step, folds: false)
            : null;

    /// <summary>The kernel as one that folds rows, if it can run so: what it keeps is no longer than a row that it reads.</summary>
    internal static KernelMember? Folding(KernelStep step)
    {
        if (step.Kernel is not { IsReduction: true, Space.Size: > 0 } kernel)
            return null;
        var member = new KernelMember(step, folds: true);
        var results = kernel.Outputs[0].Type.Shape.Size;
        return
            member.Rows > 1
            && kernel.Space.Size / results >= LeastFolded
            && Array.TrueForAll(kernel.Outputs, o => o.Fold.Combines)
            && !member.Strays
            && step.Inputs.Any(v => member.ReadsRowsOf(v) && v.Type.Shape.Size / member.Rows >= results)
            ? member
            : null;
    }

    IEnumerable<Element> Elements => step.Kernel.Expressions.Nodes().OfType<Element>();

    IEnumerable<Element> ElementsOf(Value value) => Elements.Where(e => step.Inputs[e.Operand] == value);

    /// <summary>Whether an element of an array is one of the row that the kernel is at.</summary>
    internal bool IsOfRow(Element element, Shape array) =>
        UnitsOf(array) is var units
        && element.Index.Length > units
        && element.Index[units] is AxisIndex { Position: var position }
        && position == Axis;

    bool IsOfRow(Element element) => IsOfRow(element, step.Inputs[element.Operand].Type.Shape);

    internal override bool ReadsRowsOf(Value value) =>
        value.Type is { Tape: 0, Shape: var shape } && RowsOf(shape) == Rows && ElementsOf(value).Any(IsOfRow);

    internal override bool ReadsBeyondRowOf(Value value) => ElementsOf(value).Any(e => !IsOfRow(e));

    internal override bool Strays =>
        Elements.Any(e => !IsOfRow(e) && e.Index.Nodes().Any(n => n is AxisIndex { Position: var position } && position == Axis));

    /// <summary>
    /// Whether it walks through all memory it reads in order, over rows of fewer than <paramref name="longRow"/> elements, and so computes elements of many
    /// rows in one vector. What steps from row to row gains nothing by having all rows before it.
    /// </summary>
    internal bool IsFlat(int longRow)
    {
        var elements = Kernel.Space.Size / Rows;
        return Kernel.ReducedAxes == 0
            && elements < longRow
            && Elements.All(e =>
                e.Index.IsOwn(Kernel.Space) && step.Inputs[e.Operand].Type.Shape == Kernel.Space
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
