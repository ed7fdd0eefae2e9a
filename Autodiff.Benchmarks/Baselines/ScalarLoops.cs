using System.Runtime.CompilerServices;

namespace Autodiff.Benchmarks;

/// <summary>Loops whose state is a few numbers.</summary>
static class ScalarLoops
{
    /// <summary>c ← 0.9 sin c + εi.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static double SineCarry(double c, double epsilon, int steps)
    {
        for (var i = 0; i < steps; i++)
            c = 0.9 * Math.Sin(c) + epsilon * i;
        return c;
    }

    /// <summary>x ← r x (1 − x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static double Logistic(double x, double r, int steps)
    {
        for (var i = 0; i < steps; i++)
            x = r * x * (1 - x);
        return x;
    }

    /// <summary>A body around a centre of gravity: its speed from the force, then its position from the speed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static (double X, double Y, double Z, double U, double V, double W) Orbit(
        (double X, double Y, double Z, double U, double V, double W) body,
        double dt,
        int steps
    )
    {
        var (x, y, z, u, v, w) = body;
        for (var i = 0; i < steps; i++)
        {
            var square = x * x + y * y + z * z;
            var pull = -dt / (square * Math.Sqrt(square));
            (u, v, w) = (u + pull * x, v + pull * y, w + pull * z);
            (x, y, z) = (x + dt * u, y + dt * v, z + dt * w);
        }
        return (x, y, z, u, v, w);
    }
}
