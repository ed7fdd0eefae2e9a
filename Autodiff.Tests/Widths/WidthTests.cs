namespace Autodiff.Tests.Widths;

/// <summary>Programs compiled for every vector width.</summary>
public sealed class WidthTests
{
    public static IEnumerable<TheoryDataRow<string>> Rows => OpTable.Rows.Select(row => new TheoryDataRow<string>(row.Name));

    public static IEnumerable<TheoryDataRow<string>> Loops => LoopBattery.Programs.Keys.Select(name => new TheoryDataRow<string>(name));

    /// <summary>All bits are equal at every width or, where an order of additions is involved, the compiled value is the eager one.</summary>
    [Theory, MemberData(nameof(Rows), DisableDiscoveryEnumeration = true)]
    public void Operations(string row)
    {
        var op = OpTable.Named(row);
        var same = true;
        foreach (var shapes in op.Cases)
        foreach (var type in op.Types)
            same &= HasTheSameBits(op.Function, op.Draw(shapes, type));
        if (!same)
            foreach (var device in Devices.OfWidths)
                new OpLaws().Jit(row, device.Name);
    }

    /// <summary>Derivatives too, which fuse more into one loop.</summary>
    [Theory, MemberData(nameof(Rows), DisableDiscoveryEnumeration = true)]
    public void Derivatives(string row)
    {
        var op = OpTable.Named(row);
        if (op.Order > 0)
            foreach (var type in op.Types.Where(t => t.IsFloat))
                HasTheSameBits(xs => Differentiation.Vjp(op.Function, xs), op.Draw(op.Cases[^1], type));
    }

    [Theory, MemberData(nameof(Loops), DisableDiscoveryEnumeration = true)]
    public void LoopPrograms(string program)
    {
        foreach (var device in Devices.OfWidths)
        {
            using var scope = device.Use();
            foreach (var stack in TransformChain.All.Where(s => s.Name.StartsWith("Jit ", StringComparison.Ordinal)))
                LoopBattery.Agrees(LoopBattery.Programs[program], stack);
        }
    }

    /// <summary>False if nothing can be said of the bits.</summary>
    static bool HasTheSameBits(Func<NDArray[], NDArray[]> function, NDArray[] xs)
    {
        var expected = new ElementwiseDevice();
        byte[][] Run(Device device)
        {
            using var scope = device.Use();
            return Array.ConvertAll(Transform.Jit(function)(xs), BytesOf);
        }
        var bytes = Run(expected);
        if (expected.IsElementwise)
            foreach (var device in Devices.OfWidths)
                Assert.Equal(bytes, Run(device));
        return expected.IsElementwise;
    }

    static byte[] BytesOf(NDArray y) =>
        y.DType switch
        {
            DType.Float64 => [.. y.ToArray<double>().SelectMany(v => BitConverter.GetBytes(double.IsNaN(v) ? double.NaN : v))],
            DType.Float32 => [.. y.ToArray<float>().SelectMany(v => BitConverter.GetBytes(float.IsNaN(v) ? float.NaN : v))],
            _ => [.. Ops.AsType(y, DType.Int64).ToArray<long>().SelectMany(BitConverter.GetBytes)],
        };

    /// <summary>The CPU, which notes whether a program adds numbers in an order that depends on the width.</summary>
    sealed class ElementwiseDevice : Device
    {
        public override string Name => "elementwise";

        internal bool IsElementwise { get; private set; } = true;

        public override Program Optimize(Program program) => CpuDevice.Instance.Optimize(program);

        public override Executable Translate(Program program)
        {
            IsElementwise &= Holds(program.Body);
            return CpuDevice.Instance.Translate(program);
        }

        public override Executable Prepare(Program program) => CpuDevice.Instance.Compile(program);

        static bool Holds(Block block) =>
            Array.TrueForAll(
                block.Steps,
                step =>
                    step is not RoutineStep
                    && (
                        step is not KernelStep { Kernel: var kernel }
                        || kernel.ReducedAxes == 0 && !Array.Exists(kernel.Outputs, o => o.Prefix)
                    )
                    && Liveness.Blocks(step).All(Holds)
            );
    }
}
