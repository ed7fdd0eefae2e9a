using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Autodiff.Tests.Accuracy;

namespace Autodiff.Tests.Widths;

/// <summary>The laws on lesser machines: processes in which the runtime hides instructions, or emits no code.</summary>
public sealed class HardwareTests(ITestOutputHelper output)
{
    const string Wanted = "AUTODIFF_HARDWARE";
    const string Digest = "AUTODIFF_DIGEST";

    /// <summary>Without AVX-512; without AVX2 and fused multiply-add; without any vector.</summary>
    [Theory]
    [InlineData(256, true, "EnableAVX512", "EnableAVX512F")]
    [InlineData(128, false, "EnableAVX2", "EnableAVX", "EnableFMA")]
    [InlineData(0, false, "EnableHWIntrinsic")]
    public void Laws_hold_without(int width, bool fuses, params string[] hidden)
    {
        if (Hardware.Here is not { Width: 512, Fuses: true, EmitsCode: true })
            Assert.Skip($"Nothing can be hidden here: {Hardware.Here}.");
        Run(new Hardware(width, fuses, EmitsCode: true), [], hidden);
    }

    [Fact]
    public void Laws_hold_without_dynamic_code()
    {
        var own = Path.ChangeExtension(typeof(HardwareTests).Assembly.Location, "runtimeconfig.json");
        var config = JsonNode.Parse(File.ReadAllText(own))!;
        config["runtimeOptions"]!["configProperties"]!["System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported"] = false;
        var path = Path.Combine(Path.GetTempPath(), $"autodiff-{Guid.NewGuid():N}.runtimeconfig.json");
        File.WriteAllText(path, config.ToJsonString());
        try
        {
            Run(Hardware.Here with { EmitsCode = false }, ["--runtimeconfig", path], []);
        }
        finally
        {
            File.Delete(path);
        }
    }

    void Run(Hardware wanted, string[] host, string[] hidden)
    {
        var tests = typeof(HardwareTests).Assembly.Location;
        var start = new ProcessStartInfo(
            "dotnet",
            ["exec", .. host, tests, "-explicit", "only", "-class", typeof(OnOtherHardware).FullName!]
        )
        {
            RedirectStandardOutput = true,
        };
        foreach (var name in hidden)
            start.Environment[$"DOTNET_{name}"] = "0";
        start.Environment[Wanted] = wanted.ToString();
        start.Environment[Digest] = OnOtherHardware.DigestOfFunctions();
        using var child = Process.Start(start)!;
        var text = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        output.WriteLine(text);
        Assert.True(child.ExitCode == 0, text);
    }

    /// <summary>What the compiler sees of a machine.</summary>
    internal sealed record Hardware(int Width, bool Fuses, bool EmitsCode)
    {
        internal static Hardware Here => new(KernelCompiler.WidestVector, KernelCompiler.Fuses, RuntimeFeature.IsDynamicCodeSupported);
    }

    /// <summary>What the child processes run.</summary>
    public sealed class OnOtherHardware
    {
        [Fact(Explicit = true)]
        public void Hardware_is_as_wanted() => Assert.Equal(Environment.GetEnvironmentVariable(Wanted), Hardware.Here.ToString());

        // A sample: every row is run at every width in the tests of widths.
        [Fact(Explicit = true)]
        public void Operations_keep_their_laws()
        {
            var laws = new OpLaws();
            for (var i = 0; i < OpTable.Rows.Length; i += 3)
                laws.Jit(OpTable.Rows[i].Name, CpuDevice.Instance.Name);
        }

        /// <summary>With the same instructions functions have the same bits; without, those of the interpreter.</summary>
        [Fact(Explicit = true)]
        public void Functions_have_the_same_bits()
        {
            if (Hardware.Here is { Fuses: true, EmitsCode: true })
            {
                Assert.Equal(Environment.GetEnvironmentVariable(Digest), DigestOfFunctions());
                return;
            }
            var compiled = DigestOfFunctions();
            using var scope = InterpreterDevice.Instance.Use();
            Assert.Equal(DigestOfFunctions(), compiled);
        }

        internal static string DigestOfFunctions()
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var function in ElementaryFunction.All)
            foreach (var type in new[] { DType.Float64, DType.Float32 })
            {
                var bits = FunctionAccuracy.Bits(Transform.Jit(function.Compute)(FunctionAccuracy.Arrays(Points.Of(function, type), type)));
                hash.AppendData(System.Runtime.InteropServices.MemoryMarshal.AsBytes<long>(bits));
            }
            return Convert.ToHexString(hash.GetHashAndReset());
        }
    }
}
