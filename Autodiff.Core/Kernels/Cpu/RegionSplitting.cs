using System.Numerics;
using System.Runtime.Intrinsics.X86;

namespace Autodiff;

/// <summary>
/// Cuts a kernel that is worth several threads into a nest whose outermost loop they share, and what is left over at the end. Where the loop that is
/// vectorised is the outermost, its axis becomes two: blocks, and the elements of a block.
/// </summary>
static class RegionSplitting
{
    // Elements of a block: some cache lines of every array, and whole vectors of any type.
    const int BlockElements = 8192;
    const int LeastBlock = 64;

    const long StreamedBytes = 64L << 20;

    /// <summary>The nest for the threads and what is left, or null where there is no loop to share.</summary>
    internal static (NestPlan Shared, NestPlan[] After)? Split(NestPlan plan, Aval[] operands)
    {
        var kernel = plan.Kernel;
        if (plan.MapLoops == 0 || kernel.Space.Size == 0 || Array.Exists(kernel.Outputs, o => o.Into is not null || o.Type.Rank == 0))
            return null;
        var lead = Enumerable.Range(0, kernel.Space.Rank).First(a => kernel.Space[a] > 1);
        var rows = kernel.Space[lead];
        var rowElements = kernel.Space.Size / rows;
        var isVector = VectorPlan.Create(plan, KernelCompiler.WidestVector, inPlace: false) is { Depth: 1 };
        var unit = LeastBlock / (long)BigInteger.GreatestCommonDivisor(LeastBlock, rowElements);
        var block = isVector ? Math.Max(unit, BlockElements / rowElements / unit * unit) : 1;
        if (rows / block < 2)
            return null;
        var whole = rows / block * block;
        var cut = block == 1 ? kernel : Block(kernel, lead, (int)(rows / block), (int)block);
        var shared = new NestPlan(cut, operands, isShared: true) { Streams = isVector && IsStreamed(kernel) };
        return (shared, whole == rows ? [] : [NestPlan.Improve(RangeSplitting.Restrict(kernel, lead, (int)whole, rows), operands)]);
    }

    // Past the last level of cache, what is stored need not be read first; within it, that would lose what is there.
    static bool IsStreamed(Kernel kernel) =>
        Sse.IsSupported
        && kernel.ReducedAxes == 0
        && Array.TrueForAll(kernel.Outputs, o => o is { Index: null, Guard: null } && o.Type.DType.Size > 1)
        && kernel.Outputs.Sum(o => o.Type.ByteSize) >= StreamedBytes;

    static Kernel Block(Kernel kernel, int lead, int blocks, int elements)
    {
        var at = Scalar.Axis(lead) * Scalar.Constant(elements) + Scalar.Axis(lead + 1);
        var rewrite = Scalar.Rewriting(
            (node, _) =>
                node is not AxisIndex axis ? null
                : axis.Position == lead ? at
                : axis.Position > lead ? Scalar.Axis(axis.Position + 1)
                : null
        );
        var own = Kernel.Indices(kernel.Space.Rank);
        return new(
            kernel.Space.Replace(lead, elements).Insert(lead, blocks),
            kernel.ReducedAxes,
            Array.ConvertAll(
                kernel.Outputs,
                o => new KernelOutput(o.Type, rewrite(o.Value), o.Fold)
                {
                    Prefix = o.Prefix,
                    Index = Array.ConvertAll(o.Index ?? own[..o.Type.Rank], i => rewrite(i)),
                    Guard = o.Guard is null ? null : rewrite(o.Guard),
                }
            )
        );
    }
}
