namespace Autodiff;

/// <summary>
/// Cuts a kernel along its axes where a condition on an index changes, as at the borders of a padded or concatenated array. In each part the
/// condition is known: no element is asked for in vain, and the part can be vectorised.
/// </summary>
static class RangeSplitting
{
    const int MostParts = 9;

    /// <summary>The kernels that together do the work of one; that one alone if there is nothing to cut.</summary>
    internal static Kernel[] Split(Kernel kernel, Aval[] operands)
    {
        if (kernel.Outputs.Any(o => o.Into is not null || o.Prefix) || kernel.Space.Size == 0)
            return [kernel];
        var parts = new List<Kernel>();
        var open = new Stack<(Kernel Kernel, int Axis)>([(kernel, 0)]);
        while (open.TryPop(out var next))
        {
            var (part, axis) = next;
            if (axis == part.Space.Rank - part.ReducedAxes)
            {
                parts.Add(Simplify(part));
                continue;
            }
            int[] cuts = [0, .. Borders(part, operands, axis), part.Space[axis]];
            if (parts.Count + open.Count + cuts.Length > MostParts)
                return [kernel];
            for (var c = 1; c < cuts.Length; c++)
                open.Push((cuts.Length == 2 ? part : Restrict(part, axis, cuts[c - 1], cuts[c]), axis + 1));
        }
        return parts.Count == 1 ? [kernel] : [.. parts];
    }

    // The positions on an axis where the outcome of a condition changes.
    static SortedSet<int> Borders(Kernel kernel, Aval[] operands, int axis)
    {
        var nest = new NestPlan(kernel, operands);
        var borders = new SortedSet<int>();
        foreach (var node in nest.Order)
        {
            if (node is not Apply { Op: ScalarOp.Less or ScalarOp.LessEqual, Arguments: [{ Type: DType.Int64 } a, var b] } compare)
                continue;
            var difference = nest.Index.Of(b).Plus(nest.Index.Of(a).Times(-1));
            var slope = difference.Axes[axis];
            if (slope is not (1 or -1) || difference.Terms.Length > 0 || difference.Axes.Where((c, i) => i != axis && c != 0).Any())
                continue;
            // Whether constant + slope · i is at least least.
            var least = compare.Op == ScalarOp.Less ? 1 : 0;
            var border = slope == 1 ? least - difference.Constant : difference.Constant - least + 1;
            if (border > 0 && border < kernel.Space[axis])
                borders.Add((int)border);
        }
        return borders;
    }

    /// <summary>The part of a kernel where an axis is in [from, to).</summary>
    internal static Kernel Restrict(Kernel kernel, int axis, int from, int to)
    {
        var moved = Scalar.Axis(axis) + Scalar.Constant(from);
        var rewrite = Scalar.Rewriting((node, _) => node is AxisIndex a && a.Position == axis ? moved : null);
        var own = Kernel.Indices(kernel.Space.Rank);
        return new(
            kernel.Space.Replace(axis, to - from),
            kernel.ReducedAxes,
            Array.ConvertAll(
                kernel.Outputs,
                o => new KernelOutput(o.Type, rewrite(o.Value), o.Fold)
                {
                    Prefix = o.Prefix,
                    Index = Array.ConvertAll(o.Index ?? own[..o.Type.Rank], i => rewrite(i)),
                    Guard = o.Guard is null ? null : rewrite(o.Guard),
                }
            )
        );
    }

    // Takes the sides of choices that are known.
    static Kernel Simplify(Kernel kernel)
    {
        var index = new AddressPlan(kernel.Space);
        return kernel.WithValues(
            Scalar.Rewriting(
                (node, visit) =>
                    node is Apply { Op: ScalarOp.Select } select && index.Decide(select.Arguments[0]) is { } known
                        ? visit(select.Arguments[known ? 1 : 2])
                        : null
            )
        );
    }
}
