namespace Autodiff;

// Where results are written: to memory of their own, or to that of an input which was donated. Both lend theirs to other values while they can.
sealed partial class BlockEmitter
{
    // The memory of donated inputs, and those, in their order, in whose memory there is no result yet.
    readonly Dictionary<Value, PlannedStorage> donated = [];
    readonly List<Value> freeDonors = [];

    // The donated inputs by the results that have their memory.
    readonly Dictionary<int, Value> donors = [];

    /// <summary>The donated input in whose memory a result ends up, or -1.</summary>
    internal int DonorOf(int result) => donors.TryGetValue(result, out var donor) ? Array.IndexOf(program.Parameters, donor) : -1;

    // An input in native memory that the program may overwrite.
    void AddDonated(int input)
    {
        var parameter = program.Parameters[input];
        var bytes = parameter.Type.ByteSize;
        donated[parameter] = BufferPlan.Of(input, bytes, int.MaxValue).TryRent(bytes)!;
        freeDonors.Add(parameter);
    }

    /// <summary>
    /// The memory for each result that is computed: a donated input's which it can be written over; or else a pointer of the table, behind which may be the
    /// memory of a donated input that is not read any more when the result is written.
    /// </summary>
    Storage?[] PlaceResults(Predicate<int> isOwn)
    {
        var targets = new Storage?[program.Results.Length];
        for (var r = 0; r < targets.Length; r++)
            if (isOwn(r) && program.Results[r].Type.Tape == 0)
            {
                targets[r] = PlaceOver(r);
                if (targets[r] is not null)
                    continue;
                var own = new TableStorage(program.Parameters.Length + r) { Users = 1 };
                targets[r] = own;
                if (!program.Results[r].Type.IsScalar)
                    AssignHome(program, program.Results[r], own);
            }
        var written = FirstWritten();
        for (var r = 0; r < targets.Length; r++)
            if (targets[r] is { } target && program.Results[r].Type is { IsScalar: false, ByteSize: var bytes } && bytes > SmallBytes)
                Lend(r, target, bytes, written.GetValueOrDefault(target, program.Steps.Length));
        lent.AddRange(donated.Values.Select(d => d.Plan));
        lent.Sort((a, b) => a.Written.CompareTo(b.Written));
        return targets;
    }

    // A result, and what it is written over, in the memory of an input that is read for the last time where the first of them is computed.
    PlannedStorage? PlaceOver(int result)
    {
        var chain = new List<Value>();
        foreach (var root in ChainOf(program, program.Results[result]))
        {
            chain.Add(root);
            // Arguments and results often correspond, in one order.
            if (freeDonors.Find(ReadLastFor(root).Contains) is not { } donor)
                continue;
            Give(donor, result);
            foreach (var value in chain)
                homes.Add(value, donated[donor]);
            return Own(donated[donor]);
        }
        return null;
    }

    void Give(Value donor, int result)
    {
        donors[result] = donor;
        freeDonors.Remove(donor);
    }

    // The step of the program that is the first to write to a home.
    Dictionary<Storage, int> FirstWritten()
    {
        var written = new Dictionary<Storage, int>();
        for (var i = 0; i < program.Steps.Length; i++)
            foreach (var output in program.Steps[i].Outputs)
                if (homes.TryGetValue(output, out var home))
                    written.TryAdd(home is PartStorage part ? part.Whole : home, i);
        return written;
    }

    void Lend(int result, Storage target, long bytes, int written)
    {
        if (target is PlannedStorage over)
            over.Plan.Written = written;
        else if (freeDonors.Find(d => d.Type.ByteSize == bytes && live.LastReadOfGroup(d) < written) is { } donor)
        {
            Give(donor, result);
            donated[donor].Plan.Written = written;
        }
        else
            lent.Add(BufferPlan.Of(((TableStorage)target).Index, bytes, written));
    }

    void BindDonated(Value parameter)
    {
        var storage = donated[parameter];
        if (live.IsRead(parameter))
            Bind(parameter, Own(storage));
        else if (storage.Users == 0)
            storage.Plan.Return(storage);
    }
}
