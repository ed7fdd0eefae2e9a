using System.Reflection.Emit;
using System.Runtime.Intrinsics.X86;

namespace Autodiff;

// Steps that are worth several threads: each becomes a method that runs a stretch of its iterations.
sealed partial class BlockEmitter
{
    /// <summary>The time from which a step is shared between threads, in nanoseconds of one.</summary>
    internal static double LeastRegion { get; set; } = 100_000;

    const int LeastIterations = 2;

    bool IsRegion(Step step) =>
        step switch
        {
            KernelStep kernel => nestOf(kernel).Region is not null,
            LoopStep { Length: >= LeastIterations } loop => Work.Of(loop) >= LeastRegion
                && (loop.Carry.Length == 0 || MayPart(loop))
                && !SharesTapes(loop),
            _ => false,
        };

    // Tapes belong to whoever writes and reads them: the call, or one thread of it if all of that happens in one iteration.
    static bool SharesTapes(LoopStep loop)
    {
        var own = new HashSet<Value>();
        bool IsShared(Value value) => value.Type.Tape > 0 && !own.Contains(value);
        bool Shares(Step step)
        {
            foreach (var block in step.Blocks)
            {
                own.UnionWith(block.Parameters);
                if (block.Steps.Any(Shares) || block.Results.Any(IsShared))
                    return true;
            }
            own.UnionWith(step.Outputs);
            return step.Operands.Any(IsShared);
        }
        return loop.Outputs.Any(IsShared) || Shares(loop);
    }

    void EmitRegion(Block block, int index)
    {
        var step = block.Steps[index];
        // Results lie in the memory of the call; what the iterations need for themselves does not.
        var results = step is KernelStep computed ? BindResults(block, index, computed) : [];
        var partials = step is LoopStep { Folds: not null } folding ? RentPartials(folding) : [];
        if (step is LoopStep writing)
            foreach (var output in writing.Outputs.Skip(writing.Carry.Length + 1))
                if (!homes.ContainsKey(output))
                {
                    var home = RentFor(output);
                    home.Users--;
                    homes[output] = home;
                }
        var (host, hostNumber, shared, hostSpills, hostTapes) = (method, methodNumber, arena, spills, tapes);
        (methodNumber, arena, spills, tapes) = (methods.MethodOf(step), BufferPlan.Own(), null, 0);
        method = NewMethod("Region", methodNumber);
        var length = 0L;
        switch (step)
        {
            case LoopStep { Folds: not null } loop:
                length = PartsOf(loop);
                EmitParts(loop, partials);
                break;
            case LoopStep loop:
                length = loop.Length!.Value;
                EmitIterations(loop, [], (new RegionBound(isEnd: false), new RegionBound(isEnd: true)));
                break;
            case KernelStep kernel:
                var nest = nestOf(kernel).Region!;
                length = nest.Loops[0].Extent;
                new NestEmitter(method, nest, Array.ConvertAll(kernel.Inputs, i => places[i]), results, vectorBits).Emit();
                if (nest.Streams)
                    IL.Emit(OpCodes.Call, typeof(Sse).GetMethod(nameof(Sse.StoreFence))!);
                break;
        }
        method.End();
        regions.Add(new(method.Build(), arena.Size, tapes, length, Work.Of(step)));
        (method, methodNumber, arena, spills, tapes) = (host, hostNumber, shared, hostSpills, hostTapes);

        method.PushFrame();
        IL.Emit(OpCodes.Ldc_I4, regions.Count - 1);
        IL.Emit(OpCodes.Ldarg_1);
        IL.Emit(OpCodes.Ldarg_2);
        EmitCall(nameof(CallFrame.RunRegion));
        if (step is LoopStep { Folds: not null } folded)
            FoldPartials(folded, partials);
        if (step is KernelStep rest)
            foreach (var part in nestOf(rest).Rest)
                new NestEmitter(method, part, Array.ConvertAll(rest.Inputs, i => places[i]), results, vectorBits).Emit();
    }
}
