namespace Autodiff.Tests;

/// <summary>Every row of the table × every law × every device.</summary>
public sealed partial class OpLaws
{
    const double Epsilon64 = 2.220446049250313e-16;
    const double Epsilon32 = 1.1920928955078125e-07;

    public static IEnumerable<TheoryDataRow<string, string>> Rows =>
        from row in OpTable.Rows
        from device in Devices.All
        select new TheoryDataRow<string, string>(row.Name, device.Name);

    public static IEnumerable<TheoryDataRow<string, string>> DifferentiableRows =>
        from row in OpTable.Rows
        where row.Order > 0
        from device in Devices.All
        select new TheoryDataRow<string, string>(row.Name, device.Name);

    /// <summary>Eager equals the reference.</summary>
    [Theory, MemberData(nameof(Rows))]
    public void Value(string row, string device)
    {
        using var _ = Devices.Named(device).Use();
        var op = OpTable.Named(row);
        foreach (var shapes in op.Cases)
        foreach (var type in op.Types)
        {
            var xs = op.Draw(shapes, type);
            var ys = op.Function(xs);
            var expected = op.Reference(Array.ConvertAll(xs, Dense.Of));
            Assert.Equal(expected.Length, ys.Length);
            for (var i = 0; i < ys.Length; i++)
                Near(expected[i], ys[i], op.Ulps, Describe(xs));
        }
    }

    /// <summary>The value, compiled, equals the eager one.</summary>
    [Theory, MemberData(nameof(Rows))]
    public void Jit(string row, string device)
    {
        using var _ = Devices.Named(device).Use();
        var op = OpTable.Named(row);
        var jitted = Transform.Jit(op.Function);
        foreach (var shapes in op.Cases)
        foreach (var type in op.Types)
        {
            var xs = op.Draw(shapes, type);
            Same(op.Function(xs), jitted(xs), "jit", xs, op.Ulps);
        }
    }

    /// <summary>A batch equals a loop over its slices.</summary>
    [Theory, MemberData(nameof(Rows))]
    public void Vmap(string row, string device)
    {
        using var _ = Devices.Named(device).Use();
        var op = OpTable.Named(row);
        foreach (var shapes in op.Cases.Take(2))
        foreach (var type in op.Types)
        foreach (var batched in Subsets(shapes.Length))
        foreach (var size in new[] { 3, 0 })
        foreach (var last in new[] { false, true })
        {
            var batch = Batch.Draw(op, shapes, type, batched, size, last);
            var ys = Transform.Vmap(op.Function, batch.Axes)(batch.Arguments);
            Same(batch.Loop(op.Function), ys, $"vmap of arguments {batched:b} of {size}", batch.Arguments, op.Ulps);
        }
    }

    /// <summary>Every non-empty subset of the operands, as bits.</summary>
    static IEnumerable<int> Subsets(int operands) => Enumerable.Range(1, (1 << operands) - 1);

    /// <summary>Inference says what evaluation gives, and every program that a transform stages is well formed.</summary>
    [Theory, MemberData(nameof(Rows))]
    public void Types(string row, string device)
    {
        using var _ = Devices.Named(device).Use();
        var op = OpTable.Named(row);
        foreach (var shapes in op.Cases)
        foreach (var type in op.Types)
        {
            var xs = op.Draw(shapes, type);
            var staged = Transform.MakeJaxpr(op.Function, xs);
            JaxprChecker.Check(staged);
            var ys = op.Function(xs);
            Assert.Equal(staged.OutputTypes.Length, ys.Length);
            for (var i = 0; i < ys.Length; i++)
                Assert.True(staged.OutputTypes[i].Equals(ys[i].Aval), $"{staged}\ngives {ys[i].Aval} (weak: {ys[i].Aval.Weak})");
            foreach (var (_, program) in Programs.Of(op, shapes, type))
            {
                JaxprChecker.Check(program());
                // Rules given by C# functions are equal to themselves only.
                if (!Programs.PrimitivesOf(program()).Any(p => p is CustomPrimitive))
                    Assert.True(program().Equals(program()), "A program staged twice differs: some parameter has no structural equality.");
            }
        }
    }

    static void Same(NDArray[] expected, NDArray[] ys, string what, NDArray[] xs, double ulps = 16)
    {
        Assert.Equal(expected.Length, ys.Length);
        for (var i = 0; i < ys.Length; i++)
        {
            Assert.True(expected[i].DType == ys[i].DType, $"{what}: got {ys[i].Aval}, expected {expected[i].Aval} for {Describe(xs)}");
            Near(Dense.Of(expected[i]), ys[i], ulps, $"{what} of {Describe(xs)}");
        }
    }

    /// <summary>Equal to some units in the last place of the type; integers are equal.</summary>
    static void Near(Dense expected, NDArray y, double ulps, string where)
    {
        Assert.True(
            expected.Shape.SequenceEqual([.. y.Shape.Dims]),
            $"got {y.Aval}, expected [{string.Join(",", expected.Shape)}] for {where}"
        );
        var got = Dense.Of(y);
        var unit = y.DType.IsFloat ? ulps * (y.DType == DType.Float64 ? Epsilon64 : Epsilon32) : 0;
        for (var i = 0; i < got.Values.Length; i++)
        {
            var (e, g) = (expected.Values[i], got.Values[i]);
            var close =
                e.Equals(g) || Math.Abs(e - g) <= unit * Math.Max(1, Math.Abs(e)) || y.DType == DType.Float32 && (float)e == (float)g;
            Assert.True(close, $"element {i} of {y.Aval} is {g:R}, expected {e:R} for {where}");
        }
    }

    static string Describe(NDArray[] xs) => string.Join("; ", xs.Select(x => $"{x.Aval} {x}"));
}
