namespace Autodiff.Tests;

public sealed partial class OpLaws
{
    /// <summary>
    /// The tangent equals central differences in a random direction; so does the tangent of the tangent, to the row's order.
    /// In Float32 it equals that of Float64.
    /// </summary>
    [Theory, MemberData(nameof(DifferentiableRows))]
    public void Jvp(string row, string device)
    {
        using var _ = Devices.Named(device).Use();
        var op = OpTable.Named(row);
        foreach (var shapes in op.Cases.Take(2))
        {
            var xs = op.Draw(shapes, DType.Float64);
            var f = op.Function;
            for (var order = 1; order <= op.Order; order++)
            {
                var (previous, seed) = (f, order);
                var tangents = Differentiation.Jvp(previous, xs, seed);
                var differences = CentralDifferences(previous, xs, seed);
                for (var i = 0; i < tangents.Length; i++)
                    Close(
                        differences[i],
                        Dense.Of(tangents[i]),
                        op.Slope * Math.Pow(10, order - 1),
                        $"tangent of order {order} at {Describe(xs)}"
                    );
                f = a => Differentiation.Jvp(previous, a, seed);
            }
            if (!op.Types.Contains(DType.Float32))
                continue;
            var single = Differentiation.Jvp(op.Function, op.Draw(shapes, DType.Float32));
            var wide = Differentiation.Jvp(op.Function, xs);
            for (var i = 0; i < single.Length; i++)
                Close(Dense.Of(wide[i]), Dense.Of(single[i]), 2e-5, $"tangent in Float32 at {Describe(xs)}");
        }
    }

    /// <summary>⟨ct, J v⟩ = ⟨Jᵀ ct, v⟩ to rounding: for the row, for its tangent and for its cotangent.</summary>
    [Theory, MemberData(nameof(DifferentiableRows))]
    public void Vjp(string row, string device)
    {
        using var _ = Devices.Named(device).Use();
        var op = OpTable.Named(row);
        foreach (var shapes in op.Cases.Take(2))
        foreach (var type in op.Types.Where(t => t.IsFloat))
        {
            var xs = op.Draw(shapes, type);
            Transposes(op.Function, xs, type, "the row");
            if (op.Order < 2)
                continue;
            Transposes(a => Differentiation.Jvp(op.Function, a), xs, type, "its tangent");
            Transposes(a => Differentiation.Vjp(op.Function, a), xs, type, "its cotangent");
        }
    }

    static void Transposes(Func<NDArray[], NDArray[]> f, NDArray[] xs, DType type, string what)
    {
        var (g, floats) = Differentiation.Floats(f, xs);
        var v = Differentiation.Directions(floats, 3);
        var (ys, pushed) = Transform.Jvp(g, floats, v);
        var ct = Differentiation.Directions(ys, 4);
        var (value, pullback) = Transform.Vjp(g, floats);
        Same(ys, value, "value of vjp", xs);
        var pulled = pullback(ct);
        for (var i = 0; i < pulled.Length; i++)
            Assert.True(pulled[i].Aval.Equals(floats[i].Aval.Strong), $"the cotangent of {floats[i].Aval} is {pulled[i].Aval}");
        var (forward, size) = Differentiation.Inner(ct, pushed);
        var (reverse, otherSize) = Differentiation.Inner(pulled, v);
        var single = type == DType.Float32 || ys.Any(y => y.DType == DType.Float32);
        var bound = 256 * (single ? Epsilon32 : Epsilon64) * Math.Max(1, size + otherSize);
        Assert.True(
            Math.Abs(forward - reverse) <= bound,
            $"of {what}: ⟨ct, J v⟩ = {forward:R} but ⟨Jᵀ ct, v⟩ = {reverse:R} at {Describe(xs)}"
        );
    }

    /// <summary>(−f(x+2h) + 8f(x+h) − 8f(x−h) + f(x−2h)) / 12h, whose error is of the order h⁴.</summary>
    static Dense[] CentralDifferences(Func<NDArray[], NDArray[]> f, NDArray[] xs, int seed)
    {
        const double Step = 3e-4;
        var (g, floats) = Differentiation.Floats(f, xs);
        var v = Differentiation.Directions(floats, seed);
        Dense[] At(double steps) =>
            Array.ConvertAll(
                g([
                    .. floats.Select(
                        (x, k) => Dense.Map(a => a[0] + steps * Step * a[1], Dense.Of(x), Dense.Of(v[k])).ToArray(DType.Float64)
                    ),
                ]),
                Dense.Of
            );
        var (far, near, nearBelow, farBelow) = (At(2), At(1), At(-1), At(-2));
        return
        [
            .. far.Select(
                (_, i) => Dense.Map(y => (8 * (y[1] - y[2]) - (y[0] - y[3])) / (12 * Step), far[i], near[i], nearBelow[i], farBelow[i])
            ),
        ];
    }

    static void Close(Dense expected, Dense got, double relative, string where)
    {
        Assert.Equal(expected.Shape, got.Shape);
        var scale = Math.Max(1, expected.Values.Select(Math.Abs).DefaultIfEmpty().Max());
        for (var i = 0; i < got.Values.Length; i++)
            Assert.True(
                Math.Abs(expected.Values[i] - got.Values[i]) <= relative * scale,
                $"element {i} is {got.Values[i]:R}, expected {expected.Values[i]:R}: {where}"
            );
    }
}
