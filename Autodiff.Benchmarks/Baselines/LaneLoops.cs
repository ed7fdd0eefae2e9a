using System.Runtime.CompilerServices;

namespace Autodiff.Benchmarks;

/// <summary>Loops that end at another time for each element.</summary>
static unsafe class LaneLoops
{
    internal const int MostSteps = 100;

    /// <summary>How many steps z ← z² + c takes to leave the disk of radius 2, for a grid of c.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Mandelbrot(double* real, nint columns, double* imaginary, nint rows, long* counts)
    {
        for (nint r = 0; r < rows; r++)
        for (nint c = 0; c < columns; c++)
        {
            var (x, y, count) = (0.0, 0.0, 0L);
            while (x * x + y * y < 4 && count < MostSteps)
            {
                (x, y) = (x * x - y * y + real[c], 2 * x * y + imaginary[r]);
                count++;
            }
            counts[r * columns + c] = count;
        }
    }

    /// <summary>
    /// The derivative of a skier's speed at the end of a slope with respect to friction: the speeds are kept, and the steps walked backwards.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void SpeedGradient(double* friction, double* gradient, nint n)
    {
        var speeds = new double[64];
        for (nint lane = 0; lane < n; lane++)
        {
            var (position, speed, f, steps) = (0.0, 1.0, friction[lane], 0);
            while (position < 100)
            {
                if (steps == speeds.Length)
                    Array.Resize(ref speeds, 2 * steps);
                speeds[steps++] = speed;
                (position, speed) = (position + 0.1 * speed, speed + 0.1 * (3 - f * speed));
            }
            var (ofSpeed, ofFriction) = (1.0, 0.0);
            while (steps-- > 0)
            {
                var rate = 0.1 * ofSpeed;
                ofFriction -= rate * speeds[steps];
                ofSpeed -= rate * f;
            }
            gradient[lane] = ofFriction;
        }
    }
}
