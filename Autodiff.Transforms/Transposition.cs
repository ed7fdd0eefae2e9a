namespace Autodiff;

/// <summary>Transposition of linear programs: cotangents walk the equations backwards.</summary>
static class Transposition
{
    /// <summary>
    /// The cotangents of the inputs of a linear program behind its leading constants, given those of its outputs; null stands for zero. They are
    /// added to <paramref name="initial"/>, one an input, where there is one.
    /// </summary>
    internal static NDArray?[] Pull(Jaxpr jaxpr, NDArray[] constants, NDArray?[] cotangents, NDArray?[]? initial = null)
    {
        var known = new Dictionary<Var, NDArray>();
        for (var i = 0; i < constants.Length; i++)
            known[jaxpr.Inputs[i]] = constants[i];
        var sums = new Dictionary<Var, NDArray>();
        for (var i = 0; i < (initial?.Length ?? 0); i++)
            if (initial![i] is { } sum)
                sums[jaxpr.Inputs[constants.Length + i]] = sum;
        void Add(Atom atom, NDArray? ct)
        {
            if (ct is null || atom is not Var v || known.ContainsKey(v))
                return;
            if (!ct.Aval.Matches(v.Aval))
                throw new InvalidOperationException($"A cotangent of type {ct.Aval} met a variable of type {v.Aval}.");
            sums[v] = sums.TryGetValue(v, out var old) ? Ops.Add(old, ct) : ct;
        }
        Operand OperandOf(Atom a) =>
            a switch
            {
                Literal l => new(l.Aval, l.Value),
                Var v => new(v.Aval, known.GetValueOrDefault(v)),
                _ => throw new ArgumentException($"{a} is not an atom."),
            };

        for (var i = 0; i < jaxpr.Outputs.Length; i++)
            Add(jaxpr.Outputs[i], cotangents[i]);
        for (var e = jaxpr.Equations.Length - 1; e >= 0; e--)
        {
            var equation = jaxpr.Equations[e];
            var cts = Array.ConvertAll(equation.Outputs, v => sums.Remove(v, out var ct) ? ct : null);
            if (Array.TrueForAll(cts, c => c is null))
                continue;
            var into = new Cotangents(equation.Inputs.Length, Ops.Add);
            equation.Primitive.Transpose(cts, Array.ConvertAll(equation.Inputs, OperandOf), into);
            for (var i = 0; i < equation.Inputs.Length; i++)
                Add(equation.Inputs[i], into.Sums[i]);
        }
        return Array.ConvertAll(jaxpr.Inputs[constants.Length..], v => sums.GetValueOrDefault(v));
    }

    /// <summary>
    /// The cotangents of the linear operands of <paramref name="f"/>, added to <paramref name="initial"/>, one an operand, where there is one. What depends on
    /// known operands alone is computed now, in the current trace.
    /// </summary>
    internal static NDArray?[] Pull(Func<NDArray[], NDArray[]> f, Operand[] xs, NDArray?[] cotangents, NDArray?[]? initial = null)
    {
        var linear = new StagingTrace(Trace.Current);
        var inputs = Array.ConvertAll(xs, x => x.IsLinear ? linear.NewInput(x.Aval) : null);
        NDArray[] ys;
        using (linear.Enter())
            ys = f([.. xs.Select((x, i) => x.Value ?? inputs[i]!)]);
        // A result that depends on no linear operand takes no cotangent.
        var live = Array.ConvertAll(ys, linear.Owns);
        var closed = linear.Close([.. inputs.Where(t => t is not null).Select(t => t!)], Mask.Pick(ys, live));
        var isLinear = Array.ConvertAll(xs, x => x.IsLinear);
        var pulled = Pull(
            closed.Jaxpr,
            closed.Constants,
            Mask.Pick(cotangents, live),
            initial is null ? null : Mask.Pick(initial, isLinear)
        );
        return Mask.Scatter(isLinear, pulled);
    }
}
