namespace Autodiff;

/// <summary>The same rows under another shape; <paramref name="feedsProduct"/> tells whether a product of rows reads them so.</summary>
sealed class AliasMember(AliasStep step, int rows, bool feedsProduct) : RowMember(step, rows)
{
    internal bool FeedsProduct => feedsProduct;

    internal Value Source => step.Inputs[0];
    internal Value Result => step.Outputs[0];

    internal static AliasMember? Of(AliasStep step, bool feedsProduct)
    {
        var (from, to) = (step.Inputs[0].Type, step.Outputs[0].Type);
        var rows = RowsOf(to.Shape);
        return from.Tape == 0 && to.Shape.Size > 0 && rows > 1 && RowsOf(from.Shape) == rows ? new(step, rows, feedsProduct) : null;
    }

    internal override bool ReadsRowsOf(Value value) => value == Source;

    internal override bool ReadsBeyondRowOf(Value value) => false;
}
