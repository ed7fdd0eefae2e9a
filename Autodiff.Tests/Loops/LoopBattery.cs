namespace Autodiff.Tests;

/// <summary>Every loop program under every stack of transforms.</summary>
public abstract class LoopBattery(Device device)
{
    internal static readonly Dictionary<string, LoopProgram> Programs = new LoopProgram[][]
    {
        WhilePrograms.All,
        ScanPrograms.All,
        NestedPrograms.All,
        CarryPrograms.All,
        CheckpointedPrograms.All,
        LanePrograms.All,
    }
        .SelectMany(group => group)
        .ToDictionary(p => p.Name);

    static readonly Dictionary<string, TransformChain> Stacks = TransformChain.All.ToDictionary(s => s.Name);

    public static IEnumerable<TheoryDataRow<string, string>> Cases() =>
        Programs.Keys.SelectMany(program => Stacks.Keys.Select(stack => new TheoryDataRow<string, string>(program, stack)));

    [Theory]
    [MemberData(nameof(Cases), DisableDiscoveryEnumeration = true)]
    public void Agrees_with_plain_control_flow(string program, string stack)
    {
        using var scope = device.Use();
        Agrees(Programs[program], Stacks[stack]);
    }

    internal static void Agrees(LoopProgram p, TransformChain s)
    {
        var expected = p.Reference(s.Order);
        var f = s.Apply(p.Traced);
        Agreement.Holds(s.OfVectors ? expected : expected[..1], f(s.OfVectors ? p.Points : p.Points[0]), p.Tolerance);
    }
}

public class LoopBatteryOnCpu() : LoopBattery(CpuDevice.Instance);

public class LoopBatteryOnInterpreter() : LoopBattery(InterpreterDevice.Instance);
