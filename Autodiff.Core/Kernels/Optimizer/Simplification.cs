namespace Autodiff;

/// <summary>
/// Walks a program forward: simplifies every expression, carries constants and bounds of integers into the readers of values, forwards
/// copies, takes the known side of branches, and frees loops of carries that never change.
/// </summary>
sealed class Simplification(ProgramFacts facts)
{
    readonly Dictionary<Value, Value> forwarded = [];
    readonly Dictionary<Value, Value> aliased = [];

    internal static Program Run(Program program, ProgramFacts facts) => new(new Simplification(facts).Rewrite(program.Body));

    Value Current(Value value) => forwarded.GetValueOrDefault(value, value);

    Block Rewrite(Block block)
    {
        var steps = new List<Step>();
        Rewrite(block.Steps, steps);
        return new(block.Parameters, [.. steps], Array.ConvertAll(block.Results, Current));
    }

    void Rewrite(Step[] block, List<Step> steps)
    {
        foreach (var step in block)
            switch (step)
            {
                case KernelStep kernel:
                    RewriteKernel(kernel, steps);
                    break;
                case ConstantStep constant:
                    if (UniformOf(constant.Data) is { } element)
                        Know(constant.Outputs[0], element);
                    steps.Add(constant);
                    break;
                case AliasStep alias:
                    RewriteAlias(alias, steps);
                    break;
                case BranchStep branch when facts.Uniform.TryGetValue(Current(branch.Predicate), out var known):
                    var side = known.Bits != 0 ? branch.IfTrue : branch.IfFalse;
                    Rewrite(side.Steps, steps);
                    for (var i = 0; i < side.Results.Length; i++)
                        Replace(branch.Outputs[i], Current(side.Results[i]), steps);
                    break;
                case LoopStep loop:
                    RewriteLoop(loop, steps);
                    break;
                default:
                    steps.Add(step.Rebuild(Current, Rewrite));
                    break;
            }
    }

    void RewriteKernel(KernelStep step, List<Step> steps)
    {
        var opened = facts.Operands.Open((KernelStep)step.Rebuild(Current, b => b));
        var simplifier = facts.For(opened.Space);
        var done = new Dictionary<Scalar, Scalar>();
        Scalar Simplify(Scalar s) => simplifier.Rewrite(s, Known, done);
        Scalar? Known(Scalar leaf) =>
            leaf is Element e && facts.Uniform.TryGetValue(facts.Operands[e.Operand], out var known) ? facts.Interner.Intern(known) : null;

        var outputs = Array.ConvertAll(opened.Outputs, o => WithoutTrueGuard(o.Rewrite(Simplify, o.Into)));
        var kernel = new Kernel(opened.Space, opened.ReducedAxes, outputs);
        if (outputs is [{ Into: { } into, Guard: Constant { Bits: 0 } }])
        {
            Replace(step.Outputs[0], facts.Operands[into], steps);
            return;
        }
        if (kernel.IsMap)
        {
            if (
                outputs is [{ Value: Element e }]
                && e.Index.IsOwn(kernel.Space)
                && facts.Operands[e.Operand].Type.Matches(step.Outputs[0].Type)
            )
            {
                Replace(step.Outputs[0], facts.Operands[e.Operand], steps);
                return;
            }
            for (var i = 0; i < outputs.Length; i++)
            {
                var value = outputs[i].Value;
                if (value is Constant c)
                    Know(step.Outputs[i], c);
                else if (value.Type.IsInteger && simplifier.Ranges.Of(value) is var range && range != Interval.Of(value.Type))
                    facts.Ranges[step.Outputs[i]] = range;
            }
        }
        steps.Add(facts.Operands.Close(kernel, step.Outputs));
    }

    static KernelOutput WithoutTrueGuard(KernelOutput output) =>
        output.Guard is not Constant { Bits: 1 }
            ? output
            : new(output.Type, output.Value, output.Fold)
            {
                Prefix = output.Prefix,
                Index = output.Index,
                Into = output.Into,
            };

    void RewriteAlias(AliasStep alias, List<Step> steps)
    {
        var (input, output) = (Current(alias.Inputs[0]), alias.Outputs[0]);
        if (facts.Uniform.TryGetValue(input, out var element))
            Know(output, element);
        if (facts.Ranges.TryGetValue(input, out var range))
            facts.Ranges[output] = range;
        // A reshape of a reshape is one of the first array, or that array itself.
        input = aliased.GetValueOrDefault(input, input);
        aliased[output] = input;
        if (input.Type == output.Type)
            forwarded[output] = input;
        else
            steps.Add(new AliasStep(input, output));
    }

    void RewriteLoop(LoopStep loop, List<Step> steps)
    {
        var carries = loop.Carry.Length;
        var length = loop.Length;
        if (
            loop.Count is { } count
            && loop.Xs.Length == 0
            && loop.Outputs.Length == carries + 1
            && facts.Uniform.TryGetValue(Current(count), out var known)
        )
            length = Math.Max(0, known.Bits);

        var changing = new List<int>();
        for (var i = 0; i < carries; i++)
            if (loop.Body.Results[i] == loop.Body.Parameters[1 + i] && loop.Carry[i].Type.Matches(loop.Outputs[i].Type))
            {
                var initial = Current(loop.Carry[i]);
                forwarded[loop.Body.Parameters[1 + i]] = initial;
                if (loop.Condition is { } test)
                    forwarded[test.Parameters[i]] = initial;
                Replace(loop.Outputs[i], initial, steps);
            }
            else
                changing.Add(i);
        T[] Changing<T>(T[] items) => [.. changing.Select(i => items[i])];

        facts.Ranges[loop.Body.Parameters[0]] = length is { } n ? Interval.Below(n) : new(0, long.MaxValue);
        var rows = loop.Body.Parameters[(1 + carries)..];
        for (var i = 0; i < rows.Length; i++)
        {
            var xs = Current(loop.Xs[i]);
            // Rows past the end of a tape are zero whatever the others are.
            if (xs.Type.Tape > 0)
                continue;
            if (facts.Uniform.TryGetValue(xs, out var element))
                Know(rows[i], element);
            if (facts.Ranges.TryGetValue(xs, out var range))
                facts.Ranges[rows[i]] = range;
        }

        var body = new Block(
            [loop.Body.Parameters[0], .. Changing(loop.Body.Parameters[1..(1 + carries)]), .. rows],
            loop.Body.Steps,
            [.. Changing(loop.Body.Results[..carries]), .. loop.Body.Results[carries..]]
        );
        var condition = loop.Condition is { } c ? new Block(Changing(c.Parameters), c.Steps, c.Results) : null;
        steps.Add(
            new LoopStep(
                Array.ConvertAll(Changing(loop.Carry), Current),
                Array.ConvertAll(loop.Xs, Current),
                Rewrite(body),
                [.. Changing(loop.Outputs[..carries]), .. loop.Outputs[carries..]]
            )
            {
                Length = length,
                Count = length is null && loop.Count is { } dynamic ? Current(dynamic) : null,
                Condition = condition is null ? null : Rewrite(condition),
                Reverse = loop.Reverse,
                Folds = loop.Folds is { } folds ? Changing(folds) : null,
            }
        );
    }

    void Know(Value value, Constant element)
    {
        facts.Uniform[value] = element;
        if (element.Type.IsInteger)
            facts.Ranges[value] = new(element.Bits, element.Bits);
    }

    /// <summary>Lets another value stand for <paramref name="value"/>, under its own name only if they differ in weakness.</summary>
    void Replace(Value value, Value by, List<Step> steps)
    {
        if (facts.Uniform.TryGetValue(by, out var element))
            Know(value, element);
        if (facts.Ranges.TryGetValue(by, out var range))
            facts.Ranges[value] = range;
        if (by.Type == value.Type)
            forwarded[value] = by;
        else
            steps.Add(new AliasStep(by, value));
    }

    static Constant? UniformOf(ConcreteArray data)
    {
        var bytes = data.Buffer.Bytes[..checked((int)data.Aval.ByteSize)];
        var size = data.Aval.DType.Size;
        if (bytes.Length < size || !bytes[size..].SequenceEqual(bytes[..^size]))
            return null;
        return new(
            data.Aval.DType,
            data.Aval.DType switch
            {
                DType.Float64 or DType.Int64 => data.Ref<long>(0),
                DType.Float32 or DType.Int32 => data.Ref<int>(0),
                DType.UInt32 => data.Ref<uint>(0),
                _ => data.Ref<byte>(0),
            }
        );
    }
}
