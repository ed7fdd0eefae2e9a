using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Autodiff;

/// <summary>
/// Compiles programs to native code: a program becomes one method, or a few if it is large, with its loops as loops, its scalars in registers
/// and its arrays in memory planned beforehand.
/// </summary>
static class KernelCompiler
{
    /// <summary>The width of the machine's vectors in bits, 512, 256 or 128; 0 for none.</summary>
    internal static int WidestVector { get; } =
        Vector512.IsHardwareAccelerated ? 512
        : Vector256.IsHardwareAccelerated ? 256
        : Vector128.IsHardwareAccelerated ? 128
        : 0;

    /// <summary>Whether a·b + c rounded once is an instruction.</summary>
    internal static bool Fuses { get; } = Fma.IsSupported || AdvSimd.IsSupported;

    /// <summary>Whether a·2ᵇ is an instruction, of vectors of every width.</summary>
    internal static bool Scales { get; } = Avx512F.VL.IsSupported;

    /// <summary>An optimised program in the form that is compiled.</summary>
    internal static Program Fit(Program program)
    {
        program = ReductionSplitting.Run(program);
        return Fuses ? Contraction.Run(program) : program;
    }

    internal static Executable Compile(Program program, int vectorBits)
    {
        var body = program.Body;
        var constants = new ConstantPool();
        var sources = FindSources(body);
        int[] donated =
        [
            .. program.Donated.Where(i =>
                body.Parameters[i].Type is { Tape: 0, ByteSize: > ArrayBuffer.ManagedLimit }
                && !Array.Exists(sources, s => s is InputResult { Input: var input } && input == i)
            ),
        ];
        var emitter = new BlockEmitter(body, donated, constants, vectorBits);
        var entry = emitter.EmitProgram(r => sources[r] is ComputedResult);
        for (var r = 0; r < sources.Length; r++)
            if (sources[r] is ComputedResult computed)
                sources[r] =
                    computed.Type.Tape > 0
                        ? computed with
                        {
                            TapeSlot = emitter.TapeSlot(body.Results[r]),
                        }
                        : computed with
                        {
                            Donor = emitter.DonorOf(r),
                        };
        var (bytes, tapes, routines, regions) = (emitter.ArenaBytes, emitter.Tapes, emitter.Routines, emitter.Regions);
        var pointers = body.Parameters.Length + body.Results.Length;
        int[] tapeInputs = [.. Enumerable.Range(0, body.Parameters.Length).Where(i => body.Parameters[i].Type.Tape > 0)];
        return new CpuExecutable(entry, sources, tapeInputs, constants, () => new CallFrame(bytes, pointers, tapes, routines, regions));
    }

    // What is passed on is shared with the caller, not copied.
    static ResultSource[] FindSources(Block body)
    {
        var origins = new Dictionary<Value, Value>();
        var data = new Dictionary<Value, ConcreteArray>();
        foreach (var step in body.Steps)
            if (step is AliasStep)
                origins[step.Outputs[0]] = origins.GetValueOrDefault(step.Inputs[0], step.Inputs[0]);
            else if (step is ConstantStep constant)
                data[step.Outputs[0]] = constant.Data;
        var sources = new ResultSource[body.Results.Length];
        var seen = new Dictionary<Value, int>();
        for (var r = 0; r < sources.Length; r++)
        {
            var type = body.Results[r].Type;
            var origin = origins.GetValueOrDefault(body.Results[r], body.Results[r]);
            sources[r] =
                Array.IndexOf(body.Parameters, origin) is >= 0 and var input ? new InputResult(type, input)
                : data.TryGetValue(origin, out var array) ? new ConstantResult(type, array)
                : seen.TryGetValue(origin, out var earlier) ? new RepeatedResult(type, earlier)
                : new ComputedResult(type);
            seen.TryAdd(origin, r);
        }
        return sources;
    }
}
