namespace Autodiff;

/// <summary>
/// Checks that a <see cref="Program"/> is well formed: every value is defined once and before it is read, and the types and shapes of
/// expressions, steps and blocks fit together.
/// </summary>
sealed class ProgramChecker
{
    readonly string writer;
    readonly HashSet<Value> defined = [];
    readonly HashSet<Value> visible = [];

    ProgramChecker(string writer) => this.writer = writer;

    /// <exception cref="InvalidProgramException">It is malformed; <paramref name="writer"/> names the pass that wrote it.</exception>
    internal static void Check(Program program, string writer)
    {
        var checker = new ProgramChecker(writer);
        checker.Check(program.Body);
    }

    void Require(bool holds, string what)
    {
        if (!holds)
            throw new InvalidProgramException($"After {writer}: {what}");
    }

    void Check(Block block)
    {
        foreach (var parameter in block.Parameters)
            Define(parameter);
        foreach (var step in block.Steps)
        {
            foreach (var value in step.Operands)
                Require(visible.Contains(value), $"a {step.GetType().Name} reads a {value.Type} that is not defined.");
            foreach (var inner in step.Blocks)
                Check(inner);
            Check(step);
            foreach (var output in step.Outputs)
                Define(output);
        }
        foreach (var result in block.Results)
            Require(visible.Contains(result), $"a block gives a {result.Type} that is not defined.");
        foreach (var parameter in block.Parameters)
            visible.Remove(parameter);
        foreach (var step in block.Steps)
            visible.ExceptWith(step.Outputs);
    }

    void Define(Value value)
    {
        Require(defined.Add(value), $"a {value.Type} is defined twice.");
        visible.Add(value);
    }

    void Check(Step step)
    {
        switch (step)
        {
            case KernelStep s:
                CheckKernel(s);
                break;
            case AliasStep s:
                var (from, to) = (s.Inputs[0].Type, s.Outputs[0].Type);
                Require(
                    from.DType == to.DType && from.Tape == to.Tape && from.Shape.Size == to.Shape.Size,
                    $"a {to} cannot be an alias of a {from}."
                );
                break;
            case ConstantStep s:
                Matches(s.Outputs[0].Type, s.Data.Aval, "a constant");
                break;
            case TapeStep s:
                Require(
                    s.Inputs.Length == 0 ? s.Outputs[0].Type.Tape > 0 : s.Outputs[0].Type is { DType: DType.Int64, IsScalar: true },
                    "a tape step gives an empty tape or an Int64 scalar."
                );
                Require(Array.TrueForAll(s.Inputs, i => i.Type.Tape > 0), "only tapes have a number of rows.");
                break;
            case LoopStep s:
                CheckLoop(s);
                break;
            case BranchStep s:
                Require(s.Predicate.Type is { DType: DType.Bool, IsScalar: true }, "the predicate of a branch is a Bool scalar.");
                foreach (var side in s.Blocks)
                {
                    Require(side.Parameters.Length == 0, "a side of a branch has no parameters.");
                    Match(side.Results, s.Outputs.Select(o => o.Type), "the result of a branch");
                }
                break;
        }
    }

    void CheckLoop(LoopStep loop)
    {
        var ends = (loop.Length is null ? 0 : 1) + (loop.Count is null ? 0 : 1) + (loop.Condition is null ? 0 : 1);
        Require(ends == 1, "a loop has one of a length, a count and a condition.");
        Require(loop.Length is null or >= 0, "the length of a loop is not negative.");
        if (loop.Count is { } count)
            Require(count.Type is { DType: DType.Int64, IsScalar: true }, "the count of a loop is an Int64 scalar.");
        var index = new Aval(DType.Int64, Shape.Scalar);
        var carry = Array.ConvertAll(loop.Carry, c => c.Type);
        Match(loop.Body.Parameters, [index, .. carry, .. loop.Xs.Select(x => x.Type.Row)], "a parameter of a loop");
        Require(loop.Body.Results.Length >= carry.Length, "a loop gives fewer values than it carries.");
        Match(loop.Body.Results[..carry.Length], carry, "a carry");
        int? rows = loop.Length is { } n ? checked((int)n) : null;
        var ys = loop.Body.Results[carry.Length..].Select(r => r.Type.Stack(rows));
        Match(loop.Outputs, [.. carry, index, .. ys], "a result of a loop");
        if (loop.Folds is { } folds)
            CheckFolds(loop, folds);
        if (loop.Condition is not { } condition)
            return;
        Match(condition.Parameters, carry, "a parameter of a condition");
        Match(condition.Results, [new Aval(DType.Bool, Shape.Scalar)], "a condition");
    }

    void CheckFolds(LoopStep loop, Fold[] folds)
    {
        Require(loop.Length is not null && folds.Length == loop.Carry.Length, "a loop of known length folds all that it carries.");
        for (var k = 0; k < folds.Length; k++)
        {
            var (carry, result) = (loop.Body.Parameters[1 + k], loop.Body.Results[k]);
            Require(folds[k].Combines, $"a loop cannot fold by {folds[k]}.");
            Require(
                loop.Body.Steps.All(s => !s.Operands.Contains(carry) || s is KernelStep { IsMap: true } && s.Outputs.Contains(result)),
                $"a {carry.Type} that a loop folds is read elsewhere than in its fold."
            );
        }
    }

    void CheckKernel(KernelStep step)
    {
        var kernel = step.Kernel;
        Require(kernel.ReducedAxes >= 0 && kernel.ReducedAxes <= kernel.Space.Rank, "a kernel reduces axes it does not have.");
        Require(kernel.Outputs.Length == step.Outputs.Length, "a kernel step has a value for each output of its kernel.");
        Require(Array.TrueForAll(step.Inputs, i => i.Type.Tape == 0), "a kernel reads no tapes.");
        foreach (var node in kernel.Expressions.Nodes())
            CheckNode(node, step);
        var own = Shape.Create(kernel.Space.Dims[..^kernel.ReducedAxes]);
        for (var i = 0; i < kernel.Outputs.Length; i++)
        {
            var output = kernel.Outputs[i];
            Matches(step.Outputs[i].Type, output.Type, "the result of a kernel");
            var stored = output.Fold is Fold.ArgMax or Fold.ArgMin ? DType.Int64 : output.Value.Type;
            Require(output.Type.DType == stored, $"a kernel stores {stored.ShortName} as {output.Type}.");
            Require(output.Guard is null || output.Guard.Type == DType.Bool, "a guard is a Bool.");
            if (output.Into is { } into)
            {
                Matches(step.Inputs[into].Type, output.Type, "what a scatter goes into");
                Require(output.Fold <= Fold.Min, $"a scatter cannot combine by {output.Fold}.");
            }
            else
                Require(kernel.ReducedAxes > 0 || output.Fold == Fold.Set, "a fold without reduced axes is a scatter.");
            if (output.Index is { } index)
                Require(
                    index.Length == output.Type.Rank && Array.TrueForAll(index, x => x.Type == DType.Int64),
                    "a place has an Int64 for every axis of the result."
                );
            else
                Require(output.Type.Shape == own, $"a kernel over {kernel.Space} gives {output.Type}.");
        }
    }

    void CheckNode(Scalar node, KernelStep step)
    {
        switch (node)
        {
            case AxisIndex a:
                Require(
                    a.Position >= 0 && a.Position < step.Kernel.Space.Rank,
                    $"a kernel over {step.Kernel.Space} has no axis {a.Position}."
                );
                break;
            case Element e:
                Require(e.Operand >= 0 && e.Operand < step.Inputs.Length, $"a kernel has no operand {e.Operand}.");
                var type = step.Inputs[e.Operand].Type;
                Require(
                    e.Type == type.DType && e.Index.Length == type.Rank && Array.TrueForAll(e.Index, i => i.Type == DType.Int64),
                    $"an element of type {e.Type.ShortName} at {e.Index.Length} indices is read from a {type}."
                );
                break;
            case Apply a:
                Require(
                    Fits(a),
                    $"{a.Op} cannot give {a.Type.ShortName} from {string.Join(", ", a.Arguments.Select(x => x.Type.ShortName))}."
                );
                break;
        }
    }

    static bool Fits(Apply node)
    {
        var (type, x) = (node.Type, Array.ConvertAll(node.Arguments, a => a.Type));
        return node.Op switch
        {
            ScalarOp.Select => x is [DType.Bool, var a, var b] && a == type && b == type,
            ScalarOp.Convert => x.Length == 1,
            ScalarOp.Bitcast => x is [var a] && a.Size == type.Size,
            ScalarOp.Equal or ScalarOp.NotEqual or ScalarOp.Less or ScalarOp.LessEqual => type == DType.Bool
                && x is [var a, var b]
                && a == b,
            ScalarOp.Fma => x.Length == 3 && Array.TrueForAll(x, t => t == type),
            <= ScalarOp.Atan2
            or ScalarOp.And
            or ScalarOp.Or
            or ScalarOp.Xor
            or (>= ScalarOp.ShiftLeft and <= ScalarOp.ShiftRightArithmetic) => x.Length == 2 && Array.TrueForAll(x, t => t == type),
            _ => x is [var a] && a == type,
        };
    }

    void Match(Value[] values, IEnumerable<Aval> types, string what)
    {
        var expected = types.ToArray();
        Require(values.Length == expected.Length, $"there are {values.Length} of {what} where {expected.Length} are due.");
        for (var i = 0; i < expected.Length; i++)
            Matches(values[i].Type, expected[i], what);
    }

    void Matches(Aval type, Aval expected, string what) =>
        Require(type.Matches(expected), $"{what} is a {type} where a {expected} is due.");
}
