namespace Autodiff;

/// <summary>The memory of one call of a compiled program, in bytes. Tapes, whose length is found while it runs, are not counted.</summary>
/// <param name="ArgumentBytes">The arguments, which belong to the caller during the whole call unless they are donated.</param>
/// <param name="ResultBytes">
/// The results that have memory of their own: one passed on from an argument, computed in the memory of a donated one, or given twice has not.
/// </param>
/// <param name="ConstantBytes">The arrays that the program holds.</param>
/// <param name="ScratchBytes">
/// The buffer plan: what the call takes besides, with each array rounded up to 64 bytes, and with the addresses it needs; and what is local to
/// an iteration of a parallel loop, once for each thread that may take part. Operands that routines pack, and tapes, are not counted.
/// </param>
/// <param name="LowerBoundBytes">
/// The least that any plan takes for this program in this order: the maximum, over its points, of the bytes of the arrays that are alive
/// there, because they have been computed and will be read. Arguments and constants are alive throughout (donated arguments until they are read
/// for the last time), and results from where they are computed on. A step has its results beside what it reads, but for a kernel that reads an array
/// for the last time and no element of it elsewhere than where it stores, and for a result put together from arrays that are not read later.
/// </param>
public sealed record ProgramMemory(long ArgumentBytes, long ResultBytes, long ConstantBytes, long ScratchBytes, long LowerBoundBytes)
{
    /// <summary>All that is held at once.</summary>
    public long PeakBytes => ArgumentBytes + ResultBytes + ConstantBytes + ScratchBytes;

    public override string ToString() =>
        $"{PeakBytes:N0} bytes at the peak ({ArgumentBytes:N0} arguments, {ResultBytes:N0} results, {ConstantBytes:N0} constants, "
        + $"{ScratchBytes:N0} scratch), of which {LowerBoundBytes:N0} are needed";

    /// <summary>The memory of a program, as an executable runs it.</summary>
    public static ProgramMemory Of(Program program, Executable executable)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(executable);
        var live = new LiveBytes(program);
        return new(live.Arguments, live.Results - executable.DonatedBytes, live.Constants, executable.ScratchBytes, live.Peak());
    }
}
