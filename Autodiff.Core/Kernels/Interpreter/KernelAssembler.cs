namespace Autodiff;

/// <summary>
/// Translates a kernel into <see cref="KernelCode"/>. Every operation is total, a load beyond its operand giving 0, so an expression may be
/// computed in an outer loop or before the condition that guards it; jumps around the sides of a Select only save work.
/// </summary>
sealed partial class KernelAssembler
{
    readonly Kernel kernel;
    readonly Aval[] operands;
    readonly KernelGraph graph;
    readonly int rank;

    // The loop whose body stores a reduction: the innermost that is not reduced.
    readonly int unreduced;

    // before[n] is computed once in every iteration of the n outermost loops, ahead of the loops inside; after[n] behind them.
    readonly List<Instruction>[] before;
    readonly List<Instruction>[] after;
    readonly List<long> registers = [];
    readonly Dictionary<long, int> constants = [];
    readonly Dictionary<(int Level, int Start, int Term, long Scale), int> partialAddresses = [];

    KernelAssembler(Kernel kernel, Aval[] operands)
    {
        (this.kernel, this.operands) = (kernel, operands);
        graph = new(kernel.Space, operands);
        rank = kernel.Space.Rank;
        unreduced = rank - kernel.ReducedAxes;
        before = NewLevels();
        after = NewLevels();
        // The registers of the index variables come first.
        registers.AddRange(new long[rank]);
    }

    List<Instruction>[] NewLevels()
    {
        var levels = new List<Instruction>[rank + 1];
        for (var i = 0; i < levels.Length; i++)
            levels[i] = [];
        return levels;
    }

    internal static KernelCode Assemble(Kernel kernel, Aval[] operands)
    {
        var assembler = new KernelAssembler(kernel, operands);
        var outputs = Array.ConvertAll(kernel.Outputs, assembler.Enter);
        assembler.graph.AssignRegions();
        foreach (var node in assembler.graph.Order)
            if (node.Region == assembler.graph.Root)
                assembler.Emit(node, assembler.before[node.Level]);
        for (var i = 0; i < outputs.Length; i++)
            assembler.EmitOutput(outputs[i], operands.Length + i);
        return assembler.Link();
    }

    /// <summary>An output with the address at which it is stored and the code that only runs where its guard holds.</summary>
    sealed record PlacedOutput(KernelOutput Output, Address Address, Region Region);

    PlacedOutput Enter(KernelOutput output)
    {
        var own = output.Into is null ? unreduced : output.Type.Rank;
        var address = Address.Of(output.Index ?? Kernel.Indices(own), output.Type.Shape);
        graph.Add(output.Value);
        graph.Add(address);
        var region = graph.Root;
        if (output.Guard is { } guard)
        {
            graph.Add(guard);
            graph.Use(guard, graph.Root);
            region = new Region(graph.Root, rank);
        }
        graph.Use(output.Value, region);
        graph.Use(address, region);
        return new(output, address, region);
    }

    void EmitOutput(PlacedOutput placed, int buffer)
    {
        var output = placed.Output;
        var body = before[rank];
        if (output.Guard is not { } guard)
        {
            EmitFold(placed, buffer, body);
            return;
        }
        var guarded = new List<Instruction>();
        EmitRegion(placed.Region, guarded);
        EmitFold(placed, buffer, guarded);
        body.Add(
            new()
            {
                Op = OpCode.JumpIfFalse,
                A = graph[guard].Register,
                C = guarded.Count,
            }
        );
        body.AddRange(guarded);
    }

    void EmitFold(PlacedOutput placed, int buffer, List<Instruction> code)
    {
        var output = placed.Output;
        var value = graph[output.Value].Register;
        var type = output.Type;
        if (output.Into is not null)
        {
            if (output.Fold != Fold.Set)
            {
                var current = NewRegister();
                Access(Loading(type.DType), current, placed.Address, type, buffer, rank, code);
                value = Combine(output.Fold, type.DType, current, value, NewRegister(), code);
            }
            Access(Storing(type.DType), value, placed.Address, type, buffer, rank, code);
            return;
        }
        if (unreduced == rank)
        {
            if (output.Fold is Fold.ArgMax or Fold.ArgMin)
                value = Register(0);
            Access(Storing(type.DType), value, placed.Address, type, buffer, rank, code);
            return;
        }
        var folded = output.Fold is Fold.ArgMax or Fold.ArgMin ? FoldPosition(output, value, code) : FoldValue(output, value, code);
        var varies = placed.Address.Terms.Any(t => graph[t.Term].Level > unreduced);
        if (output.Prefix || varies)
            Access(Storing(type.DType), folded, placed.Address, type, buffer, rank, code);
        else
            Access(Storing(type.DType), folded, placed.Address, type, buffer, unreduced, after[unreduced]);
    }

    int FoldValue(KernelOutput output, int value, List<Instruction> code)
    {
        var sum = NewRegister();
        before[unreduced]
            .Add(
                new()
                {
                    Op = OpCode.Copy,
                    To = sum,
                    A = Register(output.Fold.Identity(output.Type.DType)),
                }
            );
        return Combine(output.Fold, output.Type.DType, sum, value, sum, code);
    }

    // A value is better if it is not on the other side of the best so far, NaN being better than everything but an earlier NaN.
    int FoldPosition(KernelOutput output, int value, List<Instruction> code)
    {
        var type = output.Value.Type;
        var max = output.Fold == Fold.ArgMax;
        var (best, position, better, number) = (NewRegister(), NewRegister(), NewRegister(), NewRegister());
        before[unreduced]
            .Add(
                new()
                {
                    Op = OpCode.Copy,
                    To = best,
                    A = Register(output.Fold.Identity(type)),
                }
            );
        before[unreduced]
            .Add(
                new()
                {
                    Op = OpCode.Copy,
                    To = position,
                    A = Register(0),
                }
            );
        var lessEqual = InstructionSelection.Of(ScalarOp.LessEqual, type);
        code.Add(
            max
                ? new()
                {
                    Op = lessEqual,
                    To = better,
                    A = value,
                    B = best,
                }
                : new()
                {
                    Op = lessEqual,
                    To = better,
                    A = best,
                    B = value,
                }
        );
        code.Add(
            new()
            {
                Op = OpCode.NotBool,
                To = better,
                A = better,
            }
        );
        code.Add(
            new()
            {
                Op = InstructionSelection.Of(ScalarOp.Equal, type),
                To = number,
                A = best,
                B = best,
            }
        );
        code.Add(
            new()
            {
                Op = OpCode.AndInt,
                To = better,
                A = better,
                B = number,
            }
        );
        code.Add(
            new()
            {
                Op = OpCode.Select,
                To = best,
                A = better,
                B = value,
                C = best,
            }
        );
        var here = Register(0);
        var stride = 1L;
        for (var axis = rank - 1; axis >= unreduced; stride *= kernel.Space[axis--])
        {
            var next = NewRegister();
            code.Add(
                new()
                {
                    Op = OpCode.MulAdd,
                    To = next,
                    A = here,
                    B = axis,
                    Scale = stride,
                }
            );
            here = next;
        }
        code.Add(
            new()
            {
                Op = OpCode.Select,
                To = position,
                A = better,
                B = here,
                C = position,
            }
        );
        return position;
    }

    static int Combine(Fold fold, DType type, int a, int b, int to, List<Instruction> code)
    {
        if (fold == Fold.Set)
            code.Add(
                new()
                {
                    Op = OpCode.Copy,
                    To = to,
                    A = b,
                }
            );
        else
            Operate(fold.Operation, type, to, a, b, code);
        return to;
    }

    /// <summary>The code of all levels in one piece, with the loops between them.</summary>
    KernelCode Link()
    {
        var code = new List<Instruction>();
        var cost = 0.0;
        LinkLevel(0, 1);
        code.Add(new() { Op = OpCode.End });
        return new([.. code], [.. registers], (long)Math.Min(cost, long.MaxValue / 2));

        void LinkLevel(int level, double times)
        {
            code.AddRange(before[level]);
            cost += times * (before[level].Count + after[level].Count + 1);
            if (level < rank && kernel.Space[level] is > 0 and var length)
            {
                if (length > 1)
                    code.Add(
                        new()
                        {
                            Op = OpCode.Copy,
                            To = level,
                            A = Register(0),
                        }
                    );
                var top = code.Count;
                LinkLevel(level + 1, times * length);
                if (length > 1)
                    code.Add(
                        new()
                        {
                            Op = OpCode.Next,
                            A = level,
                            C = top - code.Count - 1,
                            Limit = length,
                        }
                    );
            }
            code.AddRange(after[level]);
        }
    }
}
