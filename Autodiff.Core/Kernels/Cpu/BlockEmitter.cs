using System.Reflection.Emit;

namespace Autodiff;

/// <summary>A tape, by its number in the frame.</summary>
sealed record TapePlace(int Slot);

/// <summary>Emits the steps of blocks, and plans the memory of their values on the way.</summary>
sealed partial class BlockEmitter
{
    readonly Liveness live;
    readonly InPlace inPlace;
    readonly Placement placement;
    readonly MethodPlan methods;
    readonly Func<KernelStep, NestPlan> nestOf;
    readonly ConstantPool constants;
    readonly int vectorBits;
    readonly Block program;
    readonly List<BufferPlan> lent = [];
    readonly List<ParallelRegion> regions = [];
    BufferPlan arena = BufferPlan.Arena();
    readonly Dictionary<Value, object> places = [];

    // The memory a root is to be written to, where its reader has chosen one.
    readonly Dictionary<Value, Storage> homes = [];
    readonly List<Routine> routines = [];
    MethodEmitter method;
    int methodNumber;

    // The step of the program that is being emitted, perhaps inside of it.
    int now;
    int tapes;
    readonly bool renewTapes;
    PlannedStorage? spills;

    internal BlockEmitter(Block program, int[] donatedInputs, ConstantPool constants, int vectorBits)
    {
        this.program = program;
        var nests = new Dictionary<KernelStep, NestPlan>();
        nestOf = step => nests.TryGetValue(step, out var nest) ? nest : nests[step] = NestPlan.Create(step);
        live = new Liveness(program);
        inPlace = new InPlace(live, nestOf);
        placement = new Placement(live, nestOf);
        methods = new MethodPlan(program, live, nestOf, IsRegion);
        renewTapes = CarriesTape(program);
        this.constants = constants;
        this.vectorBits = vectorBits;
        method = NewMethod("Program", 0);
        foreach (var input in donatedInputs)
            AddDonated(input);
    }

    internal long ArenaBytes => arena.Size;
    internal int Tapes => tapes;
    internal Routine[] Routines => [.. routines];
    internal ParallelRegion[] Regions => [.. regions];

    ILGenerator IL => method.IL;

    MethodEmitter NewMethod(string name, int number)
    {
        var created = new MethodEmitter(number == 0 ? name : name + number);
        if (methods.IsHost(number))
            AlignedStack.Begin(created.IL);
        return created;
    }

    /// <summary>Emits a whole program. The table of the call holds its inputs, then its results; <paramref name="isOwn"/> tells which results are
    /// computed, and not merely passed on.</summary>
    internal Entry EmitProgram(Predicate<int> isOwn)
    {
        var targets = PlaceResults(isOwn);
        for (var i = 0; i < program.Parameters.Length; i++)
            BindInput(program.Parameters[i], i);
        EmitSteps(program);
        for (var r = 0; r < targets.Length; r++)
            if (targets[r] is { } target)
                WriteTo(target, program.Results[r]);
        method.End();
        return method.Build();
    }

    /// <summary>The slot of the frame in which a tape ends up.</summary>
    internal int TapeSlot(Value value) => ((TapePlace)places[value]).Slot;

    void BindInput(Value parameter, int index)
    {
        if (parameter.Type.Tape > 0)
            places[parameter] = new TapePlace(tapes++);
        else if (donated.ContainsKey(parameter))
            BindDonated(parameter);
        else if (!parameter.Type.IsScalar)
            Bind(parameter, new TableStorage(index) { Users = 1 });
        else if (live.IsRead(parameter))
        {
            method.PushTable(index);
            ScalarEmitter.Load(IL, parameter.Type.DType);
            Declare(parameter).Pop();
        }
    }

    /// <summary>Emits the steps of a block; its results stay bound until <see cref="Leave"/>.</summary>
    void EmitSteps(Block block)
    {
        var (host, hostNumber) = (method, methodNumber);
        for (var i = 0; i < block.Steps.Length; i++)
        {
            if (block == program)
                now = i;
            var number = methods.MethodOf(block.Steps[i]);
            if (methods.IsRegion(block.Steps[i]))
            {
                Return();
                EmitRegion(block, i);
                foreach (var dead in live.DyingAt(block, i))
                    Release(dead);
                continue;
            }
            if (number != methodNumber)
            {
                Return();
                if (number != hostNumber)
                    (method, methodNumber) = (NewMethod("Program", number), number);
            }
            EmitStep(block, i);
            foreach (var dead in live.DyingAt(block, i))
                Release(dead);
        }
        Return();

        void Return()
        {
            if (method == host)
                return;
            method.End();
            host.Call(method);
            (method, methodNumber) = (host, hostNumber);
        }
    }

    void Leave(Block block)
    {
        foreach (var dead in live.DyingAt(block, block.Steps.Length))
            Release(dead);
    }

    void EmitStep(Block block, int index)
    {
        switch (block.Steps[index])
        {
            case KernelStep step:
                EmitKernel(block, index, step);
                break;
            case RoutineStep step:
                EmitRoutine(step);
                break;
            case AliasStep step:
                EmitAlias(step);
                break;
            case ConstantStep { Data: var data, Outputs: [var output] }:
                if (data.Aval.IsScalar)
                    places[output] = new Immediate(data.DType, ConstantPool.Bits(data));
                else
                    Bind(output, new FixedStorage(constants.Address(data)) { Users = 1 });
                break;
            case TapeStep step:
                EmitTape(step);
                break;
            case LoopStep step:
                EmitLoop(block, step);
                break;
            case BranchStep step:
                EmitBranch(step);
                break;
            case var unknown:
                throw new NotSupportedException($"The compiler does not know the step {unknown.GetType().Name}.");
        }
    }

    void EmitKernel(Block block, int index, KernelStep step)
    {
        var results = BindResults(block, index, step);
        var operands = Array.ConvertAll(step.Inputs, i => places[i]);
        foreach (var part in nestOf(step).Parts)
            if (!IsPlaced(step, part, results[0]))
                new NestEmitter(method, part, operands, results, vectorBits).Emit();
    }

    object[] BindResults(Block block, int index, KernelStep step)
    {
        var results = new object[step.Outputs.Length];
        for (var o = 0; o < results.Length; o++)
            if (step.Outputs[o].Type.IsScalar)
                results[o] = Declare(step.Outputs[o]);
            else if (homes.ContainsKey(step.Outputs[o]))
                results[o] = StorageFor(step.Outputs[o]);
        for (var o = 0; o < results.Length; o++)
            results[o] ??= StorageOver(block, index, step, o, results) ?? StorageFor(step.Outputs[o]);
        for (var o = 0; o < results.Length; o++)
            if (results[o] is Storage storage)
                Bind(step.Outputs[o], storage);
        return results;
    }

    // An output takes over the memory of what it can be written over, where this step is the last to read that.
    PlannedStorage? StorageOver(Block block, int index, KernelStep step, int output, object[] taken)
    {
        foreach (var operand in Overwritten(step, output))
            if (
                places[operand] is PlannedStorage storage
                && live.DyingAt(block, index).Count(d => places.GetValueOrDefault(d) == (object)storage) == storage.Users
                && !taken.Contains(storage)
                && IsFreeFor(storage, step.Outputs[output])
            )
                return Own(storage);
        return null;
    }

    void EmitRoutine(RoutineStep step)
    {
        var (inputs, outputs) = (step.Inputs, step.Outputs);
        foreach (var output in outputs)
            if (!output.Type.IsScalar)
                Bind(output, StorageFor(output));
        var table = RentScratch((inputs.Length + outputs.Length) * sizeof(long));
        var scalars = RentScratch((inputs.Length + outputs.Length) * sizeof(long));
        for (var i = 0; i < inputs.Length + outputs.Length; i++)
        {
            var value = i < inputs.Length ? inputs[i] : outputs[i - inputs.Length];
            var at = scalars.At(i * sizeof(long));
            if (i < inputs.Length && places[value] is ScalarPlace scalar)
            {
                at.Push(method);
                scalar.Push(method);
                ScalarEmitter.Store(IL, value.Type.DType);
            }
            table.At(i * sizeof(long)).Push(method);
            if (value.Type.IsScalar)
                at.Push(method);
            else
                ((Storage)places[value]).Push(method);
            IL.Emit(OpCodes.Stind_I);
        }
        method.PushFrame();
        IL.Emit(OpCodes.Ldc_I4, routines.Count);
        table.Push(method);
        IL.Emit(OpCodes.Ldc_I4, inputs.Length);
        EmitCall(nameof(CallFrame.RunRoutine));
        routines.Add(step.Routine);
        for (var o = 0; o < outputs.Length; o++)
            if (outputs[o].Type.IsScalar)
            {
                scalars.At((inputs.Length + o) * sizeof(long)).Push(method);
                ScalarEmitter.Load(IL, outputs[o].Type.DType);
                Declare(outputs[o]).Pop();
            }
        Disown(table);
        Disown(scalars);
    }

    void EmitAlias(AliasStep step)
    {
        var (from, to) = (step.Inputs[0], step.Outputs[0]);
        switch (places[from])
        {
            case Storage storage when to.Type.IsScalar:
                storage.Push(method);
                ScalarEmitter.Load(IL, to.Type.DType);
                Declare(to).Pop();
                break;
            case ScalarPlace scalar when !to.Type.IsScalar:
                var home = StorageFor(to);
                home.Push(method);
                scalar.Push(method);
                ScalarEmitter.Store(IL, to.Type.DType);
                Bind(to, home);
                break;
            case Storage storage:
                storage.Users++;
                Bind(to, storage);
                break;
            case var place:
                places[to] = place;
                break;
        }
    }

    void EmitBranch(BranchStep step)
    {
        var outputs = Array.ConvertAll(step.Outputs, OutputPlace);
        var (otherwise, end) = (IL.DefineLabel(), IL.DefineLabel());
        ((ScalarPlace)places[step.Predicate]).Push(method);
        IL.Emit(OpCodes.Brfalse, otherwise);
        Run(step.IfTrue);
        IL.Emit(OpCodes.Br, end);
        IL.MarkLabel(otherwise);
        Run(step.IfFalse);
        IL.MarkLabel(end);
        for (var o = 0; o < outputs.Length; o++)
            if (outputs[o] is Storage storage)
                Bind(step.Outputs[o], storage);

        void Run(Block block)
        {
            for (var r = 0; r < outputs.Length; r++)
                if (outputs[r] is Storage storage)
                    AssignHome(block, block.Results[r], storage);
            EmitSteps(block);
            for (var r = 0; r < outputs.Length; r++)
                switch (outputs[r])
                {
                    case Variable variable:
                        ((ScalarPlace)places[block.Results[r]]).Push(method);
                        variable.Pop();
                        break;
                    case Storage storage:
                        WriteTo(storage, block.Results[r]);
                        break;
                    case TapePlace tape:
                        EmitCall(nameof(CallFrame.Share), TapeSlot(block.Results[r]), tape.Slot);
                        break;
                }
            Leave(block);
        }

        object OutputPlace(Value output)
        {
            if (output.Type.Tape > 0)
                return places[output] = new TapePlace(tapes++);
            return output.Type.IsScalar ? Declare(output) : StorageFor(output);
        }
    }

    /// <summary>Writes a value to memory, unless it is there.</summary>
    void WriteTo(Storage target, Value value)
    {
        if (places[value] == (object)target)
            return;
        target.Push(method);
        if (places[value] is ScalarPlace scalar)
        {
            scalar.Push(method);
            ScalarEmitter.Store(IL, value.Type.DType);
            return;
        }
        ((Storage)places[value]).Push(method);
        method.Copy(value.Type.ByteSize);
    }

    void EmitCall(string name) =>
        IL.Emit(
            OpCodes.Call,
            typeof(CallFrame).GetMethod(name, System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!
        );

    void EmitCall(string name, params int[] arguments)
    {
        method.PushFrame();
        foreach (var argument in arguments)
            IL.Emit(OpCodes.Ldc_I4, argument);
        EmitCall(name);
    }
}
