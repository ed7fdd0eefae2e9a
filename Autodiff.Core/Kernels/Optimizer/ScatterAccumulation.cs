namespace Autodiff;

/// <summary>
/// Adds where the sum lies. The derivative of indexing is an array of zeros with a few elements added; its sum with what was accumulated so
/// far becomes a scatter into that, which costs as much as the elements and not as the array. Likewise for a small array padded with zeros.
/// </summary>
sealed class ScatterAccumulation(ProgramFacts facts)
{
    // Where adding an array in place moves less than this part of what the sum moves, it beats one fused pass over the sum.
    const int SmallPart = 4;
    const int NearestCache = 1 << 15;
    const int LineBytes = 64;

    readonly Dictionary<Value, int> readers = [];

    internal static Program Run(Program program, ProgramFacts facts)
    {
        var pass = new ScatterAccumulation(facts);
        pass.CountReaders(program.Body);
        return new(pass.Rewrite(program.Body));
    }

    void CountReaders(Block block)
    {
        foreach (var step in block.Steps)
        {
            foreach (var value in step.Operands)
                Count(value);
            foreach (var inner in step.Blocks)
                CountReaders(inner);
        }
        foreach (var result in block.Results)
            Count(result);
    }

    void Count(Value value) => readers[value] = readers.GetValueOrDefault(value) + 1;

    Block Rewrite(Block block)
    {
        var here = new Dictionary<Value, KernelStep>();
        var steps = new List<Step>();
        foreach (var step in block.Steps)
        {
            var rewritten = step is KernelStep sum ? Accumulate(sum, here) : step.Rebuild(v => v, Rewrite);
            if (rewritten is KernelStep { Outputs: [var output] } kernel)
                here[output] = kernel;
            steps.Add(rewritten);
        }
        return new(block.Parameters, [.. steps], block.Results);
    }

    /// <summary>
    /// The scatter a sum becomes, or the step itself. <paramref name="here"/> holds the kernels of this block by their result.
    /// </summary>
    KernelStep Accumulate(KernelStep step, Dictionary<Value, KernelStep> here)
    {
        if (step is not { IsMap: true, Inputs.Length: 2, Kernel: { Space.Rank: > 0 } kernel })
            return step;
        if (kernel.Outputs is not [{ Value: Apply { Op: ScalarOp.Add, Arguments: [Element a, Element b] } }])
            return step;
        foreach (var (sum, addend) in new[] { (a, b), (b, a) })
        {
            var value = step.Inputs[addend.Operand];
            if (readers[value] != 1 || !here.TryGetValue(value, out var producer) || !IsWhole(step, sum) || !IsWhole(step, addend))
                continue;
            var opened = facts.Operands.Open(producer);
            var into = facts.Operands.Id(step.Inputs[sum.Operand]);
            if ((IntoZeros(opened, into) ?? IntoBox(opened, into)) is { } scatter)
                return facts.Operands.Close(scatter, step.Outputs);
        }
        return step;
    }

    static bool IsWhole(KernelStep step, Element e) =>
        e.Index.IsOwn(step.Kernel.Space) && step.Inputs[e.Operand].Type.Shape == step.Kernel.Space;

    /// <summary>A scatter-add into zeros, made to go into <paramref name="sum"/>.</summary>
    Kernel? IntoZeros(Kernel producer, int sum)
    {
        if (producer.Outputs is not [{ Into: { } zeros, Fold: Fold.Add } output])
            return null;
        if (!facts.Uniform.TryGetValue(facts.Operands[zeros], out var element) || element.Value != 0)
            return null;
        // A device could not add in place what it also reads.
        if (output.Expressions.Nodes().Any(n => n is Element e && e.Operand == sum))
            return null;
        return new(producer.Space, producer.ReducedAxes, output.Rewrite(s => s, sum));
    }

    /// <summary>An array that is zero outside a small box, added to that box of <paramref name="sum"/>.</summary>
    Kernel? IntoBox(Kernel producer, int sum)
    {
        if (
            !producer.IsMap
            || producer.Outputs
                is not [{ Value: Apply { Op: ScalarOp.Select, Arguments: [var test, var value, Constant { Value: 0 }] } } output]
        )
            return null;
        if (output.Expressions.Nodes().Any(n => n is Element e && e.Operand == sum))
            return null;
        var box = new Interval[producer.Space.Rank];
        for (var i = 0; i < box.Length; i++)
            box[i] = Interval.Below(producer.Space[i]);
        Narrow(box, test);
        var size = new int[box.Length];
        for (var i = 0; i < box.Length; i++)
            size[i] = (int)Math.Max(0, box[i].Max - box[i].Min + 1);
        var space = Shape.Create(size);
        if (Traffic(space, producer.Space, output.Type) * SmallPart > Traffic(producer.Space, producer.Space, output.Type))
            return null;

        var simplifier = facts.For(space);
        var done = new Dictionary<Scalar, Scalar>();
        Scalar Shift(Scalar s) =>
            simplifier.Rewrite(s, n => n is AxisIndex a ? facts.Interner.Intern(a + Scalar.Constant(box[a.Position].Min)) : null, done);
        var guard = Shift(test);
        return new(
            space,
            0,
            new KernelOutput(output.Type, Shift(value), Fold.Add)
            {
                Into = sum,
                Index = Array.ConvertAll(Kernel.Indices(box.Length), Shift),
                Guard = guard is Constant { Bits: 1 } ? null : guard,
            }
        );
    }

    /// <summary>What a pass over a box of an array moves: its elements where the array stays in the nearest cache, else the cache lines it touches.</summary>
    static long Traffic(Shape box, Shape whole, Aval type)
    {
        if (type.ByteSize <= NearestCache)
            return box.Size;
        var (rows, run) = (box.Size, 1L);
        for (var axis = box.Rank - 1; axis >= 0 && rows > 0; axis--)
        {
            run *= box[axis];
            rows /= box[axis];
            if (box[axis] != whole[axis])
                break;
        }
        return rows * ((run * type.DType.Size + LineBytes - 1) / LineBytes);
    }

    /// <summary>Narrows the bounds of index variables to where a test may hold, if it is a conjunction of bounds on them.</summary>
    static void Narrow(Interval[] box, Scalar test)
    {
        if (test is not Apply { Arguments: [var a, var b], Op: var op })
            return;
        switch (op)
        {
            case ScalarOp.And:
                Narrow(box, a);
                Narrow(box, b);
                break;
            case ScalarOp.Less
            or ScalarOp.LessEqual
                when AxisPlus(a) is var (axis, offset) && b is Constant { Bits: > int.MinValue and < int.MaxValue and var most }:
                box[axis] = box[axis] with { Max = Math.Min(box[axis].Max, most - offset - (op == ScalarOp.Less ? 1 : 0)) };
                break;
            case ScalarOp.Less
            or ScalarOp.LessEqual
                when AxisPlus(b) is var (axis, offset) && a is Constant { Bits: > int.MinValue and < int.MaxValue and var least }:
                box[axis] = box[axis] with { Min = Math.Max(box[axis].Min, least - offset + (op == ScalarOp.Less ? 1 : 0)) };
                break;
            case ScalarOp.Equal
                when AxisPlus(a) is var (axis, offset) && b is Constant { Bits: > int.MinValue and < int.MaxValue and var only }:
                box[axis] = new(Math.Max(box[axis].Min, only - offset), Math.Min(box[axis].Max, only - offset));
                break;
        }
    }

    static (int Axis, long Offset)? AxisPlus(Scalar node) =>
        node switch
        {
            AxisIndex a => (a.Position, 0),
            Apply { Op: ScalarOp.Add, Arguments: [AxisIndex a, Constant { Bits: > int.MinValue and < int.MaxValue } c] } => (
                a.Position,
                c.Bits
            ),
            _ => null,
        };
}
