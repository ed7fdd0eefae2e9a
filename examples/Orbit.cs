using Spectre.Console;

namespace Autodiff.Examples;

/// <summary>
/// How fast must a satellite leave a low orbit to just reach the geostationary one? Its path is integrated until it stops climbing,
/// an event whose time depends on the speed, and Newton's method uses the derivative through that loop.
/// </summary>
static partial class Orbit
{
    const double Gravity = 398_600.4418; // of the Earth, km³/s²
    const double Start = 6_678; // radius of the low orbit, km
    const double Target = 42_164; // radius of the geostationary orbit, km
    const double Step = 5; // s

    [PyTree]
    internal sealed partial record State(NDArray Position, NDArray Velocity);

    public static void Run()
    {
        var highest = Jit(Highest);
        var newton = Jit(ValueAndGrad(Highest));

        var table = new Table().AddColumns("speed, km/s", "highest point, km", "derivative, km per km/s", "by differences");
        NDArray speed = 10.0;
        for (var i = 0; i < 6; i++)
        {
            var (height, slope) = newton(speed);
            var difference = (highest(speed + 1e-6) - highest(speed - 1e-6)) / 2e-6;
            table.AddRow($"{(double)speed:F6}", $"{(double)height:F2}", $"{(double)slope:F3}", $"{(double)difference:F3}");
            speed -= (height - Target) / slope;
        }
        AnsiConsole.Write(table);

        // Conservation of energy and angular momentum gives the answer in closed form.
        var exact = Math.Sqrt(2 * Gravity * Target / (Start * (Start + Target)));
        Console.WriteLine($"Newton's method: {(double)speed:F5} km/s; in closed form: {exact:F5} km/s.");
    }

    /// <summary>The distance from the Earth's centre at which a satellite that starts sideways with this speed turns back.</summary>
    static NDArray Highest(NDArray speed)
    {
        var start = new State(Stack([Start, ZerosLike(speed)]), Stack([ZerosLike(speed), speed]));
        var end = WhileLoop(s => Dot(s.Position, s.Velocity) >= 0, Leapfrog, start);

        // The loop overshoots by part of a step: go back to where the distance no longer grew.
        var acceleration = Attraction(end.Position);
        var late = Dot(end.Position, end.Velocity) / (Dot(end.Velocity, end.Velocity) + Dot(end.Position, acceleration));
        var turn = end.Position - late * end.Velocity + late * late / 2 * acceleration;
        return Sqrt(Dot(turn, turn));
    }

    static State Leapfrog(State s)
    {
        var halfway = s.Velocity + Step / 2 * Attraction(s.Position);
        var position = s.Position + Step * halfway;
        return new(position, halfway + Step / 2 * Attraction(position));
    }

    static NDArray Attraction(NDArray position) => -Gravity * position / Power(Dot(position, position), 1.5);
}
