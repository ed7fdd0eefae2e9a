namespace Autodiff;

public static partial class Ops
{
    /// <summary>
    /// Einstein's summation, in NumPy's language: <c>Einsum("ij,jk->ik", a, b)</c>. A label names an axis of an operand; axes of one
    /// label have one size and run together; labels that are not in the result are summed over. A label twice in one operand is its
    /// diagonal. <c>...</c> stands for any axes, which broadcast. Without an arrow the result has the ellipsis and then the labels met
    /// once, in alphabetical order. More than two operands are contracted in pairs, each time the pair whose product is smallest beside
    /// its factors.
    /// </summary>
    /// <exception cref="InvalidArgumentException">The subscripts are malformed.</exception>
    /// <exception cref="ShapeException">An operand does not have the axes that its subscripts name, or axes of one label differ in
    /// size.</exception>
    public static NDArray Einsum(string subscripts, params ReadOnlySpan<NDArray> operands)
    {
        var spec = EinsumSubscripts.Parse(subscripts, operands.NotNull());
        var terms = new List<LabeledArray>();
        for (var i = 0; i < operands.Length; i++)
            terms.Add(new LabeledArray(operands[i], spec.Inputs[i]).Diagonal().WithoutRepeated(spec.Sizes));
        while (terms.Count > 1)
        {
            var (a, b) = CheapestPair(terms, spec);
            var (x, y) = (terms[a], terms[b]);
            terms.RemoveAt(b);
            terms.RemoveAt(a);
            terms.Add(x.Contract(y, label => IsNeeded(label, spec.Output, terms)));
        }
        return terms[0].SumExcept(spec.Output).Arrange(spec.Output, spec.Sizes);
    }

    static bool IsNeeded(int label, int[] output, IEnumerable<LabeledArray> others) =>
        output.Contains(label) || others.Any(t => t.Labels.Contains(label));

    static (int, int) CheapestPair(List<LabeledArray> terms, EinsumSubscripts spec)
    {
        var (best, cost) = ((0, 1), double.PositiveInfinity);
        for (var a = 0; a < terms.Count && terms.Count > 2; a++)
        for (var b = a + 1; b < terms.Count; b++)
        {
            var others = terms.Where((_, i) => i != a && i != b);
            var product = terms[a].Labels.Union(terms[b].Labels).Where(l => IsNeeded(l, spec.Output, others));
            var growth = product.Aggregate(1.0, (n, l) => n * spec.Sizes[l]) - terms[a].Array.Size - terms[b].Array.Size;
            if (growth < cost)
                (best, cost) = ((a, b), growth);
        }
        return best;
    }

    /// <summary>An array whose axes have labels.</summary>
    sealed record LabeledArray(NDArray Array, int[] Labels)
    {
        /// <summary>Axes of one label become one, which runs along their diagonal.</summary>
        internal LabeledArray Diagonal()
        {
            var (x, labels) = (Array, Labels);
            while (labels.GroupBy(l => l).FirstOrDefault(g => g.Count() > 1)?.Key is { } label)
            {
                ValueList<int> axes = [.. Enumerable.Range(0, labels.Length).Where(i => labels[i] == label)];
                ValueList<int> window = [.. x.Shape.Dims.ToArray().Select((n, i) => axes.Contains(i) ? 1 : n)];
                var position = Iota(DType.Int64, [x.Shape[axes[0]]], 0);
                var windows = Gather(x, axes, window, Enumerable.Repeat(position, axes.Count).ToArray(), GatherMode.Promise);
                x = ReshapeTo(windows, Shape.Create([position.Length, .. x.Shape.Remove(axes.AsSpan())]));
                labels = [label, .. labels.Where(l => l != label)];
            }
            return new(x, labels);
        }

        /// <summary>Without the axes of size 1 that others broadcast.</summary>
        internal LabeledArray WithoutRepeated(IReadOnlyDictionary<int, int> sizes)
        {
            int[] kept = [.. Enumerable.Range(0, Labels.Length).Where(i => Array.Shape[i] == sizes[Labels[i]])];
            return new(ReshapeTo(Array, [.. kept.Select(i => Array.Shape[i])]), [.. kept.Select(i => Labels[i])]);
        }

        internal LabeledArray SumExcept(IEnumerable<int> kept)
        {
            ValueList<int> summed = [.. Enumerable.Range(0, Labels.Length).Where(i => !kept.Contains(Labels[i]))];
            if (summed.Count == 0)
                return this;
            Reduction sum = Array.DType == DType.Bool ? new ReduceOrPrimitive(summed) : new ReduceSumPrimitive(summed);
            return new(sum.Bind(Array), [.. Labels.Where(kept.Contains)]);
        }

        /// <summary>The product with another, summed over what is not needed.</summary>
        internal LabeledArray Contract(LabeledArray other, Func<int, bool> isNeeded)
        {
            var x = SumExcept([.. Labels.Where(l => isNeeded(l) || other.Labels.Contains(l))]);
            var y = other.SumExcept([.. other.Labels.Where(l => isNeeded(l) || Labels.Contains(l))]);
            int[] shared = [.. x.Labels.Intersect(y.Labels)];
            int[] batch = [.. shared.Where(isNeeded)];
            int[] summed = [.. shared.Except(batch)];
            var product = DotGeneral("Einsum", x.Array, y.Array, x.AxesOf(summed), y.AxesOf(summed), x.AxesOf(batch), y.AxesOf(batch));
            return new(product, [.. batch, .. x.Labels.Except(shared), .. y.Labels.Except(shared)]);
        }

        ValueList<int> AxesOf(int[] labels) => [.. labels.Select(l => System.Array.IndexOf(Labels, l))];

        /// <summary>The array with its axes in the order of <paramref name="output"/>.</summary>
        internal NDArray Arrange(int[] output, IReadOnlyDictionary<int, int> sizes)
        {
            int[] present = [.. output.Where(Labels.Contains)];
            var ordered = Transpose(Array, [.. AxesOf(present)]);
            return BroadcastInDim(ordered, [.. output.Select(l => sizes[l])], [.. present.Select(l => System.Array.IndexOf(output, l))]);
        }
    }
}
