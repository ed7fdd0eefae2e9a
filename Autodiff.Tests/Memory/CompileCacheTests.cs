using System.Runtime.CompilerServices;
using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>What is kept of compiled code, for how long, and what is said when it is not.</summary>
[Collection(typeof(ProcessSettings))]
public sealed class CompileCacheTests : IDisposable
{
    readonly int signatures = CompileCache.SignaturesPerFunction;
    readonly int operations = CompileCache.EagerOperations;
    readonly TextWriter before = CompileCache.Warnings;
    readonly StringWriter written = new();

    public CompileCacheTests() => CompileCache.Warnings = written;

    public void Dispose()
    {
        (CompileCache.SignaturesPerFunction, CompileCache.EagerOperations) = (signatures, operations);
        CompileCache.Warnings = before;
    }

    string[] Warnings => written.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    static void Contains(string warning, params string[] parts)
    {
        foreach (var part in parts)
            Assert.Contains(part, warning, StringComparison.Ordinal);
    }

    [Fact]
    public void The_oldest_signature_is_forgotten_and_one_warning_says_so()
    {
        CompileCache.SignaturesPerFunction = 3;
        static NDArray Twice(NDArray v) => v * 2;
        var f = Jit(Twice);
        for (var n = 1; n <= 5; n++)
            f(Ones(n));
        Assert.Equal(new JitStatistics(Traces: 5, Signatures: 3, Evictions: 2), StatisticsOf(f));
        Contains(Assert.Single(Warnings), "warning: ", "Twice", "more than 3 signatures", "Argument v", "f64[4], f64[3], f64[2]", "Raise");
        f(Ones(5));
        f(Ones(3));
        Assert.Equal(5, StatisticsOf(f).Traces);
        Agreement.Holds([2], f(Ones(1)));
        Assert.Equal(new JitStatistics(6, 3, 3), StatisticsOf(f));
        Assert.Single(Warnings);
        // Another function warns for itself.
        var g = Jit(Twice);
        for (var n = 1; n <= 4; n++)
            g(Ones(n));
        Assert.Equal(2, Warnings.Length);
    }

    [Fact]
    public void An_argument_whose_shape_keeps_changing_is_named_once()
    {
        var f = Jit((Incline l, NDArray x) => (l.Slope * x).Sum() + l.Offset);
        for (var n = 1; n < SignatureWarnings.ManyTypes; n++)
            f(new(Ones(n, 1), 1.0), Ones(2));
        Assert.Empty(Warnings);
        for (var n = SignatureWarnings.ManyTypes; n < 40; n++)
            f(new(Ones(n, 1), 1.0), Ones(2));
        Contains(
            Assert.Single(Warnings),
            "Argument l.Slope keeps changing, 16 types so far, the latest f64[16,1], f64[15,1]",
            "…",
            "pad it"
        );
    }

    [Fact]
    public void A_structure_that_keeps_changing_is_named()
    {
        var f = Jit((List<NDArray> xs) => xs.Aggregate(Add));
        for (var n = 1; n <= SignatureWarnings.ManyTypes; n++)
            f([.. Enumerable.Repeat(Ones(2), n)]);
        Contains(Assert.Single(Warnings), "structure", "16 structures");
    }

    [Fact]
    public void Few_signatures_are_no_reason_to_warn()
    {
        var f = Jit((x, y) => x * y);
        for (var n = 1; n < 9; n++)
        for (var i = 0; i < 100; i++)
            f(Ones(n), i);
        Assert.Empty(Warnings);
    }

    [Fact]
    public void Eager_operations_are_bounded()
    {
        CompileCache.EagerOperations = 20;
        for (var n = 1; n <= 200; n++)
            Agreement.Holds(Full([n], 3.0), Ones(n) + 2);
        Assert.InRange(ExecutableCache.Count, 1, CompileCache.EagerOperations);
        Contains(Assert.Single(Warnings), "more than 20 kinds", "one Jit", "EagerOperations");
    }

    [Fact]
    public void A_Jit_that_is_made_for_each_call_is_named_once()
    {
        static NDArray Twice(NDArray v) => v * 2;
        for (var i = 1; i < RepeatedCompilations.Many; i++)
            Jit(Twice)(Ones(3));
        Assert.Empty(Warnings);
        for (var i = 0; i < 20; i++)
            Jit(Twice)(Ones(3));
        Contains(
            Assert.Single(Warnings),
            "the jitted function Twice, of CompileCacheTests, was compiled 16 times for the same types (f64[3])",
            "before the loop"
        );
        // Through transforms, and with other values captured.
        for (var i = 0; i < 20; i++)
            Jit(Vmap(Grad((NDArray x) => x * x * i)))(Ones(5));
        Contains(Warnings[^1], "a lambda in A_Jit_that_is_made_for_each_call_is_named_once", "f64[5]");
        Assert.Equal(2, Warnings.Length);
    }

    [Fact]
    public void Different_functions_and_different_signatures_are_no_reason_to_warn()
    {
        Func<NDArray, NDArray>[] functions =
        [
            Sin,
            Cos,
            Tan,
            Exp,
            Expm1,
            Exp2,
            Sqrt,
            Cbrt,
            Square,
            Log,
            Log2,
            Log10,
            Log1p,
            Sinh,
            Cosh,
            Tanh,
            Erf,
        ];
        foreach (var f in functions)
            Jit(Grad(f))(0.5);
        for (var n = 1; n < 20; n++)
            Jit(x => x * 2)(Ones(n));
        var hoisted = Jit(x => x * 3);
        for (var i = 0; i < 100; i++)
            hoisted(Ones(2));
        Assert.Empty(Warnings);
    }

    [Fact]
    public void A_program_that_a_loop_wrote_is_told_of_loops_once()
    {
        static NDArray Unrolled(NDArray x)
        {
            for (var i = 0; i <= LongPrograms.ManyOperations; i++)
                x = -x;
            return x;
        }
        var f = Jit(Unrolled);
        f.Lower(Ones(2));
        f.Lower(Ones(3));
        Jit(x => ForiLoop(0, 20_000, (_, y) => -y, x)).Lower(Ones(2));
        Contains(Assert.Single(Warnings), "the jitted function Unrolled has 10,001 operations", "ForiLoop, Scan or Map");
    }

    [Fact]
    public void Settings_are_checked()
    {
        Message.Says<InvalidArgumentException>(() => CompileCache.SignaturesPerFunction = 0, "SignaturesPerFunction", "at least 1", "0");
        Message.Says<InvalidArgumentException>(() => CompileCache.EagerOperations = -1, "EagerOperations", "at least 1", "-1");
        Assert.Throws<ArgumentNullException>(() => CompileCache.Warnings = null!);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_dropped_function_is_collected_with_what_it_captured_and_its_code(bool differentiated)
    {
        var device = new RecordingDevice();
        var dropped = new List<WeakReference>();
        for (var i = 0; i < 10; i++)
            Use(device, dropped, i, differentiated);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        // Locals of a method that has returned may linger in a register or two.
        Assert.InRange(dropped.Count(d => d.IsAlive), 0, 2);
        Assert.Equal(10, device.Executables.Count);
        Assert.InRange(device.Executables.Count(e => e.IsAlive), 0, 1);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Use(RecordingDevice device, List<WeakReference> dropped, int i, bool differentiated)
    {
        using var scope = device.Use();
        NDArray weights = Full([1000], i);
        var f = Jit(x => Sum(x * weights));
        f(Ones(1000));
        if (differentiated)
            using (CpuDevice.Instance.Use())
                Grad(f)(Ones(1000));
        dropped.Add(new(f));
        dropped.Add(new(weights));
    }

    /// <summary>The CPU, and what it compiled as a whole.</summary>
    sealed class RecordingDevice : Device
    {
        internal List<WeakReference> Executables { get; } = [];

        public override string Name => "recording";

        public override Program Optimize(Program program) => CpuDevice.Instance.Optimize(program);

        public override Executable Translate(Program program)
        {
            var executable = CpuDevice.Instance.Translate(program);
            Executables.Add(new(executable));
            return executable;
        }

        // Eager operations are kept by what they do.
        public override Executable Prepare(Program program) => CpuDevice.Instance.Prepare(program);
    }
}
