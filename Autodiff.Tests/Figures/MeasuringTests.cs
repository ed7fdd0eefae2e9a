using System.Text.Json;
using Autodiff.Benchmarks;

namespace Autodiff.Tests.Figures;

/// <summary>What is said of figures whose samples are known.</summary>
public sealed class MeasuringTests
{
    static readonly Measuring Quick = new(TimeSpan.Zero, 3, TimeSpan.Zero);

    /// <summary>A side whose samples come round and round.</summary>
    static MeasuredSide Gives(params double[] samples)
    {
        var next = 0;
        return new(() => samples[next++ % samples.Length]);
    }

    static Measurement Measure(Contest contest, string? against, double target) =>
        // The number of threads is everybody's: it stays as it is.
        Quick.Measure(new("work", against, Unit.Milliseconds, target, () => contest with { Threads = ParallelLoop.MaxThreads }));

    [Theory]
    [InlineData(2.0, true)]
    [InlineData(1.9, false)]
    public void TheRatioIsThatOfTheMedians(double target, bool reached)
    {
        var m = Measure(new(Gives(0.5, 0.004, 0.004), Gives(0.002, 0.002, 0.0001), () => null), "baseline", target);
        Assert.Equal(
            ("work / baseline", 4.0, 2.0, "ms", 2.0, target, reached),
            (m.Name, m.Ours, m.Baseline, m.Unit, m.Ratio, m.Target, m.Reached)
        );
    }

    [Theory]
    [InlineData(8.0, 0.5, true)]
    [InlineData(2.0, 2.0, false)]
    [InlineData(0.0, null, false)]
    public void WithoutABaselineTheTargetIsANumber(double target, double? ratio, bool reached)
    {
        var m = Measure(new(Gives(0.004), null, () => null), null, target);
        Assert.Equal(("work", 4.0, null, ratio, reached), (m.Name, m.Ours, m.Baseline, m.Ratio, m.Reached));
    }

    [Fact]
    public void SidesTakeTurnsAndSamplesAreEnough()
    {
        var turns = "";
        Measure(
            new(new MeasuredSide(() => (turns += "o").Length), new MeasuredSide(() => (turns += "b").Length), () => null),
            "baseline",
            1
        );
        Assert.Matches("^(ob){4,}$", turns);
    }

    [Fact]
    public void ABaselineThatIsNotInstalledLeavesTheFigureOpen()
    {
        var m = Measure(new(Gives(0.004), null, () => null) { Missing = "not installed" }, "baseline", 1);
        Assert.Equal((4.0, null, null, null, "not installed", false), (m.Ours, m.Baseline, m.Ratio, m.Reached, m.Note, m.IsWrong));
    }

    [Fact]
    public void AWrongResultIsNoFigure()
    {
        var timed = false;
        var side = new MeasuredSide(() =>
        {
            timed = true;
            return 1;
        });
        var m = Measure(new(side, side, () => ResultCheck.Of([1.0], [1.1], 1e-3)), "baseline", 1);
        Assert.Equal((null, null, null, false, true), (m.Ours, m.Baseline, m.Ratio, m.Reached, m.IsWrong));
        Assert.Contains("1.1", m.Note);
        Assert.False(timed);
    }

    [Fact]
    public void AnErrorIsNoFigure() =>
        Assert.Contains(
            nameof(ShapeException),
            Measure(new(Gives(1), null, () => throw new ShapeException("no")), null, 1) is { IsWrong: true, Note: var note } ? note : null
        );

    [Fact]
    public void ArraysAgreeOnlyIfTypesShapesAndElementsDo()
    {
        NDArray x = new[] { 1.0, 100.0 };
        Assert.Null(ResultCheck.Of([x], [x + new[] { 0.01, 0 }], 1e-3));
        Assert.NotNull(ResultCheck.Of([x], [x + new[] { 0.2, 0 }], 1e-3));
        Assert.NotNull(ResultCheck.Of([x], [x * double.NaN], 1e-3));
        Assert.NotNull(ResultCheck.Of([x], [Ops.AsType(x, DType.Float32)], 1e-3));
        Assert.NotNull(ResultCheck.Of([x], [Ops.Reshape(x, 1, 2)], 1e-3));
        Assert.NotNull(ResultCheck.Of([x], [x, x], 1e-3));
    }

    [Fact]
    public void TheFileHasTheColumnsOfTheTable()
    {
        using var file = new MemoryStream();
        FiguresCommand.Write(file, [Measure(new(Gives(0.004), Gives(0.002), () => null), "baseline", 1.5)]);
        Assert.Equal(
            ["name", "ours", "baseline", "unit", "ratio", "target", "reached"],
            JsonSerializer.Deserialize<JsonElement>(file.ToArray())[0].EnumerateObject().Select(p => p.Name)
        );
    }
}
