namespace Autodiff;

/// <summary>
/// Where arrays live and programs run. A device allocates, copies, and compiles the lowered form; it knows scalar operations, loop nests, loops
/// and routines, and nothing of primitives or transforms.
/// </summary>
public abstract class Device
{
    static Device shared = CpuDevice.Instance;

    [ThreadStatic]
    static Device? own;

    /// <summary>The device on which programs run. Setting it affects every thread that is not in a scope of <see cref="Use"/>.</summary>
    public static Device Current
    {
        get => own ?? shared;
        set => shared = value ?? throw new ArgumentNullException(nameof(value));
    }

    /// <summary>Makes this the current device of this thread until the scope is disposed of.</summary>
    public Scope Use()
    {
        var scope = new Scope(own);
        own = this;
        return scope;
    }

    /// <summary>The scope of <see cref="Use"/>.</summary>
    public readonly ref struct Scope
    {
        readonly Device? previous;

        internal Scope(Device? previous) => this.previous = previous;

        public void Dispose() => own = previous;
    }

    public abstract string Name { get; }

    /// <summary>Memory for an array of <paramref name="bytes"/> bytes, with any content.</summary>
    public virtual ArrayBuffer Allocate(long bytes) => ArrayBuffer.Allocate(bytes);

    /// <summary>Makes a program ready to run as often as it will: optimises and translates it.</summary>
    public Executable Compile(Program program) => Translate(Optimize(program));

    /// <summary>The program as this device runs it.</summary>
    public virtual Program Optimize(Program program) => program;

    /// <summary>Makes a program ready as it stands.</summary>
    public abstract Executable Translate(Program program);

    /// <summary>An executable for a program that may run only once or twice, where compiling must not cost more than it saves.</summary>
    public virtual Executable Prepare(Program program) => Compile(program);
}

/// <summary>A program made ready for a device. It may be called from many threads at once.</summary>
public abstract class Executable
{
    /// <summary>The memory that a running call takes besides its inputs, results and tapes, in bytes; it is kept for later calls.</summary>
    public abstract long ScratchBytes { get; }

    /// <summary>The bytes of results that lie in the memory of inputs that were given to the program for good.</summary>
    internal virtual long DonatedBytes => 0;

    /// <summary>Runs the program: one concrete array or tape for each parameter gives one for each result.</summary>
    public abstract NDArray[] Run(NDArray[] inputs);

    /// <summary>Runs the program for a caller that has room for the results, which is empty before.</summary>
    internal virtual void Run(NDArray[] inputs, NDArray[] outputs) => Run(inputs).CopyTo(outputs, 0);
}
