namespace Autodiff;

/// <summary>
/// A step that can run row by row: along the first axis of what it computes, each row giving a row of its outputs; or along an axis that it
/// sums up or folds otherwise, where it <see cref="Folds"/> each row into its outputs.
/// </summary>
abstract class RowMember(Step step, int rows)
{
    internal Step Step => step;
    internal int Rows => rows;

    internal virtual bool Folds => false;

    /// <summary>Whether what it reads of other rows than its own depends on the row: it would look for each element.</summary>
    internal virtual bool Strays => false;

    /// <summary>Whether it reads a value at its own row.</summary>
    internal abstract bool ReadsRowsOf(Value value);

    /// <summary>Whether it reads a value at any other row.</summary>
    internal abstract bool ReadsBeyondRowOf(Value value);

    /// <summary>The step as one that gives rows, if it can run so. Products of rows read what <paramref name="multiplied"/> holds.</summary>
    internal static RowMember? Giving(Step step, HashSet<Value> multiplied) =>
        step switch
        {
            KernelStep kernel => KernelMember.Giving(kernel),
            RoutineStep routine => ProductMember.Giving(routine),
            AliasStep alias => AliasMember.Of(alias, multiplied.Contains(alias.Outputs[0])),
            _ => null,
        };

    /// <summary>The step as one that folds rows, if it can run so.</summary>
    internal static RowMember? Folding(Step step) =>
        step switch
        {
            KernelStep kernel => KernelMember.Folding(kernel),
            RoutineStep routine => ProductMember.Folding(routine),
            _ => null,
        };

    /// <summary>The axes of one element before the one of the rows.</summary>
    internal static int UnitsOf(Shape array)
    {
        var units = 0;
        while (units < array.Rank && array[units] == 1)
            units++;
        return units;
    }

    /// <summary>The number of rows of an array; 1 if it has no axis that counts further.</summary>
    internal static int RowsOf(Shape array) => UnitsOf(array) is var units && units < array.Rank ? array[units] : 1;
}
