namespace Autodiff;

/// <summary>
/// A kernel that can run row by row: along the first axis of its space, each row giving a row of its outputs; or along the first axis that it
/// reduces, where it <paramref name="folds"/> each row into its outputs.
/// </summary>
readonly struct RowMember(KernelStep step, bool folds)
{
    // Fewer values are added up as fast where they lie as one by one in memory.
    const int LeastFolded = 16;

    internal KernelStep Step => step;
    internal bool Folds => folds;

    /// <summary>The axis of the rows in the space of the kernel.</summary>
    internal int Axis => folds ? step.Kernel.Space.Rank - step.Kernel.ReducedAxes : 0;

    internal int Rows => step.Kernel.Space[Axis];

    /// <summary>The kernel as one that gives rows, if it can run so.</summary>
    internal static RowMember? Giving(Step step) =>
        step is KernelStep { Kernel: { Space: { Rank: > 0, Size: > 0 } space } kernel } giving
        && space[0] > 1
        && kernel.ReducedAxes < space.Rank
        && Array.TrueForAll(kernel.Outputs, o => o is { Prefix: false, Index: null, Into: null, Guard: null })
            ? new RowMember(giving, folds: false)
            : null;

    /// <summary>The kernel as one that folds rows, if it can run so: what it keeps is no longer than a row that it reads.</summary>
    internal static RowMember? Folding(Step step)
    {
        if (step is not KernelStep { Kernel: { IsReduction: true, Space.Size: > 0 } kernel } folding)
            return null;
        var member = new RowMember(folding, folds: true);
        var results = kernel.Outputs[0].Type.Shape.Size;
        return
            member.Rows > 1
            && kernel.Space.Size / results >= LeastFolded
            && Array.TrueForAll(kernel.Outputs, o => o.Fold.Combines)
            && !member.Strays
            && folding.Inputs.Any(v => member.ReadsRowsOf(v) && v.Type.Shape.Size / member.Rows >= results)
            ? member
            : null;
    }

    /// <summary>The axes of one element before the one of the rows.</summary>
    internal static int UnitsOf(Shape array)
    {
        var units = 0;
        while (units < array.Rank && array[units] == 1)
            units++;
        return units;
    }

    internal IEnumerable<Element> ElementsOf(Value value)
    {
        var reader = step;
        return reader.Kernel.Expressions.Nodes().OfType<Element>().Where(e => reader.Inputs[e.Operand] == value);
    }

    /// <summary>Whether an element of an array is one of the row that the kernel is at.</summary>
    internal bool IsOfRow(Element element, Shape array) =>
        UnitsOf(array) is var units
        && element.Index.Length > units
        && element.Index[units] is AxisIndex { Position: var position }
        && position == Axis;

    internal bool IsOfRow(Element element) => IsOfRow(element, step.Inputs[element.Operand].Type.Shape);

    /// <summary>Whether the kernel reads a value at its own row.</summary>
    internal bool ReadsRowsOf(Value value) =>
        value.Type is { Tape: 0, Shape: var shape }
        && UnitsOf(shape) is var units
        && shape.Rank > units
        && shape[units] == Rows
        && ElementsOf(value).Any(IsOfRow);

    /// <summary>Whether what the kernel reads of other rows than its own depends on the row: it would look for each element.</summary>
    internal bool Strays
    {
        get
        {
            var member = this;
            return step
                .Kernel.Expressions.Nodes()
                .OfType<Element>()
                .Any(e =>
                    !member.IsOfRow(e) && e.Index.Nodes().Any(n => n is AxisIndex { Position: var position } && position == member.Axis)
                );
        }
    }
}
