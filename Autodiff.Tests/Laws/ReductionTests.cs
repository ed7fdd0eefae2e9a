using System.Reflection;

namespace Autodiff.Tests;

/// <summary>What all reductions have in common: the names of their parameters, axes that stay, and what they say of an axis that is not there.</summary>
public sealed class ReductionTests
{
    static readonly NDArray X = Ops.Reshape(Ops.Sqrt(Ops.Arange(6)), 2, 3);

    static readonly MethodInfo[] All =
    [
        .. typeof(Ops).GetMethods().Where(m => m.GetParameters().Any(p => p.ParameterType == typeof(Axes))),
        .. typeof(Ops).GetMethods().Where(m => m.Name is "ArgMax" or "ArgMin" or "NanArgMax" or "NanArgMin" or "Average"),
    ];

    public static TheoryData<string> Names => [.. All.Select(m => m.Name)];

    static NDArray Call(string name, int? axis, bool keepDims)
    {
        var method = All.Single(m => m.Name == name);
        object?[] arguments =
        [
            .. method
                .GetParameters()
                .Select(p =>
                    p.Name switch
                    {
                        "axis" => p.ParameterType == typeof(Axes) ? (axis is { } a ? (Axes)a : default) : axis,
                        "keepDims" => keepDims,
                        _ => p.ParameterType == typeof(NDArray) && !p.HasDefaultValue ? X : p.DefaultValue,
                    }
                ),
        ];
        return (NDArray)method.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
    }

    [Fact]
    public void There_are_many() => Assert.True(All.Length > 20);

    [Theory, MemberData(nameof(Names))]
    public void Axes_stay_where_that_is_asked_for(string name)
    {
        Assert.Equal(Shape.Create([1, 3]), Call(name, 0, true).Shape);
        Assert.Equal(Shape.Create([2, 1]), Call(name, -1, true).Shape);
        Assert.Equal(Shape.Create([1, 1]), Call(name, null, true).Shape);
        foreach (var axis in new int?[] { 0, 1, null })
        {
            var reduced = Call(name, axis, false);
            Assert.Equal(axis is null ? 0 : 1, reduced.Rank);
            // Not to the bit: what runs for the first time is interpreted, and may be summed in another order.
            Assert.True(Ops.AllClose(reduced, Ops.Reshape(Call(name, axis, true), [.. reduced.Shape]), 1e-14, 0));
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void An_axis_that_is_not_there_is_told_with_the_array_and_its_axes(string name) =>
        Assert.Equal(
            $"{name} got axis 2, but f64[2,3] has 2 axes: 0 … 1, or -2 … -1 from the end.",
            Assert.Throws<ShapeException>(() => Call(name, 2, false)).Message
        );

    [Theory, MemberData(nameof(Names))]
    public void Methods_of_arrays_take_what_the_operations_take(string name)
    {
        static string[] Of(MethodInfo m) => [.. m.GetParameters().Select(p => $"{p.ParameterType} {p.Name} {p.DefaultValue}")];
        var methods = typeof(NDArray).GetMethods().Where(m => m.Name == name).ToArray();
        if (methods.Length > 0)
            Assert.Contains(Of(All.Single(m => m.Name == name))[1..], methods.Select(Of));
    }

    [Fact]
    public void Axes_are_given_in_every_way()
    {
        var x = Ops.Ones(2, 3, 4);
        NDArray[] sums =
        [
            x.Sum(1, 2),
            x.Sum([1, 2]),
            x.Sum(axis: [-2, -1]),
            x.Sum([1, 2], keepDims: false),
            x.Sum(axis: 1).Sum(axis: 1, keepDims: false),
            Ops.Sum(x, [2, 1]),
            Ops.Sum(x, axis: [1, 2], keepDims: true)[.., 0, 0],
        ];
        Assert.All(sums, s => Assert.Equal(new[] { 12.0, 12.0 }, s.ToArray<double>()));
        Assert.Equal(Shape.Create([1, 1, 1]), x.Sum(keepDims: true).Shape);
        Assert.Equal(Shape.Create([2, 1, 4]), x.Mean(axis: 1, keepDims: true).Shape);
        Assert.Equal(Shape.Create([2, 4]), x.Std(axis: 1, ddof: 1).Shape);
        var error = Assert.Throws<ShapeException>(() => x.Sum(0, 0));
        Assert.Equal("Sum of f64[2,3,4] got an axis twice: [0,0].", error.Message);
        Assert.Equal(
            "Sum got axis 0, but f64[] is a scalar and has no axes.",
            Assert.Throws<ShapeException>(() => ((NDArray)1.0).Sum(0)).Message
        );
    }
}
