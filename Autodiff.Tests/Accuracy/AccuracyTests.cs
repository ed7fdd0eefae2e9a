using System.Collections.Concurrent;

namespace Autodiff.Tests.Accuracy;

/// <summary>How far elementary functions are from the exact ones, on every way that they are computed.</summary>
public sealed class AccuracyTests
{
    static readonly ConcurrentDictionary<(string, DType), FunctionAccuracy> Measured = [];

    public static IEnumerable<TheoryDataRow<string, DType>> Functions =>
        from f in ElementaryFunction.All
        from type in new[] { DType.Float64, DType.Float32 }
        select new TheoryDataRow<string, DType>(f.Name, type);

    static FunctionAccuracy Of(string function, DType type) =>
        Measured.GetOrAdd((function, type), key => FunctionAccuracy.Of(ElementaryFunction.All.Single(f => f.Name == key.Item1), key.Item2));

    /// <summary>2 ULP, but for the named exceptions.</summary>
    [Theory, MemberData(nameof(Functions))]
    public void Errors_are_bounded(string function, DType type)
    {
        var f = ElementaryFunction.All.Single(f => f.Name == function);
        var accuracy = Of(function, type);
        Assert.True(accuracy.OfArrays.Ulps <= f.Bound, $"arrays: {accuracy.OfArrays.Ulps:F2} ULP: {accuracy.OfArrays.Where}");
        Assert.True(accuracy.OfScalars.Ulps <= f.Bound, $"scalars: {accuracy.OfScalars.Ulps:F2} ULP: {accuracy.OfScalars.Where}");
        Assert.True(
            accuracy.OfInterpreter.Ulps <= Math.Max(f.Bound, f.BoundOfRuntime),
            $"interpreted: {accuracy.OfInterpreter.Ulps:F2} ULP: {accuracy.OfInterpreter.Where}"
        );
    }

    /// <summary>docs/accuracy.md says what is measured: of arrays to all digits, of what depends on the platform's library within bounds.</summary>
    [Fact]
    public void The_page_is_right()
    {
        var rows = ElementaryFunction.All.Select(f => (f, Of(f.Name, DType.Float64), Of(f.Name, DType.Float32))).ToArray();
        var page = AccuracyPage.Of(rows);
        if (Environment.GetEnvironmentVariable(AccuracyPage.Variable) is { } path)
            File.WriteAllText(path, page);
        else
            Assert.Equal(OfArrays(page), OfArrays(File.ReadAllText(Path.Combine(Docs.DocProgram.Folder, "accuracy.md"))));
    }

    // Text, and of the table the columns of arrays.
    static string OfArrays(string page) =>
        string.Join('\n', page.Split('\n').Select(line => line.StartsWith('|') ? string.Join('|', line.Split('|')[..4]) : line));

    /// <summary>The same argument gives the same bits in a full vector, in the rest of a row, and in a short array.</summary>
    [Theory, MemberData(nameof(Functions))]
    public void Bits_do_not_depend_on_the_place(string function, DType type)
    {
        var f = ElementaryFunction.All.Single(f => f.Name == function);
        var points = Array.ConvertAll(Points.Of(f, type), p => p[..203]);
        var compiled = Transform.Jit(f.Compute);
        var whole = FunctionAccuracy.Bits(compiled(FunctionAccuracy.Arrays(points, type)));
        foreach (var (from, length) in new[] { (0, 202), (1, 31), (7, 17), (50, 9), (100, 7), (100, 4) })
        {
            var part = FunctionAccuracy.Bits(
                compiled(FunctionAccuracy.Arrays(Array.ConvertAll(points, p => p[from..(from + length)]), type))
            );
            Assert.Equal(whole[from..(from + length)], part);
        }
    }

    [Theory]
    [InlineData(DType.Float64)]
    [InlineData(DType.Float32)]
    public void Sines_do_not_exceed_1(DType type)
    {
        var peaks = Enumerable
            .Range(1, 20_000)
            .SelectMany(k => Points.Around(type == DType.Float32 ? (float)(k * Math.PI / 2) : k * Math.PI / 2, type))
            .ToArray();
        var x = FunctionAccuracy.Arrays([peaks], type)[0];
        foreach (var f in new Func<NDArray, NDArray>[] { Ops.Sin, Ops.Cos })
            Assert.Equal(1, (double)Transform.Jit(x => Ops.Max(Ops.Abs(f(x))))(x));
    }
}
