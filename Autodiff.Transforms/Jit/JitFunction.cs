namespace Autodiff;

/// <summary>What a jitted function has done so far.</summary>
/// <param name="Traces">How often the function was traced: once a signature (tree, element types, shapes, weak types), if it captures no traced value.</param>
/// <param name="Signatures">How many signatures are held.</param>
public sealed record JitStatistics(int Traces, int Signatures);

/// <summary>A function compiled once for every signature with which it is called.</summary>
sealed class JitFunction(LiftedFunction function)
{
    // A function whose shapes keep changing must not fill the memory; the oldest signature goes first.
    const int MostSignatures = 256;

    readonly Lock adding = new();
    Entry[] entries = [];
    int traces;

    internal JitStatistics Statistics => new(Volatile.Read(ref traces), entries.Length);

    internal (NDArray[] Leaves, TreeStructure Structure) Call(Arguments arguments)
    {
        var entry = Find(arguments) ?? Add(arguments);
        return (entry.Run(arguments.Leaves), entry.Output);
    }

    Entry? Find(Arguments arguments)
    {
        foreach (var entry in entries)
            if (entry.Takes(arguments))
                return entry;
        return null;
    }

    Entry Add(Arguments arguments)
    {
        var (structure, leaves) = (arguments.Structure, arguments.Leaves);
        Interlocked.Increment(ref traces);
        TreeStructure? output = null;
        var types = Array.ConvertAll(leaves, x => x.Aval);
        var closed = StagingTrace.Stage(
            types,
            a =>
            {
                (var ys, output) = function.Call(structure, a);
                return ys;
            }
        );
        var entry = new Entry(structure, types, closed, output!);
        // What captured a traced value is good for this call only.
        if (!Array.TrueForAll(closed.Constants, c => c is Concrete))
            return entry;
        lock (adding)
        {
            // Another thread may have been faster.
            if (Find(arguments) is { } other)
                return other;
            entries = [entry, .. entries.Take(MostSignatures - 1)];
        }
        return entry;
    }

    /// <summary>A traced signature.</summary>
    internal sealed class Entry(TreeStructure input, Aval[] types, ClosedJaxpr program, TreeStructure output)
    {
        readonly JitPrimitive primitive = new(program.Jaxpr);
        Compiled? compiled;

        internal TreeStructure Output => output;

        internal bool Takes(Arguments arguments)
        {
            var leaves = arguments.Leaves;
            if (leaves.Length != types.Length)
                return false;
            for (var i = 0; i < leaves.Length; i++)
                if (!ReferenceEquals(leaves[i].Aval, types[i]) && !leaves[i].Aval.Equals(types[i]))
                    return false;
            return arguments.Have(input);
        }

        internal NDArray[] Run(NDArray[] leaves)
        {
            NDArray[] operands = program.Constants.Length == 0 ? leaves : [.. program.Constants, .. leaves];
            return Trace.Current is EvalTrace && AreConcrete(operands)
                ? CompiledFor(Device.Current).Run(operands)
                : primitive.BindAll(operands);
        }

        static bool AreConcrete(NDArray[] operands)
        {
            foreach (var operand in operands)
                if (operand is not Concrete)
                    return false;
            return true;
        }

        Executable CompiledFor(Device device)
        {
            if (compiled is { } last && last.Device == device)
                return last.Executable;
            var executable = program.Jaxpr.Remember(("executable", device), () => device.Compile(Lowered(program.Jaxpr)));
            compiled = new(device, executable);
            return executable;
        }

        static Program Lowered(Jaxpr jaxpr) =>
            ProgramBuilder.Build(jaxpr.InputTypes, (builder, inputs) => builder.Typed(jaxpr.Emit(builder, inputs), jaxpr.OutputTypes));

        sealed record Compiled(Device Device, Executable Executable);
    }
}
