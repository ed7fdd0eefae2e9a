namespace Autodiff;

/// <summary>
/// Removes what no result depends on: steps, single outputs of kernels, carries, rows and results of loops and branches. What is live is
/// found by walking backwards from the results through the whole program at once, so a carry that only feeds itself is dead.
/// </summary>
static class DeadCode
{
    internal static Program Remove(Program program, ProgramFacts facts)
    {
        var liveness = new Liveness();
        liveness.Enter(program.Body);
        foreach (var result in program.Body.Results)
            liveness.Mark(result);
        var live = liveness.Run();
        return new(new Sweeper(live, facts.Operands).Sweep(program.Body));
    }

    sealed class Liveness
    {
        readonly Dictionary<Value, Action> dependencies = [];
        readonly HashSet<Value> live = [];
        readonly Stack<Value> pending = new();

        internal void Mark(Value value)
        {
            if (live.Add(value))
                pending.Push(value);
        }

        internal HashSet<Value> Run()
        {
            while (pending.TryPop(out var value))
                if (dependencies.TryGetValue(value, out var mark))
                    mark();
            return live;
        }

        /// <summary>Records for every value of a block what it depends on.</summary>
        internal void Enter(Block block)
        {
            foreach (var step in block.Steps)
            {
                switch (step)
                {
                    case KernelStep kernel:
                        EnterKernel(kernel);
                        break;
                    case LoopStep loop:
                        EnterLoop(loop);
                        break;
                    case BranchStep branch:
                        for (var i = 0; i < branch.Outputs.Length; i++)
                        {
                            var (a, b) = (branch.IfTrue.Results[i], branch.IfFalse.Results[i]);
                            dependencies[branch.Outputs[i]] = () => MarkAll([branch.Predicate, a, b]);
                        }
                        break;
                    default:
                        foreach (var output in step.Outputs)
                            dependencies[output] = () => MarkAll(step.Inputs);
                        break;
                }
                foreach (var inner in step.Blocks)
                    Enter(inner);
            }
        }

        void EnterKernel(KernelStep step)
        {
            for (var i = 0; i < step.Outputs.Length; i++)
            {
                var output = step.Kernel.Outputs[i];
                dependencies[step.Outputs[i]] = () =>
                {
                    foreach (var node in output.Expressions.Nodes())
                        if (node is Element e)
                            Mark(step.Inputs[e.Operand]);
                    if (output.Into is { } into)
                        Mark(step.Inputs[into]);
                };
            }
        }

        void EnterLoop(LoopStep loop)
        {
            var carries = loop.Carry.Length;
            Value[] control = [.. loop.Condition?.Results ?? [], .. loop.Count is { } count ? new[] { count } : []];
            for (var i = 0; i < carries; i++)
            {
                var slot = i;
                Action mark = () => MarkAll([loop.Outputs[slot], loop.Carry[slot], loop.Body.Results[slot]]);
                dependencies[loop.Body.Parameters[1 + i]] = mark;
                if (loop.Condition is { } condition)
                    dependencies[condition.Parameters[i]] = mark;
                dependencies[loop.Outputs[i]] = () =>
                {
                    mark();
                    MarkAll(control);
                };
            }
            for (var i = 0; i < loop.Xs.Length; i++)
            {
                var xs = loop.Xs[i];
                dependencies[loop.Body.Parameters[1 + carries + i]] = () => Mark(xs);
            }
            dependencies[loop.Outputs[carries]] = () => MarkAll(control);
            for (var i = carries; i < loop.Body.Results.Length; i++)
            {
                var row = loop.Body.Results[i];
                dependencies[loop.Outputs[1 + i]] = () =>
                {
                    Mark(row);
                    MarkAll(control);
                };
            }
        }

        void MarkAll(Value[] values)
        {
            foreach (var value in values)
                Mark(value);
        }
    }

    sealed class Sweeper(HashSet<Value> live, OperandTable operands)
    {
        internal Block Sweep(Block block)
        {
            var steps = new List<Step>();
            foreach (var step in block.Steps)
                if (Array.Exists(step.Outputs, live.Contains))
                    steps.Add(
                        step switch
                        {
                            KernelStep s => SweepKernel(s),
                            LoopStep s => SweepLoop(s),
                            BranchStep s => SweepBranch(s),
                            _ => step,
                        }
                    );
            return new(block.Parameters, [.. steps], block.Results);
        }

        KernelStep SweepKernel(KernelStep step)
        {
            if (Array.TrueForAll(step.Outputs, live.Contains) && Array.TrueForAll(step.Inputs, live.Contains))
                return step;
            var kernel = operands.Open(step);
            var outputs = Kept(kernel.Outputs, i => live.Contains(step.Outputs[i]));
            return operands.Close(new(kernel.Space, kernel.ReducedAxes, outputs), [.. step.Outputs.Where(live.Contains)]);
        }

        LoopStep SweepLoop(LoopStep loop)
        {
            var carries = loop.Carry.Length;
            // A carry is kept if anything reads it, inside or after the loop; a row if the body reads it, or if it is read after the loop.
            bool Carry(int i) => live.Contains(loop.Outputs[i]);
            bool Ys(int i) => live.Contains(loop.Outputs[1 + carries + i]);
            bool Xs(int i) => live.Contains(loop.Body.Parameters[1 + carries + i]);
            var body = Sweep(
                new Block(
                    [
                        loop.Body.Parameters[0],
                        .. Kept(loop.Body.Parameters[1..(1 + carries)], Carry),
                        .. Kept(loop.Body.Parameters[(1 + carries)..], Xs),
                    ],
                    loop.Body.Steps,
                    [.. Kept(loop.Body.Results[..carries], Carry), .. Kept(loop.Body.Results[carries..], Ys)]
                )
            );
            return new(
                Kept(loop.Carry, Carry),
                Kept(loop.Xs, Xs),
                body,
                [.. Kept(loop.Outputs[..carries], Carry), loop.Outputs[carries], .. Kept(loop.Outputs[(1 + carries)..], Ys)]
            )
            {
                Length = loop.Length,
                Count = loop.Count,
                Condition = loop.Condition is { } c ? Sweep(new(Kept(c.Parameters, Carry), c.Steps, c.Results)) : null,
                Reverse = loop.Reverse,
                Folds = loop.Folds is { } folds ? Kept(folds, Carry) : null,
            };
        }

        BranchStep SweepBranch(BranchStep branch)
        {
            bool Read(int i) => live.Contains(branch.Outputs[i]);
            Block Side(Block block) => Sweep(new(block.Parameters, block.Steps, Kept(block.Results, Read)));
            return new(branch.Predicate, Side(branch.IfTrue), Side(branch.IfFalse), Kept(branch.Outputs, Read));
        }
    }

    static T[] Kept<T>(T[] items, Func<int, bool> keep) => [.. items.Where((_, i) => keep(i))];
}
