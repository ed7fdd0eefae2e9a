using Autodiff.Benchmarks;

namespace Autodiff.Tests.Figures;

/// <summary>Every figure at a size that takes no time: it builds, does what its baseline does, and both can be measured.</summary>
public sealed class FigureTests
{
    // Seconds, or bytes.
    const double Most = 1e6;

    static readonly Figure[] All = [.. AllFigures.Of(Sizes.Tiny)];

    public static TheoryData<string> Names => [.. All.Select(f => f.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void ComputesWhatItsBaselineComputes(string name)
    {
        var contest = All.Single(f => f.Name == name).Prepare();
        Assert.Null(contest.Check());
        Assert.InRange(contest.Ours.Sample(), 0, Most);
        if (contest.Baseline is { } baseline)
            Assert.InRange(baseline.Sample(), 0, Most);
    }

    [Fact]
    public void NamesAreDifferent() => Assert.Distinct(AllFigures.Of(Sizes.Full).Select(f => f.Name));

    [Fact]
    public void AFigureHasABaselineUnlessItIsANumberOfUnits() =>
        Assert.Empty(
            from figure in All
            let contest = figure.Prepare()
            where contest.Baseline is null != (figure.Against is null) && contest.Missing is null
            select figure.Name
        );
}
