namespace Autodiff.Tests;

public sealed partial class OpLaws
{
    /// <summary>Vmap∘Grad = Grad∘Vmap: the gradient of the sum over examples holds the gradients of the examples.</summary>
    [Theory, MemberData(nameof(DifferentiableRows))]
    public void VmapCommutesWithGrad(string row, string device)
    {
        using var _ = Devices.Named(device).Use();
        var op = OpTable.Named(row);
        foreach (var shapes in op.Cases.Take(2))
        foreach (var last in new[] { false, true })
        {
            var batch = Batch.Draw(op, shapes, DType.Float64, (1 << shapes.Length) - 1, 3, last);
            NDArray[] Gradient(NDArray[] a) => Differentiation.Vjp(op.Function, a);
            var expected = batch.Loop(Gradient);
            var batchedGradient = Transform.Vmap(Gradient, batch.Axes)(batch.Arguments);
            Same(expected, batchedGradient, "vmap of vjp", batch.Arguments, 256);

            // One cotangent for all examples, as Gradient has.
            var (g, floats) = Differentiation.Floats(Transform.Vmap(op.Function, batch.Axes), batch.Arguments);
            var (ys, pullback) = Transform.Vjp(g, floats);
            var single = Differentiation.Directions(Array.ConvertAll(ys, y => Ops.Zeros(y.Shape.Tail, y.DType)), 2);
            var pulled = pullback([.. single.Select((ct, i) => Ops.BroadcastTo(ct, ys[i].Shape))]);
            var outer = Array.ConvertAll(pulled, ct => last ? Ops.MoveAxis(ct, -1, 0) : ct);
            Same(expected, outer, "vjp of vmap", batch.Arguments, 256);
        }
    }

    /// <summary>Jit∘T = T∘Jit for T in Grad, Vmap and Jvp.</summary>
    [Theory, MemberData(nameof(Rows))]
    public void JitCommutes(string row, string device)
    {
        using var _ = Devices.Named(device).Use();
        var op = OpTable.Named(row);
        var jitted = Transform.Jit(op.Function);
        foreach (var shapes in op.Cases.Take(2))
        foreach (var type in op.Types.Take(2))
        {
            var xs = op.Draw(shapes, type);
            if (xs.Length > 0)
            {
                var batch = Batch.Draw(op, shapes, type, (1 << shapes.Length) - 1, 3, last: false);
                Commutes("vmap", f => Transform.Vmap(f), batch.Arguments);
            }
            if (op.Order == 0 || !type.IsFloat)
                continue;
            Commutes("jvp", f => a => Differentiation.Jvp(f, a), xs);
            Commutes("vjp", f => a => Differentiation.Vjp(f, a), xs);
        }

        void Commutes(string name, Func<Func<NDArray[], NDArray[]>, Func<NDArray[], NDArray[]>> transform, NDArray[] xs)
        {
            var expected = transform(op.Function)(xs);
            Same(expected, transform(jitted)(xs), $"{name} of jit", xs, 256);
            Same(expected, Transform.Jit(transform(op.Function))(xs), $"jit of {name}", xs, 256);
        }
    }
}
