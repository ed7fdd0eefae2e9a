using System.Runtime.CompilerServices;

namespace Autodiff;

/// <summary>The code of expressions.</summary>
sealed partial class KernelAssembler
{
    // A side of a Select this short is cheaper to compute than to jump around.
    const int ShortSide = 2;

    int NewRegister()
    {
        registers.Add(0);
        return registers.Count - 1;
    }

    /// <summary>The register of a constant.</summary>
    int Register(long bits)
    {
        if (!constants.TryGetValue(bits, out var register))
        {
            constants[bits] = register = NewRegister();
            registers[register] = bits;
        }
        return register;
    }

    /// <summary>The bits as a register holds them.</summary>
    static long Canonical(DType type, long bits) =>
        type switch
        {
            DType.Bool => bits != 0 ? 1 : 0,
            DType.UInt8 => (byte)bits,
            DType.UInt32 => (uint)bits,
            DType.Int32 => (int)bits,
            _ => bits,
        };

    void EmitRegion(Region region, List<Instruction> code)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        foreach (var node in region.Nodes)
            Emit(node, code);
    }

    void Emit(ScalarNode node, List<Instruction> code)
    {
        switch (node.Scalar)
        {
            case Constant constant:
                node.Register = Register(Canonical(constant.Type, constant.Bits));
                return;
            case AxisIndex axis:
                node.Register = axis.Position;
                return;
            case Element element:
                node.Register = NewRegister();
                Access(Loading(element.Type), node.Register, node.Address!, operands[element.Operand], element.Operand, node.Level, code);
                return;
            case Apply { Op: ScalarOp.Select }:
                node.Register = NewRegister();
                EmitSelect(node, code);
                return;
            case Apply apply:
                EmitApply(apply, node, code);
                return;
        }
    }

    void EmitSelect(ScalarNode node, List<Instruction> code)
    {
        var (yes, no) = (new List<Instruction>(), new List<Instruction>());
        EmitRegion(node.IfTrue!, yes);
        EmitRegion(node.IfFalse!, no);
        var (condition, ifTrue, ifFalse) = (RegisterOf(node, 0), RegisterOf(node, 1), RegisterOf(node, 2));
        if (yes.Count <= ShortSide && no.Count <= ShortSide)
        {
            code.AddRange(yes);
            code.AddRange(no);
            code.Add(
                new()
                {
                    Op = OpCode.Select,
                    To = node.Register,
                    A = condition,
                    B = ifTrue,
                    C = ifFalse,
                }
            );
            return;
        }
        yes.Add(
            new()
            {
                Op = OpCode.Copy,
                To = node.Register,
                A = ifTrue,
            }
        );
        no.Add(
            new()
            {
                Op = OpCode.Copy,
                To = node.Register,
                A = ifFalse,
            }
        );
        yes.Add(new() { Op = OpCode.Jump, C = no.Count });
        code.Add(
            new()
            {
                Op = OpCode.JumpIfFalse,
                A = condition,
                C = yes.Count,
            }
        );
        code.AddRange(yes);
        code.AddRange(no);
    }

    int RegisterOf(ScalarNode node, int argument) => graph[node.Arguments[argument]].Register;

    void EmitApply(Apply apply, ScalarNode node, List<Instruction> code)
    {
        var from = apply.Arguments[0].Type;
        var a = RegisterOf(node, 0);
        if (apply.Op is ScalarOp.Convert or ScalarOp.Bitcast)
        {
            node.Register = a;
            foreach (
                var op in apply.Op == ScalarOp.Convert
                    ? InstructionSelection.Converting(from, apply.Type)
                    : InstructionSelection.Wrapping(apply.Type)
            )
            {
                var to = NewRegister();
                code.Add(
                    new()
                    {
                        Op = op,
                        To = to,
                        A = node.Register,
                    }
                );
                node.Register = to;
            }
            return;
        }
        node.Register = NewRegister();
        if (apply.Op == ScalarOp.Fma)
        {
            var (b, c) = (RegisterOf(node, 1), RegisterOf(node, 2));
            if (from.IsFloat)
            {
                var op = from == DType.Float32 ? OpCode.FmaSingle : OpCode.FmaDouble;
                code.Add(
                    new()
                    {
                        Op = op,
                        To = node.Register,
                        A = a,
                        B = b,
                        C = c,
                    }
                );
                return;
            }
            Operate(ScalarOp.Mul, from, node.Register, a, b, code);
            Operate(ScalarOp.Add, from, node.Register, node.Register, c, code);
            return;
        }
        if (apply.Op == ScalarOp.ShiftRightLogical && from == DType.Int32)
        {
            var bits = NewRegister();
            code.Add(
                new()
                {
                    Op = OpCode.WrapUInt32,
                    To = bits,
                    A = a,
                }
            );
            a = bits;
        }
        Operate(apply.Op, from, node.Register, a, apply.Arguments.Length > 1 ? RegisterOf(node, 1) : 0, code);
    }

    static void Operate(ScalarOp op, DType type, int to, int a, int b, List<Instruction> code)
    {
        var opCode = InstructionSelection.Of(op, type);
        code.Add(
            new()
            {
                Op = opCode,
                To = to,
                A = a,
                B = b,
                C = InstructionSelection.Shifts(op) ? 8 * type.Size : (int)op,
            }
        );
        if (InstructionSelection.Overflows(op))
            foreach (var wrap in InstructionSelection.Wrapping(type))
                code.Add(
                    new()
                    {
                        Op = wrap,
                        To = to,
                        A = to,
                    }
                );
    }

    static OpCode Loading(DType type) =>
        type switch
        {
            DType.Bool or DType.UInt8 => OpCode.LoadByte,
            DType.Int32 => OpCode.LoadInt32,
            DType.UInt32 or DType.Float32 => OpCode.LoadUInt32,
            _ => OpCode.LoadInt64,
        };

    static OpCode Storing(DType type) =>
        type.Size switch
        {
            1 => OpCode.StoreByte,
            4 => OpCode.StoreInt32,
            _ => OpCode.StoreInt64,
        };

    /// <summary>A load or store at an address; what of the address is known in outer loops is computed there.</summary>
    void Access(OpCode op, int register, Address address, Aval array, int buffer, int level, List<Instruction> code)
    {
        var start = Register(address.Base);
        var (lastTerm, lastScale, lastLevel) = (-1, 0L, 0);
        foreach (var (term, scale) in address.Terms.OrderBy(t => graph[t.Term].Level))
        {
            if (lastTerm >= 0)
                start = PartialAddress(start, lastTerm, lastScale, lastLevel, level, code);
            var node = graph[term];
            (lastTerm, lastScale, lastLevel) = (node.Register, scale, node.Level);
        }
        code.Add(
            new()
            {
                Op = op,
                To = register,
                A = start,
                B = Math.Max(lastTerm, 0),
                C = buffer,
                Scale = lastScale,
                Limit = array.Shape.Size,
            }
        );
    }

    int PartialAddress(int start, int term, long scale, int termLevel, int level, List<Instruction> code)
    {
        if (termLevel < level && partialAddresses.TryGetValue((termLevel, start, term, scale), out var known))
            return known;
        var sum = NewRegister();
        (termLevel < level ? before[termLevel] : code).Add(
            new()
            {
                Op = OpCode.MulAdd,
                To = sum,
                A = start,
                B = term,
                Scale = scale,
            }
        );
        if (termLevel < level)
            partialAddresses[(termLevel, start, term, scale)] = sum;
        return sum;
    }
}
