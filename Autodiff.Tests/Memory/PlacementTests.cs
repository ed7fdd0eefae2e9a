using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>What a concatenation is put together from is computed where it wants it.</summary>
public sealed class PlacementTests
{
    static NDArray Running(NDArray x) => CumSum(Sin(x), 0);

    static NDArray Join(params NDArray[] parts) => Concatenate(parts);

    public static Dictionary<string, Func<NDArray, NDArray>> Programs { get; } =
        new()
        {
            ["first"] = x => Join(Running(x), Exp(x)),
            ["last"] = x => Join(Exp(x), Running(x)),
            ["both"] = x => Join(Running(x), Running(-x)),
            ["three"] = x => Join(Running(x), Running(-x), Running(2 * x)),
            ["twice the same"] = x =>
            {
                var sums = Running(x);
                return Join(sums, sums);
            },
            ["read by another part"] = x =>
            {
                var sums = Running(x);
                return Join(sums, Exp(sums));
            },
            ["reshaped"] = x => Join(Running(x).Ravel(), Exp(x).Ravel()),
            ["joined again"] = x => Join(Join(Running(x), Exp(x)), Running(3 * x)),
            ["read before"] = x =>
            {
                var sums = Running(x);
                return Join(sums, x + sums.Sum());
            },
            ["an argument"] = x => Join(x, Running(x)),
            ["from a loop"] = x => Join(Scan((c, _) => (c + 1, Running(c)), x, Zeros(6)).Ys.Reshape(-1, x.Shape[1]), Exp(x)),
            ["in a carry"] = x => ForiLoop(0, 3, (_, c) => Join(Running(c[..^x.Length]), Running(c[^x.Length..])), Join(x, x)),
            ["as rows"] = x => Scan((c, _) => (c + 1, Join(Running(c), Exp(c))), x, Zeros(4)).Ys,
            ["integers"] = x => Join(CumSum((x * 10).AsType(DType.Int32), 0), (x * 3).AsType(DType.Int32)),
            ["singles"] = x => Join(CumSum(x.AsType(DType.Float32), 0), Sin(x).AsType(DType.Float32)),
            ["truths"] = x => Join(CumSum(x, 0) > 0, x > 0),
        };

    public static TheoryData<string, int> Cases => new(from name in Programs.Keys from rows in new[] { 1, 2, 9, 700 } select (name, rows));

    [Theory, MemberData(nameof(Cases))]
    public void Parts_lie_where_they_belong(string name, int rows)
    {
        var x = new RandomKey(7).Normal([rows, 3]);
        var (expected, got) = (Programs[name](x), Jit(Programs[name])(x));
        Assert.True((bool)AllClose(expected.AsType(DType.Float64), got.AsType(DType.Float64), 1e-5, 1e-5), $"{expected} is not {got}");
    }

    [Fact]
    public void A_part_that_is_given_as_well_is_copied()
    {
        var x = new RandomKey(7).Normal([300, 3]);
        var f = (NDArray x) =>
        {
            var sums = Running(x);
            return (sums, Join(sums, Exp(x)));
        };
        var (sums, joined) = Jit(f)(x);
        Assert.True((bool)AllClose(Running(x), sums));
        Assert.True((bool)AllClose(sums, joined[..300]));
    }

    [Theory]
    [InlineData("both")]
    [InlineData("three")]
    [InlineData("reshaped")]
    [InlineData("joined again")]
    public void Placed_parts_take_no_memory(string name)
    {
        var memory = Jit(Programs[name]).Lower(Zeros(40_000, 3)).Memory;
        Assert.InRange(memory.ScratchBytes, 0, 1000);
        Assert.InRange(memory.LowerBoundBytes, memory.ArgumentBytes + memory.ResultBytes, memory.PeakBytes);
    }
}
