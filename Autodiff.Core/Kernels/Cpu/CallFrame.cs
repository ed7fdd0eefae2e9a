using System.Runtime.InteropServices;

namespace Autodiff;

/// <summary>What one running call of an executable needs: scratch memory and tapes. Frames are pooled by their executable.</summary>
sealed unsafe class CallFrame
{
    internal readonly byte* Arena;

    /// <summary>The addresses of inputs, then of results.</summary>
    internal readonly byte** Table;
    internal readonly Tape[] Tapes;
    internal readonly Routine[] Routines;
    internal readonly ParallelRegion[] Regions;

    readonly long bytes;

    // What the call reads: nobody gives it back meanwhile.
    readonly ArrayBuffer[] retained;
    int retainedCount;

    internal long Bytes => bytes;

    internal CallFrame(long arenaBytes, int pointers, int tapes, Routine[] routines, ParallelRegion[] regions)
    {
        bytes = arenaBytes + (pointers + 1) * sizeof(byte*);
        Arena = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, 64);
        Table = (byte**)(Arena + arenaBytes);
        Tapes = new Tape[tapes];
        retained = new ArrayBuffer[pointers];
        Routines = routines;
        Regions = regions;
        GC.AddMemoryPressure(bytes);
    }

    ~CallFrame()
    {
        NativeMemory.AlignedFree(Arena);
        GC.RemoveMemoryPressure(bytes);
    }

    /// <summary>The address of an array in native memory, which stays there until <see cref="Release"/>.</summary>
    internal byte* Retain(ConcreteArray array)
    {
        var buffer = array.Retain();
        retained[retainedCount++] = buffer;
        return ((NativeBuffer)buffer).Pointer;
    }

    internal void Release()
    {
        for (var i = 0; i < retainedCount; i++)
        {
            retained[i].Release();
            retained[i] = null!;
        }
        retainedCount = 0;
    }

    // Called by compiled code.

    internal byte* FirstRow(int tape) => Tapes[tape].First;

    internal byte* ZeroRow(int tape) => Tapes[tape].Zeros;

    internal byte* ReserveRows(int tape, long count) => Tapes[tape].Reserve(count);

    internal long RoomForRows(int tape) => Tapes[tape].Room;

    internal void FinishRows(int tape, long count) => Tapes[tape].Finish(count);

    internal long CountRows(int tape) => Tapes[tape].Count;

    internal void Share(int from, int to) => Tapes[to] = Tapes[from];

    /// <summary>An empty tape in a slot, which reuses the one that is there.</summary>
    internal void Clear(int tape, int depth, long rowBytes)
    {
        if (Tapes[tape] is { } old)
            old.Clear();
        else
            Tapes[tape] = new Tape(depth, rowBytes);
    }

    /// <summary>An empty tape in a slot, whose former one may still be in use.</summary>
    internal void Renew(int tape, int depth, long rowBytes) => Tapes[tape] = new Tape(depth, rowBytes);

    internal void OpenView(int tape, int view) => Tapes[view] = Tapes[tape].NewView();

    internal void PointView(int tape, long row, int view) => Tapes[tape].Child(row, Tapes[view]);

    internal void WriteChild(int tape, long row, int child) => Tapes[tape].SetChild(row, Tapes[child]);

    internal void RunRegion(int region, byte** table, byte* arena) => Regions[region].Run(this, table, arena);

    internal void RunRoutine(int routine, byte** pointers, int operands) => Routines[routine].Run(pointers, pointers + operands);
}
