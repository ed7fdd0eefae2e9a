namespace Autodiff;

/// <summary>Numerical checks of derivatives, after autograd's check_grads: one direction a leaf, both modes, then the derivative itself.</summary>
static class GradientChecks
{
    internal static void Check<T, R>(Func<T, R> f, int order, T at, double? tolerance)
    {
        ArgumentNullException.ThrowIfNull(f);
        if (order < 1)
            throw new InvalidArgumentException($"CheckGrads needs an order of at least 1, but got {order}.");
        var (leaves, structure) = Tree.Flatten(at);
        ReverseMode.RequireSomeFloat("CheckGrads", leaves, orNone: false);
        string[] names = [.. Tree.LeavesWithPath(at).Select((p, i) => p.Path.Length > 0 ? $"`{p.Path}`" : $"input {i}")];
        for (var i = 0; i < leaves.Length; i++)
            RequireFinite(leaves[i], names[i]);
        CheckFlat(a => Tree.Leaves(f(Tree.Unflatten<T>(structure, a))), order, 1, leaves, names, tolerance, new Random(1));
    }

    // Nothing can be compared with infinity or NaN.
    static void RequireFinite(NDArray x, string what)
    {
        if (!x.DType.IsFloat || (bool)Ops.All(Ops.IsFinite(x)))
            return;
        var first = (int)Ops.ArgMin(Ops.IsFinite(x));
        var place = Ops.UnravelIndex(first, x.Shape);
        throw new GradCheckException(
            $"CheckGrads compares finite numbers, but {what} ({x.Aval.Strong}) is {Ops.Ravel(x)[first]}"
                + (x.Rank > 0 ? $" at [{string.Join(",", (object[])place)}]" : "")
                + ". Check at a point around which the function and its derivatives are finite, or mend the function there."
        );
    }

    static void CheckFlat(
        Func<NDArray[], NDArray[]> f,
        int order,
        int level,
        NDArray[] xs,
        string[] names,
        double? tolerance,
        Random random
    )
    {
        for (var k = 0; k < xs.Length; k++)
        {
            if (!xs[k].DType.IsFloat)
                continue;
            var single = xs[k].DType == DType.Float32;
            var allowed = (tolerance ?? (single ? 2e-2 : 1e-5)) * Math.Pow(10, level - 1);
            var v = RandomLike(xs[k], random);
            var tangents = new NDArray?[xs.Length];
            tangents[k] = v;

            var (ys, dys) = ForwardMode.Jvp(f, xs, tangents);
            RequireFiniteResults(ys, "");
            var step = single ? 1e-2 : 1e-5;
            var above = f(Moved(xs, k, v, step));
            RequireFiniteResults(above, $", {step} from the point in a direction of {names[k]},");
            var below = f(Moved(xs, k, v, -step));
            RequireFiniteResults(below, $", {step} from the point in a direction of {names[k]},");
            var cts = Array.ConvertAll(ys, y => y.DType.IsFloat ? RandomLike(y, random) : null);
            var (_, derivative) = Linearization.Linearize(f, xs);
            var pulled = derivative.Pull(cts)[k];
            double forward = 0,
                numerical = 0,
                scale = 0;
            for (var i = 0; i < ys.Length; i++)
            {
                if (cts[i] is not { } ct)
                    continue;
                var difference = (above[i] - below[i]) / (2 * step);
                forward += dys[i] is { } dy ? Inner(ct, dy) : 0;
                numerical += Inner(ct, difference);
                scale += Inner(Ops.Abs(ct), Ops.Abs(difference));
            }
            var reverse = pulled is null ? 0 : Inner(pulled, v);
            var bound = allowed * Math.Max(1, scale);
            Compare("forward mode (Jvp)", forward);
            Compare("reverse mode (Vjp)", reverse);

            void Compare(string mode, double value)
            {
                if (Math.Abs(value - numerical) <= bound)
                    return;
                throw new GradCheckException(
                    $"CheckGrads: the derivative of order {level} with respect to {names[k]} ({xs[k].Aval}), "
                        + $"projected on random directions, is {value:R} by {mode}, but {numerical:R} by central differences"
                        + (double.IsFinite(value) ? $" (they differ by {Math.Abs(value - numerical):E2}, {bound:E2} is allowed)." : ".")
                );
            }
        }
        if (level == order)
            return;
        void RequireFiniteResults(NDArray[] ys, string where)
        {
            // From the second order on the results are derivatives with respect to the floating-point inputs.
            string[] varied = [.. names.Where((_, i) => xs[i].DType.IsFloat)];
            for (var i = 0; i < ys.Length; i++)
                RequireFinite(
                    ys[i],
                    (level == 1 ? $"result {i}" : $"the derivative of order {level - 1} with respect to {varied[i]}") + where
                );
        }
        // The next order: the gradient itself is the function, by reverse mode along fixed cotangents.
        var next = new Random(level);
        CheckFlat(
            a =>
            {
                var (ys, derivative) = Linearization.Linearize(f, a);
                var seed = new Random(level);
                var cts = Array.ConvertAll(ys, y => y.DType.IsFloat ? RandomLike(y, seed) : null);
                return [.. derivative.Pull(cts).Select((c, i) => c ?? Ops.ZerosLike(a[i])).Where(c => c.DType.IsFloat)];
            },
            order,
            level + 1,
            xs,
            names,
            tolerance,
            next
        );
    }

    static NDArray[] Moved(NDArray[] xs, int k, NDArray direction, double step)
    {
        var moved = (NDArray[])xs.Clone();
        moved[k] = xs[k] + step * direction;
        return moved;
    }

    static NDArray RandomLike(NDArray x, Random random)
    {
        var values = new double[x.Size];
        for (var i = 0; i < values.Length; i++)
            values[i] = random.NextDouble() * 2 - 1;
        return Ops.ConvertTo(ConcreteArray.Create<double>(new Aval(DType.Float64, x.Shape), values), x.DType, false);
    }

    static double Inner(NDArray a, NDArray b) => Ops.AsType(Ops.Sum(a * b), DType.Float64).Materialize("CheckGrads").Load(0);
}
