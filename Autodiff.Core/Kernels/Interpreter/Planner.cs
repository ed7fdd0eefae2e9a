namespace Autodiff;

/// <summary>Gives every value of a program a slot, and translates its steps.</summary>
sealed class Planner(Program program)
{
    const int Alignment = 64;

    readonly Dictionary<Value, Slot> slotOf = [];

    // The slot whose array an alias shows.
    readonly Dictionary<Slot, Slot> roots = [];
    readonly List<Slot> slots = [];
    readonly List<(Slot Slot, ConcreteArray Data)> constants = [];
    readonly ValueUses uses = new(program.Body);

    internal IReadOnlyList<Slot> Slots => slots;
    internal IReadOnlyList<(Slot Slot, ConcreteArray Data)> Constants => constants;
    internal long ArrayBytes { get; private set; }
    internal int MaxRegisters { get; private set; }
    internal int MaxOperands { get; private set; }
    internal bool HasTapes { get; private set; }

    internal Slot RootOf(Value value) => RootOf(slotOf[value]);

    Slot RootOf(Slot slot) => roots.GetValueOrDefault(slot, slot);

    internal ConcreteArray? ConstantOf(Slot slot) => constants.Find(c => c.Slot == slot).Data;

    internal PlannedBlock PlanBody() => Plan(program.Body, p => NewSlot(p, owned: p.Type.ByteSize <= ArrayBuffer.ManagedLimit));

    internal void PlaceArrays()
    {
        foreach (var slot in slots)
        {
            if (!slot.IsOwned || slot.IsResult)
                continue;
            var alignment = Math.Min(Alignment, Math.Max(8, slot.Bytes & ~7L));
            slot.Offset = (ArrayBytes + alignment - 1) / alignment * alignment;
            ArrayBytes = slot.Offset + slot.Bytes;
        }
        // What follows in the frame are pointers.
        ArrayBytes = (ArrayBytes + Alignment - 1) / Alignment * Alignment;
    }

    Slot NewSlot(Value value, bool owned, Block? writer = null)
    {
        var isTape = value.Type.Tape > 0;
        HasTapes |= isTape;
        var slot = new Slot(slots.Count, value.Type)
        {
            IsOwned = owned && !isTape,
            Writer = isTape ? null : writer,
            Escapes = isTape && uses.Escapes(value),
        };
        slots.Add(slot);
        return slotOf[value] = slot;
    }

    Slot[] SlotsOf(Value[] values) => Array.ConvertAll(values, v => slotOf[v]);

    PlannedBlock Plan(Block block, Func<Value, Slot> newParameter)
    {
        var parameters = Array.ConvertAll(block.Parameters, p => newParameter(p));
        var steps = new List<PlannedStep>(block.Steps.Length);
        foreach (var step in block.Steps)
            if (Plan(step, block) is { } planned)
                steps.Add(planned);
        return new(block, parameters, [.. steps], SlotsOf(block.Results));
    }

    PlannedStep? Plan(Step step, Block block)
    {
        switch (step)
        {
            case KernelStep s:
            {
                var inputs = SlotsOf(s.Inputs);
                var code = KernelAssembler.Assemble(s.Kernel, Array.ConvertAll(s.Inputs, i => i.Type));
                MaxRegisters = Math.Max(MaxRegisters, code.Registers.Length);
                return new PlannedKernel(s.Kernel, code, inputs, Written(s, block));
            }
            case RoutineStep s:
                return new PlannedRoutine(s.Routine, SlotsOf(s.Inputs), Written(s, block));
            case AliasStep s:
            {
                var input = slotOf[s.Inputs[0]];
                var output = NewSlot(s.Outputs[0], owned: false);
                roots[output] = RootOf(input);
                return new PlannedAlias(input, output);
            }
            case ConstantStep s:
                constants.Add((NewSlot(s.Outputs[0], owned: s.Data.Aval.ByteSize <= ArrayBuffer.ManagedLimit), s.Data));
                return null;
            case TapeStep { Inputs: [] } s:
                return new PlannedEmptyTape(NewSlot(s.Outputs[0], owned: false));
            case TapeStep s:
                return new PlannedTapeLength(SlotsOf(s.Inputs), Written(s, block)[0]);
            case LoopStep s:
                return PlanLoop(s, block);
            case BranchStep s:
                return new PlannedBranch(
                    slotOf[s.Predicate],
                    Plan(s.IfTrue, p => NewSlot(p, owned: false)),
                    Plan(s.IfFalse, p => NewSlot(p, owned: false)),
                    Array.ConvertAll(s.Outputs, o => NewSlot(o, owned: false))
                );
            default:
                throw new NotSupportedException($"The interpreter does not know the step {step.GetType().Name}.");
        }
    }

    Slot[] Written(Step step, Block block)
    {
        MaxOperands = Math.Max(MaxOperands, step.Inputs.Length + step.Outputs.Length);
        return Array.ConvertAll(step.Outputs, o => NewSlot(o, owned: true, block));
    }

    PlannedLoop PlanLoop(LoopStep step, Block block)
    {
        var (carried, rows) = (step.Carry.Length, step.Xs.Length);
        // The index and the carry have places of their own; rows are where the array or tape has them.
        var inner = step.Body.Parameters.AsSpan(1 + carried).ToArray();
        var body = Plan(step.Body, p => NewSlot(p, owned: Array.IndexOf(inner, p) < 0));
        var condition = step.Condition is null ? null : Plan(step.Condition, p => NewSlot(p, owned: false));
        var outputs = Written(step, block);
        var bound = new HashSet<Slot>();
        var carries = new PlannedLoop.Carry[carried];
        for (var k = 0; k < carried; k++)
        {
            var (parameter, result) = (step.Body.Parameters[1 + k], step.Body.Results[k]);
            var slot = RootOf(body.Results[k]);
            var binds = slot.Writer == step.Body && bound.Add(slot);
            carries[k] = new(
                slotOf[step.Carry[k]],
                body.Parameters[1 + k],
                slot,
                outputs[k],
                binds,
                binds && uses.IsOnlyOverwritten(parameter, result, step.Body)
            );
        }
        var xs = new PlannedLoop.Xs[rows];
        for (var k = 0; k < rows; k++)
            xs[k] = new(slotOf[step.Xs[k]], body.Parameters[1 + carried + k]);
        var ys = new PlannedLoop.Ys[step.Body.Results.Length - carried];
        for (var k = 0; k < ys.Length; k++)
        {
            var slot = RootOf(body.Results[carried + k]);
            ys[k] = new(slot, outputs[carried + 1 + k], slot.Writer == step.Body && bound.Add(slot));
        }
        var count = step.Count is null ? null : slotOf[step.Count];
        return new PlannedLoop(step, body, condition, count, outputs[carried], carries, xs, ys);
    }
}
