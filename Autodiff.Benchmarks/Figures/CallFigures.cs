namespace Autodiff.Benchmarks;

/// <summary>What a call costs beside the arithmetic.</summary>
static unsafe class CallFigures
{
    const int CountedCalls = 10_000;

    internal static IEnumerable<Figure> Of(Sizes sizes) =>
        [
            new("call of a jitted scalar function, time", null, Unit.Nanoseconds, 300, () => Call(call => new TimedSide(() => call()))),
            // What the result needs: the array, its buffer, and its element's bytes.
            new("call of a jitted scalar function, bytes beyond the result", null, Unit.Bytes, 0, () => Call(BeyondResult)),
            new("eager product, 1 element, f32", null, Unit.Nanoseconds, 500, One),
            .. from type in Inputs.Floats select Many(type, sizes.Eager),
        ];

    static Contest One()
    {
        var (x, y) = (Inputs.Normal(1, DType.Float32, 1), Inputs.Normal(2, DType.Float32, 1));
        NDArray expected = new[] { x.ToArray<float>()[0] * y.ToArray<float>()[0] };
        return new(new TimedSide(() => _ = x * y), null, () => ResultCheck.Of([x * y], [expected], 0));
    }

    static Figure Many(DType type, int n) =>
        new(
            $"eager product, {Sizes.Short(n)} elements, {type.ShortName}",
            "loop into a fresh array",
            Unit.Microseconds,
            1.3,
            () =>
            {
                var (x, y) = (Inputs.Normal(1, type, n), Inputs.Normal(2, type, n));
                NDArray ByHand() =>
                    type == DType.Float32 ? Arrays.Map<float>(MapLoops.Multiply, x, y) : Arrays.Map<double>(MapLoops.Multiply, x, y);
                return Contest.Between(() => x * y, ByHand, 0);
            }
        );

    static Contest Call(Func<Func<NDArray>, Side> side)
    {
        var (x, jitted) = (Asarray(2.0), Jit(x => x * x + 1));
        return new(side(() => jitted(x)), null, () => ResultCheck.Of([jitted(x)], [5.0], 0));
    }

    static MeasuredSide BeyondResult(Func<NDArray> call)
    {
        var type = call().Aval;
        return new(() => Allocated(call) - Allocated(() => ConcreteArray.Allocate(type)));
    }

    /// <summary>The managed bytes that one call takes.</summary>
    static double Allocated(Func<NDArray> call)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < CountedCalls; i++)
            call();
        return (double)(GC.GetAllocatedBytesForCurrentThread() - before) / CountedCalls;
    }
}
