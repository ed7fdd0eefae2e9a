namespace Autodiff;

/// <summary>A place for one value of a program in its <see cref="Frame"/>.</summary>
sealed class Slot(int number, Aval type)
{
    internal int Number => number;
    internal Aval Type => type;
    internal long Bytes { get; } = type.ByteSize;
    internal bool IsTape => type.Tape > 0;

    /// <summary>Whether the array has a place in the frame's memory, rather than a pointer only.</summary>
    internal bool IsOwned { get; init; }

    /// <summary>Where that place is, or −1.</summary>
    internal long Offset { get; set; } = -1;

    /// <summary>The block whose steps write the array to where the slot points, wherever that is; null for all others.</summary>
    internal Block? Writer { get; init; }

    /// <summary>Whether the slot points to the memory of a result of the program.</summary>
    internal bool IsResult { get; set; }

    /// <summary>Whether something other than a loop's rows may hold on to the tape.</summary>
    internal bool Escapes { get; init; }

    /// <summary>An empty tape in this slot: the last one again, if nothing holds on to it.</summary>
    internal void EmptyTape(Frame frame)
    {
        ref var tape = ref frame.Tapes[number];
        if (tape is null || Escapes)
            tape = new Tape(type.Tape, Bytes);
        else
            tape.Clear();
    }
}
