namespace Autodiff;

/// <summary>
/// A loop. A carried array has two places, its parameter's and its output's: each iteration reads one and writes the other, so that no
/// value is overwritten while it may still be read.
/// </summary>
sealed unsafe class PlannedLoop : PlannedStep
{
    readonly LoopStep step;
    readonly PlannedBlock body;
    readonly PlannedBlock? condition;
    readonly Slot? count;
    readonly Slot index;
    readonly Slot trips;
    readonly Carry[] carries;
    readonly Xs[] xs;
    readonly Ys[] ys;

    /// <summary>
    /// A carried value. Bound: the body writes its result to where it is wanted; InPlace: that may be where the parameter lies.
    /// </summary>
    internal sealed record Carry(Slot Input, Slot Parameter, Slot Result, Slot Output, bool Bound, bool InPlace);

    internal sealed record Xs(Slot Input, Slot Parameter);

    internal sealed record Ys(Slot Result, Slot Output, bool Bound);

    internal PlannedLoop(
        LoopStep step,
        PlannedBlock body,
        PlannedBlock? condition,
        Slot? count,
        Slot trips,
        Carry[] carries,
        Xs[] xs,
        Ys[] ys
    )
    {
        (this.step, this.body, this.condition, this.count, this.trips) = (step, body, condition, count, trips);
        (this.carries, this.xs, this.ys) = (carries, xs, ys);
        index = body.Parameters[0];
    }

    internal override bool Run(Frame frame)
    {
        Begin(frame);
        var end = step.Length ?? (count is null ? long.MaxValue : *(long*)frame.Pointers[count.Number]);
        var done = 0L;
        for (; condition is not null || done < end; done++)
        {
            if (condition is not null)
            {
                for (var k = 0; k < carries.Length; k++)
                    Assign(frame, condition.Parameters[k], carries[k].Parameter);
                if (!frame.Run(condition.Steps))
                    return false;
                if (*frame.Pointers[condition.Results[0].Number] == 0)
                    break;
            }
            var i = step.Reverse ? end - 1 - done : done;
            Enter(frame, i);
            if (!frame.Spend(1) || !frame.Run(body.Steps))
                return false;
            Leave(frame, i);
        }
        foreach (var carry in carries)
            if (carry.Output.IsTape)
                frame.Tapes[carry.Output.Number] = frame.Tapes[carry.Parameter.Number];
            else
                Copy(frame, carry.Parameter, frame.Pointers[carry.Output.Number]);
        *(long*)frame.Pointers[trips.Number] = done;
        return true;
    }

    void Begin(Frame frame)
    {
        foreach (var carry in carries)
            Assign(frame, carry.Parameter, carry.Input);
        foreach (var x in xs)
            if (x.Parameter.IsTape)
                frame.Tapes[x.Parameter.Number] = frame.Tapes[x.Input.Number]!.NewView();
        foreach (var y in ys)
            if (y.Output.IsTape)
                y.Output.EmptyTape(frame);
    }

    /// <summary>Sets the parameters of iteration <paramref name="i"/>, and where its results go.</summary>
    void Enter(Frame frame, long i)
    {
        var pointers = frame.Pointers;
        *(long*)pointers[index.Number] = i;
        foreach (var x in xs)
        {
            var (from, to) = (x.Input, x.Parameter.Number);
            if (!from.IsTape)
                pointers[to] = pointers[from.Number] + i * x.Parameter.Bytes;
            else if (!x.Parameter.IsTape)
                pointers[to] = frame.Tapes[from.Number]!.Row(i);
            else
            {
                if (x.Parameter.Escapes)
                    frame.Tapes[to] = frame.Tapes[from.Number]!.NewView();
                frame.Tapes[from.Number]!.Child(i, frame.Tapes[to]!);
            }
        }
        foreach (var carry in carries)
            if (carry.Bound)
                pointers[carry.Result.Number] = Target(frame, carry);
        foreach (var y in ys)
            if (y.Bound)
                pointers[y.Result.Number] = Row(frame, y, i);
    }

    /// <summary>Takes the results of iteration <paramref name="i"/>.</summary>
    void Leave(Frame frame, long i)
    {
        foreach (var y in ys)
            if (y.Result.IsTape)
                frame.Tapes[y.Output.Number]!.SetChild(i, frame.Tapes[y.Result.Number]!);
            else if (!y.Bound)
                Copy(frame, y.Result, Row(frame, y, i));
        // Results may be parameters of one another: all are taken before any parameter moves.
        foreach (var carry in carries)
            if (carry.Output.IsTape)
                frame.Tapes[carry.Output.Number] = frame.Tapes[carry.Result.Number];
            else if (!carry.Bound)
                Copy(frame, carry.Result, Target(frame, carry));
        foreach (var carry in carries)
            if (carry.Output.IsTape)
                frame.Tapes[carry.Parameter.Number] = frame.Tapes[carry.Output.Number];
            else
                frame.Pointers[carry.Parameter.Number] = Target(frame, carry);
    }

    /// <summary>
    /// Where the next value of a carried array goes: to the place that does not hold the current one, unless it is changed in place.
    /// </summary>
    static byte* Target(Frame frame, Carry carry)
    {
        var current = frame.Pointers[carry.Parameter.Number];
        var home = frame.Home(carry.Parameter);
        var output = frame.Pointers[carry.Output.Number];
        return carry.InPlace || current != output ? output : home;
    }

    static byte* Row(Frame frame, Ys y, long i) =>
        y.Output.IsTape ? frame.Tapes[y.Output.Number]!.Write(i) : frame.Pointers[y.Output.Number] + i * y.Result.Bytes;

    static void Assign(Frame frame, Slot to, Slot from)
    {
        if (to.IsTape)
            frame.Tapes[to.Number] = frame.Tapes[from.Number];
        else
            frame.Pointers[to.Number] = frame.Pointers[from.Number];
    }

    static void Copy(Frame frame, Slot from, byte* to)
    {
        var source = frame.Pointers[from.Number];
        if (source != to)
            Buffer.MemoryCopy(source, to, from.Bytes, from.Bytes);
    }
}
