using FsCheck;
using FsCheck.Fluent;
using static Autodiff.Ops;
using static Autodiff.Transform;
using Function = System.Func<Autodiff.NDArray, Autodiff.NDArray>;

namespace Autodiff.Tests;

/// <summary>Random programs: all transforms, stacks of them and devices must agree.</summary>
public class FuzzTests(ITestOutputHelper output)
{
    const int Programs = 300;
    const double Rounding = 1e-7;

    static readonly double[] Points = [0.7, -1.3, 2.9];

    // Every run tries other programs; AUTODIFF_FUZZ_SEED repeats one.
    static readonly ulong Seed = ulong.TryParse(Environment.GetEnvironmentVariable("AUTODIFF_FUZZ_SEED"), out var given)
        ? given
        : (ulong)Random.Shared.NextInt64();

    [Fact]
    public void Random_programs_agree_under_all_transforms()
    {
        var (compared, ill) = (0, 0);
        var property = Prop.ForAll(
            RandomProgram.Arbitrary,
            program =>
            {
                if (Disagreement(program) is not { } failure)
                    compared++;
                else if (failure.Length == 0)
                    ill++;
                else
                    throw new FuzzException($"{failure} in {program}");
            }
        );
        output.WriteLine($"seed {Seed}");
        var config = Config
            .QuickThrowOnFailure.WithMaxTest(Programs)
            .WithReplay(Seed, 1UL)
            .WithStartSize(20)
            .WithEndSize(20)
            .WithQuietOnSuccess(true);
        Check.One(config, property);
        output.WriteLine($"{compared} programs compared, {ill} too steep to compare");
        Assert.True(compared > Programs / 2);
    }

    /// <summary>What disagrees, or null; empty if the numbers are too large to say.</summary>
    static string? Disagreement(Expression program)
    {
        Function plain = x => program.Evaluate(Flow.Plain, [x]) * 1.0,
            f = x => program.Evaluate(Flow.Primitives, [x]) * 1.0;
        double[] At(Function h) => [.. Points.Select(p => (double)h(p))];
        var (value, first, second) = (At(plain), At(Grad(plain)), At(Grad(Grad(plain))));
        if (value.Concat(first).Concat(second).Any(v => !double.IsFinite(v) || Math.Abs(v) > 1e5))
            return "";

        var points = (NDArray)Points;
        string? Differs(string name, double[] expected, Function h, double tolerance = Rounding)
        {
            var actual = Agreement.Numbers(h(points));
            return Agreement.AreClose(expected, actual, tolerance)
                ? null
                : $"{name} gives [{string.Join(" ", actual)}] instead of [{string.Join(" ", expected)}]";
        }
        return Differs("Vmap", value, Vmap(f))
            ?? Differs("Jit Vmap", value, Jit(Vmap(f)))
            ?? Differs("Vmap Grad", first, Vmap(Grad(f)))
            ?? Differs("Grad Sum Vmap", first, TransformChain.GradOfSum(f))
            ?? Differs("Vmap Jvp", first, Vmap(TransformChain.Slope(f)))
            ?? Differs("Vmap Grad Grad", second, Vmap(Grad(Grad(f))))
            ?? Differs("Grad Sum Grad Sum Vmap", second, Grad(x => Sum(TransformChain.GradOfSum(f)(x))))
            ?? Differs("Jvp Grad Sum Vmap", second, TransformChain.Slope(TransformChain.GradOfSum(f)))
            ?? Differs("Vmap Grad Jvp", second, Vmap(Grad(TransformChain.Slope(f))))
            ?? Differs("Jit Grad Sum Jit Vmap Grad Jit", second, Jit(TransformChain.GradOfSum(Jit(Grad(Jit(f))))))
            ?? OtherDevice(Vmap(Grad(f)), points, first)
            ?? Numerically(plain, first);
    }

    static string? OtherDevice(Function f, NDArray points, double[] expected)
    {
        foreach (var device in Devices.OfWidths.Prepend(InterpreterDevice.Instance))
        {
            using var scope = device.Use();
            var actual = Agreement.Numbers(Jit(f)(points));
            if (!Agreement.AreClose(expected, actual, Rounding))
                return $"the device {device.Name} gives [{string.Join(" ", actual)}] instead of [{string.Join(" ", expected)}]";
        }
        return null;
    }

    // Trip counts and branches jump; central differences mean something only where they, taken at two steps, agree with each other.
    static string? Numerically(Function f, double[] first)
    {
        for (var i = 0; i < Points.Length; i++)
        {
            double Difference(double step) => ((double)f(Points[i] + step) - (double)f(Points[i] - step)) / (2 * step);
            var (coarse, fine) = (Difference(1e-4), Difference(1e-5));
            if (Math.Abs(coarse - fine) < 1e-4 * (1 + Math.Abs(fine)) && Math.Abs(fine - first[i]) > 1e-3 * (1 + Math.Abs(fine)))
                return $"Grad gives {first[i]} and central differences {fine} at {Points[i]}";
        }
        return null;
    }
}

/// <summary>A disagreement. FsCheck shrinks the program and prints what is left of it.</summary>
public sealed class FuzzException(string message) : Exception(message);
