namespace Autodiff;

/// <summary>
/// Adds up the outer products of several iterations at once. What reverse mode accumulates for a matrix that every step of a recurrence multiplies by is
/// a sum the loop carries and never reads: the rows of a few products are kept, and every so many iterations the whole sum is loaded, all of
/// them are added in their order, and it is stored.
/// </summary>
sealed class PostponedSums(ProgramFacts facts)
{
    // More save little, and their rows leave the registers and the nearest cache. A power of two.
    const int Slots = 8;
    const int LeastIterations = 2 * Slots;

    // A smaller sum is added to as fast as rows are kept, or nearly.
    const long LeastBytes = 1 << 13;

    // The rows that are kept are at most this part of the sum, and so many that their products still compile to good code.
    const int SmallPart = 8;
    const int MostFactors = 8;

    static readonly Aval Integer = new(DType.Int64, Shape.Scalar);

    internal static Program Run(Program program, ProgramFacts facts) => new(new PostponedSums(facts).Rewrite(program.Body));

    Block Rewrite(Block block)
    {
        var steps = new List<Step>();
        foreach (var step in block.Steps)
            steps.AddRange(
                step.Rebuild(v => v, Rewrite) switch
                {
                    LoopStep { Condition: null, Folds: null, Length: null or >= LeastIterations } loop => Postpone(loop),
                    var other => [other],
                }
            );
        return new(block.Parameters, [.. steps], block.Results);
    }

    /// <summary>A loop in which sums are postponed, and what goes before it.</summary>
    List<Step> Postpone(LoopStep loop)
    {
        var sums = FindSums(loop);
        if (sums.Count == 0)
            return [loop];
        var writer = new Writer(facts, loop);
        var inside = new List<Step>();
        foreach (var step in loop.Body.Steps)
            if (sums.TryGetValue(step, out var sum))
                writer.Write(sum, inside);
            else
                inside.Add(step);
        return writer.Close(inside);
    }

    Dictionary<Step, Sum> FindSums(LoopStep loop)
    {
        var sums = new Dictionary<Step, Sum>();
        var (parameters, results) = (loop.Body.Parameters, loop.Body.Results);
        var large = Enumerable.Range(0, loop.Carry.Length).Where(c => loop.Carry[c].Type is { Tape: 0, ByteSize: >= LeastBytes }).ToArray();
        if (large.Length == 0)
            return sums;
        var readers = new Dictionary<Value, int>();
        void Count(Value value) => readers[value] = readers.GetValueOrDefault(value) + 1;
        foreach (var step in loop.Body.Steps)
            step.VisitReads(Count);
        Array.ForEach(results, Count);
        var definitions = loop.Body.Steps.OfType<KernelStep>().Where(s => s.Outputs.Length == 1).ToDictionary(s => s.Outputs[0]);
        foreach (var c in large)
            if (
                readers.GetValueOrDefault(parameters[1 + c]) == 1
                && readers[results[c]] == 1
                && definitions.TryGetValue(results[c], out var step)
                && Sum.Of(step, parameters[1 + c], facts) is { } sum
            )
                sums[step] = sum;
        return sums;
    }

    /// <summary>
    /// A kernel that adds <paramref name="Terms"/> to a carry, or subtracts them, one after the other. They are made of <paramref name="Factors"/>,
    /// each of which varies along some axes of the sum only, and is kept for every iteration.
    /// </summary>
    sealed record Sum(
        KernelStep Step,
        Value Carry,
        Kernel Kernel,
        List<(ScalarOp Op, Scalar Term)> Terms,
        Dictionary<Scalar, int[]> Factors
    )
    {
        internal static Sum? Of(KernelStep step, Value carry, ProgramFacts facts)
        {
            if (!step.IsMap || step.Kernel.Space != carry.Type.Shape)
                return null;
            var kernel = facts.Operands.Open(step);
            if (TermsOf(kernel, facts.Operands.Id(carry)) is not { } terms)
                return null;
            var sum = new Sum(step, carry, kernel, terms, []);
            return
                terms.TrueForAll(t => sum.Split(t.Term))
                && sum.Factors.Count <= MostFactors
                && sum.KeptElements * SmallPart <= kernel.Space.Size
                ? sum
                : null;
        }

        static List<(ScalarOp Op, Scalar Term)>? TermsOf(Kernel kernel, int carry)
        {
            bool Reads(Scalar s) => new[] { s }.Nodes().Any(n => n is Element e && e.Operand == carry);
            var terms = new List<(ScalarOp, Scalar)>();
            for (var at = kernel.Outputs[0].Value; ; )
            {
                if (at is Element e)
                    return e.Operand == carry && e.Index.IsOwn(kernel.Space) ? terms : null;
                if (at is not Apply { Op: ScalarOp.Add or ScalarOp.Sub, Arguments: [var a, var b] } sum)
                    return null;
                if (Reads(a) == Reads(b) || (sum.Op == ScalarOp.Sub && Reads(b)))
                    return null;
                (at, var term) = Reads(a) ? (a, b) : (b, a);
                terms.Insert(0, (sum.Op, term));
            }
        }

        long KeptElements => Factors.Values.Sum(axes => RowOf(axes).Size);

        internal Shape RowOf(int[] axes) => Shape.Create([.. axes.Select(a => Kernel.Space[a])]);

        // An iteration that did not run leaves zeros, of which all that is made here is zero, and changes no sum.
        bool Split(Scalar node)
        {
            if (node is Constant)
                return false;
            int[] axes = [.. new[] { node }.Nodes().OfType<AxisIndex>().Select(a => a.Position).Distinct().Order()];
            if (RowOf(axes).Size * SmallPart <= Kernel.Space.Size)
            {
                Factors[node] = axes;
                return true;
            }
            return node switch
            {
                Apply { Op: ScalarOp.Mul } product => Array.TrueForAll(product.Arguments, a => IsFinite(a) || Split(a)),
                Apply { Op: ScalarOp.Add or ScalarOp.Sub or ScalarOp.Neg } sum => Array.TrueForAll(sum.Arguments, Split),
                _ => false,
            };
        }

        static bool IsFinite(Scalar node) => node is Constant c && double.IsFinite(c.Value);
    }

    /// <summary>Writes the body of a loop in which sums are postponed, and the loop.</summary>
    sealed class Writer
    {
        /// <summary>The rows of one factor in the iterations since the sums were last added to.</summary>
        sealed record Rows(Value Start, Value Before, Value After);

        readonly ProgramFacts facts;
        readonly LoopStep loop;
        readonly Dictionary<(Scalar Factor, Shape Row), Rows> rows = [];

        // How many iterations come after this one, and whether sums are added to in it: 1 or 0.
        readonly Scalar left;
        readonly Value due = new(Integer);

        internal Writer(ProgramFacts facts, LoopStep loop)
        {
            (this.facts, this.loop) = (facts, loop);
            var simplifier = facts.For(Shape.Scalar);
            Scalar Number(Value value) => simplifier.Element(facts.Operands.Id(value), DType.Int64, []);
            Scalar Minus(Scalar a, Scalar b) => simplifier.Apply(ScalarOp.Sub, DType.Int64, a, b);
            var index = Number(loop.Body.Parameters[0]);
            var one = simplifier.Constant(DType.Int64, 1);
            left = loop.Reverse
                ? index
                : Minus(Minus(loop.Count is { } count ? Number(count) : simplifier.Constant(DType.Int64, loop.Length!.Value), one), index);
        }

        // Slots are filled from the last to the first: those of iterations that did not run come first, and the first is the last iteration's.
        Scalar Slot(ScalarSimplifier simplifier) =>
            simplifier.Apply(ScalarOp.And, DType.Int64, left, simplifier.Constant(DType.Int64, Slots - 1));

        /// <summary>Keeps the factors of a sum, and adds to it when that is due.</summary>
        internal void Write(Sum sum, List<Step> steps)
        {
            var kept = sum.Factors.ToDictionary(f => f.Key, f => Keep(f.Key, f.Value, sum.RowOf(f.Value), steps));
            var (before, after) = (new Value(sum.Carry.Type), new Value(sum.Carry.Type));
            var simplifier = facts.For(sum.Kernel.Space);
            var type = before.Type.DType;
            Scalar At(Scalar node, int slot) =>
                kept.TryGetValue(node, out var row)
                    ? simplifier.Element(
                        facts.Operands.Id(row.After),
                        type,
                        [simplifier.Constant(DType.Int64, slot), .. sum.Factors[node].Select(a => facts.Interner.Intern(Scalar.Axis(a)))]
                    )
                : node is Apply a ? simplifier.Apply(a.Op, type, Array.ConvertAll(a.Arguments, x => At(x, slot)))
                : node;
            var total = simplifier.Element(facts.Operands.Id(before), type, Kernel.Indices(before.Type.Rank));
            for (var slot = Slots - 1; slot >= 0; slot--)
                foreach (var (op, term) in sum.Terms)
                    total = simplifier.Apply(op, type, total, At(term, slot));
            var add = facts.Operands.Close(Kernel.Map(after.Type, total), [after]);
            // A loop that runs once or not at all stays in the memory of its carry, which a branch does not.
            var body = new Block([new(Integer), before], [add], [after]);
            steps.Add(new LoopStep([sum.Carry], [], body, [sum.Step.Outputs[0], new(Integer)]) { Count = due });
        }

        Rows Keep(Scalar factor, int[] axes, Shape row, List<Step> steps)
        {
            var simplifier = facts.For(row);
            factor = simplifier.Rewrite(
                factor,
                leaf => leaf is AxisIndex a ? facts.Interner.Intern(Scalar.Axis(Array.IndexOf(axes, a.Position))) : null,
                []
            );
            if (rows.TryGetValue((factor, row), out var known))
                return known;
            var type = new Aval(factor.Type, row).Stack(Slots);
            var kept = rows[(factor, row)] = new(new(type), new(type), new(type));
            var output = new KernelOutput(type, factor)
            {
                Into = facts.Operands.Id(kept.Before),
                Index = [Slot(simplifier), .. Kernel.Indices(row.Rank)],
            };
            steps.Add(facts.Operands.Close(new(row, 0, output), [kept.After]));
            return kept;
        }

        /// <summary>The loop with the steps of its body, and what goes before it.</summary>
        internal List<Step> Close(List<Step> body)
        {
            var simplifier = facts.For(Shape.Scalar);
            Scalar Number(long value) => simplifier.Constant(DType.Int64, value);
            var isDue = simplifier.Apply(ScalarOp.Equal, DType.Bool, Slot(simplifier), Number(0));
            var count = Kernel.Map(Integer, simplifier.Apply(ScalarOp.Select, DType.Int64, isDue, Number(1), Number(0)));
            body.Insert(0, facts.Operands.Close(count, [due]));
            var (carries, parameters, results) = (loop.Carry.Length, loop.Body.Parameters, loop.Body.Results);
            Value[] Insert(Value[] values, int at, Func<Rows, Value> kept) =>
                [.. values[..at], .. rows.Values.Select(kept), .. values[at..]];
            return
            [
                .. rows.Values.Select(r =>
                    facts.Operands.Close(Kernel.Map(r.Start.Type, facts.Interner.Intern(Scalar.Constant(r.Start.Type.DType, 0))), [r.Start])
                ),
                new LoopStep(
                    [.. loop.Carry, .. rows.Values.Select(r => r.Start)],
                    loop.Xs,
                    new(Insert(parameters, 1 + carries, r => r.Before), [.. body], Insert(results, carries, r => r.After)),
                    Insert(loop.Outputs, carries, r => new(r.Start.Type))
                )
                {
                    Length = loop.Length,
                    Count = loop.Count,
                    Reverse = loop.Reverse,
                },
            ];
        }
    }
}
