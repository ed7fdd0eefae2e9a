namespace Autodiff;

/// <summary>How passes look into steps and rebuild them.</summary>
static class StepRewriting
{
    [ThreadStatic]
    static Stack<(HashSet<Scalar> Seen, Stack<Scalar> Pending)>? walks;

    // Expressions are walked all the time, and most are small.
    static Stack<(HashSet<Scalar> Seen, Stack<Scalar> Pending)> Walks => walks ??= [];

    extension(Step step)
    {
        /// <summary>The blocks inside a loop or branch, in the order in which <see cref="Rebuild"/> visits them.</summary>
        internal Block[] Blocks =>
            step switch
            {
                LoopStep { Condition: { } condition } loop => [loop.Body, condition],
                LoopStep loop => [loop.Body],
                BranchStep branch => [branch.IfTrue, branch.IfFalse],
                _ => [],
            };

        /// <summary>Every value the step reads itself, not those its blocks read.</summary>
        internal IEnumerable<Value> Operands => step is LoopStep { Count: { } count } ? [.. step.Inputs, count] : step.Inputs;

        /// <summary>The values in whose memory a device may build a result of the step: what a scatter or a loop starts with.</summary>
        internal IEnumerable<Value> Overwritten =>
            step switch
            {
                KernelStep kernel => kernel.Kernel.Outputs.Where(o => o.Into is not null).Select(o => kernel.Inputs[o.Into!.Value]),
                LoopStep loop => loop.Carry,
                _ => [],
            };

        /// <summary>Calls <paramref name="visit"/> with every value read by the step and its blocks.</summary>
        internal void VisitReads(Action<Value> visit)
        {
            foreach (var value in step.Operands)
                visit(value);
            foreach (var block in step.Blocks)
            {
                foreach (var inner in block.Steps)
                    inner.VisitReads(visit);
                foreach (var result in block.Results)
                    visit(result);
            }
        }

        /// <summary>The step with every operand and every block replaced.</summary>
        internal Step Rebuild(Func<Value, Value> operand, Func<Block, Block> block)
        {
            var outputs = step.Outputs;
            Value[] Map(Value[] values) => Array.ConvertAll(values, v => operand(v));
            return step switch
            {
                KernelStep s => new KernelStep(s.Kernel, Map(s.Inputs), outputs),
                RoutineStep s => new RoutineStep(s.Routine, Map(s.Inputs), outputs),
                AliasStep s => new AliasStep(operand(s.Inputs[0]), outputs[0]),
                TapeStep s => new TapeStep(Map(s.Inputs), outputs[0]),
                LoopStep s => new LoopStep(Map(s.Carry), Map(s.Xs), block(s.Body), outputs)
                {
                    Length = s.Length,
                    Count = s.Count is { } count ? operand(count) : null,
                    Condition = s.Condition is { } condition ? block(condition) : null,
                    Reverse = s.Reverse,
                    Folds = s.Folds,
                },
                BranchStep s => new BranchStep(operand(s.Predicate), block(s.IfTrue), block(s.IfFalse), outputs),
                _ => step,
            };
        }
    }

    extension(KernelStep step)
    {
        /// <summary>Whether every output is stored at the kernel's own index.</summary>
        internal bool IsMap => step.Kernel.IsMap;
    }

    extension(Kernel kernel)
    {
        internal bool IsMap =>
            kernel.ReducedAxes == 0
            && Array.TrueForAll(kernel.Outputs, o => o is { Fold: Fold.Set, Prefix: false, Index: null, Into: null, Guard: null });

        /// <summary>Whether every output is a plain fold over the reduced axes.</summary>
        internal bool IsReduction =>
            kernel.ReducedAxes > 0 && Array.TrueForAll(kernel.Outputs, o => o is { Prefix: false, Index: null, Into: null, Guard: null });

        internal IEnumerable<Scalar> Expressions => kernel.Outputs.SelectMany(o => o.Expressions);
    }

    extension(Scalar[] index)
    {
        /// <summary>Whether an array of a kernel's space is read at the kernel's own index.</summary>
        internal bool IsOwn(Shape space)
        {
            if (index.Length != space.Rank)
                return false;
            for (var i = 0; i < index.Length; i++)
                if (index[i] is not AxisIndex axis || axis.Position != i)
                    if (space[i] != 1 || index[i] is not Constant { Bits: 0 })
                        return false;
            return true;
        }
    }

    extension(IEnumerable<Scalar> roots)
    {
        /// <summary>
        /// Every node of some expressions, each once; without those that <paramref name="leaveOut"/> holds for and what lies below.
        /// </summary>
        internal IEnumerable<Scalar> Nodes(Func<Scalar, bool>? leaveOut = null)
        {
            var (seen, pending) = Walks.TryPop(out var walk) ? walk : ([], []);
            try
            {
                foreach (var root in roots)
                    pending.Push(root);
                while (pending.TryPop(out var node))
                {
                    if (leaveOut?.Invoke(node) == true || !seen.Add(node))
                        continue;
                    yield return node;
                    foreach (
                        var child in node is Element e ? e.Index
                        : node is Apply a ? a.Arguments
                        : []
                    )
                        pending.Push(child);
                }
            }
            finally
            {
                seen.Clear();
                pending.Clear();
                Walks.Push((seen, pending));
            }
        }
    }
}
