namespace Autodiff;

/// <summary>A function staged for arguments of one signature: tree, element types, shapes, weak types.</summary>
sealed class StagedFunction(LiftedFunction function, TreeStructure input, Aval[] types, ClosedJaxpr program, TreeStructure output)
{
    readonly JitPrimitive primitive = new(program.Jaxpr);
    readonly int results = program.Jaxpr.Outputs.Length;
    Compiled? compiled;

    /// <summary>The function staged for arguments like some, of which it may overwrite those at the positions <paramref name="donated"/>.</summary>
    internal static StagedFunction Of(LiftedFunction function, Arguments arguments, int[] donated)
    {
        var (structure, leaves) = (arguments.Structure, arguments.Leaves);
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
        return new(function, structure, types, closed, output!)
        {
            Donation = Donation.Of(function, structure, types, arguments.LeavesOf(donated), closed.Jaxpr.OutputTypes),
        };
    }

    /// <summary>What the function is given for good; null if nothing.</summary>
    internal Donation? Donation { get; private init; }

    internal TreeStructure Input => input;
    internal Aval[] Types => types;
    internal TreeStructure Output => output;

    internal Aval[] OutputTypes => program.Jaxpr.OutputTypes;

    /// <summary>The number of operations, of which a loop is one.</summary>
    internal int Length => program.Jaxpr.Equations.Length;

    /// <summary>What the function captured; the program has it as its first inputs.</summary>
    internal NDArray[] Captured => program.Constants;

    /// <summary>Whether all that it captured has values: what captured a traced value is good for one call only.</summary>
    internal bool IsClosed { get; } = AreConcrete(program.Constants);

    /// <summary>The program as it is shown: with what was captured as constants.</summary>
    internal Jaxpr Shown => IsClosed ? program.WithoutConstants : program.Jaxpr;

    internal bool Takes(Arguments arguments)
    {
        var leaves = arguments.View;
        if (leaves.Length != types.Length)
            return false;
        for (var i = 0; i < leaves.Length; i++)
            if (!ReferenceEquals(leaves[i].Aval, types[i]) && !leaves[i].Aval.Equals(types[i]))
                return false;
        return arguments.Have(input);
    }

    /// <summary>Checks arguments against the signature, but for weakness of types, which only tracing asks for.</summary>
    internal void Check(Arguments arguments)
    {
        if (!arguments.Have(input))
            throw new TreeMismatchException(
                $"The function was compiled for arguments of the structure {input}, but got {arguments.Structure}. "
                    + "Lower it for arguments of this structure, or call the jitted function, which compiles for every signature."
            );
        var leaves = arguments.View;
        for (var i = 0; i < leaves.Length; i++)
        {
            var (given, wanted) = (leaves[i].Aval, types[i]);
            if (given.Matches(wanted))
                continue;
            var message =
                $"Argument {function.PathsOf(input, arguments.Leaves)[i]} is {given}, but the function was compiled for {wanted}. "
                + "Lower it for arguments like these, or call the jitted function, which compiles for every signature.";
            throw given.DType != wanted.DType ? new DTypeException(message) : new ShapeException(message);
        }
    }

    /// <summary>The results, by <paramref name="ready"/> or what is compiled for the current device; of traced arguments by the primitive.</summary>
    internal NDArray[] Run(Arguments arguments, Executable? ready = null)
    {
        if (Trace.Current is not EvalTrace || !IsClosed || !AreConcrete(arguments.View))
            return primitive.BindAll([.. program.Constants, .. arguments.View]);
        var outputs = arguments.LendResults(results);
        var executable = ready ?? CompiledFor(Device.Current);
        var operands = arguments.LendBehind(program.Constants);
        if (Donation is { } donation)
            donation.Run(executable, arguments.View, operands, outputs);
        else
            executable.Run(operands, outputs);
        return outputs;
    }

    static bool AreConcrete(ReadOnlySpan<NDArray> operands)
    {
        foreach (var operand in operands)
            if (operand is not Concrete)
                return false;
        return true;
    }

    internal Compilation CompilationFor(Device device) =>
        new(program.Jaxpr, Donation?.Behind(program.Constants.Length) ?? [], device, function.Name);

    Executable CompiledFor(Device device) => compiled is { } last && last.Device == device ? last.Executable : CompileFor(device);

    Executable CompileFor(Device device)
    {
        var executable = program.Jaxpr.Remember(("executable", device), () => CompilationFor(device).Executable);
        compiled = new(device, executable);
        return executable;
    }

    sealed record Compiled(Device Device, Executable Executable);
}
