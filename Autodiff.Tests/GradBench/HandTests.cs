using System.Text.Json;
using Autodiff.GradBench;

namespace Autodiff.Tests.GradBench;

/// <summary>The eval ht, simple and complicated.</summary>
public sealed class HandTests
{
    const int Bones = 22;
    const int Vertices = 6;

    static readonly int[] Parents = [-1, 0, 1, 2, 3, 0, 5, 6, 7, 0, 9, 10, 11, 0, 13, 14, 15, 0, 17, 18, 19, 0];
    static readonly double[][] Weights = Plain.Random(1, Vertices, Bones, 0, 0.2);
    static readonly double[][] Positions = [.. Plain.Random(2, Vertices, 3).Select(p => (double[])[.. p, 1])];
    static readonly double[][][] Relatives = Affine(3);
    static readonly double[][][] InverseAbsolutes = Affine(4);
    static readonly int[][] Triangles =
    [
        [0, 1, 2],
        [3, 5, 4],
        [2, 4, 0],
    ];
    static readonly int[] Correspondences = [1, 0, 2, 1];
    static readonly double[][] Points = Plain.Random(5, 4, 3);
    static readonly double[] Theta = Plain.Random(6, 26, -0.7, 0.7);
    static readonly double[][] Us = Plain.Random(7, 4, 2, 0, 0.5);

    internal static HandTracking.Problem Problem(bool complicated)
    {
        var input = JsonSerializer.SerializeToElement(Input(Theta, complicated, mirrored: true));
        return HandTracking.Problem.Of(input.Deserialize<HandTracking.Input>(Json.Options)!);
    }

    static object Input(double[] theta, bool complicated, bool mirrored) =>
        new
        {
            theta,
            data = new
            {
                model = new
                {
                    bone_count = Bones,
                    parents = Parents,
                    base_relatives = Relatives,
                    inverse_base_absolutes = InverseAbsolutes,
                    base_positions = Positions,
                    weights = Weights,
                    triangles = complicated ? Triangles : [],
                    is_mirrored = mirrored,
                },
                correspondences = Correspondences,
                points = Points,
            },
            us = complicated ? Us : [],
        };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Simple(bool mirrored)
    {
        var input = Input(Theta, complicated: false, mirrored);
        double[] Of(double[] theta) => Residuals(Skin(theta, mirrored), (v, i) => v[Correspondences[i]]);
        Tool.Gives(Of(Theta), "ht", "objective", input);
        Tool.Gives(Plain.Jacobian(Of, Theta), "ht", "jacobian", input, tolerance: 1e-8);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Complicated(bool mirrored)
    {
        var input = Input(Theta, complicated: true, mirrored);
        double[] Of(double[][] us, double[] theta) => Residuals(Skin(theta, mirrored), (v, i) => OnTriangle(v, i, us[i]));
        Tool.Gives(Of(Us, Theta), "ht", "objective", input);

        // Of the derivatives by the coordinates only those of the point itself are told.
        var byPose = Plain.Jacobian(theta => Of(Us, theta), Theta);
        var byCoordinates = Plain.Jacobian(us => Of([.. us.Chunk(2)], Theta), [.. Us.SelectMany(u => u)]);
        var expected = byPose.Select((row, r) => (double[])[.. byCoordinates[r][(r / 3 * 2)..(r / 3 * 2 + 2)], .. row]);
        Tool.Gives(expected, "ht", "jacobian", input, tolerance: 1e-8);
    }

    [Fact]
    public void A_hand_at_rest()
    {
        var rest = new double[26];
        var expected = Residuals(Skin(rest, mirrored: false), (v, i) => v[Correspondences[i]]);
        Tool.Gives(expected, "ht", "objective", Input(rest, complicated: false, mirrored: false));
    }

    static double[] Residuals(double[][] vertices, Func<double[][], int, double[]> at) =>
        [.. Points.SelectMany((point, i) => point.Zip(at(vertices, i), (a, b) => a - b))];

    static double[] OnTriangle(double[][] v, int i, double[] u)
    {
        var corners = Triangles[Correspondences[i]];
        return [.. v[0].Select((_, e) => u[0] * v[corners[0]][e] + u[1] * v[corners[1]][e] + (1 - u[0] - u[1]) * v[corners[2]][e])];
    }

    static double[][] Skin(double[] theta, bool mirrored)
    {
        var angles = new double[Bones, 3];
        for (int finger = 0, next = 6, bone = 2; finger < 5; finger++, bone++)
        for (var joint = 0; joint < 3; joint++, bone++)
        {
            angles[bone, 0] = theta[next++];
            if (joint == 0)
                angles[bone, 1] = theta[next++];
        }
        var absolutes = new double[Bones][][];
        for (var bone = 0; bone < Bones; bone++)
        {
            var own = Plain.Multiply(Relatives[bone], Euler(angles[bone, 0], angles[bone, 1], angles[bone, 2]));
            absolutes[bone] = Parents[bone] < 0 ? own : Plain.Multiply(absolutes[Parents[bone]], own);
        }
        var rotation = Plain.Rotation(theta[..3]);
        return [.. Positions.Select((_, vertex) => Moved(vertex))];

        double[] Moved(int vertex)
        {
            var sum = new double[3];
            for (var bone = 0; bone < Bones; bone++)
            {
                var carried = Plain.Multiply(absolutes[bone], Plain.Multiply(InverseAbsolutes[bone], Positions[vertex]));
                for (var e = 0; e < 3; e++)
                    sum[e] += Weights[vertex][bone] * carried[e];
            }
            sum[0] *= mirrored ? -1 : 1;
            return [.. Plain.Multiply(rotation, sum).Select((e, i) => e + theta[3 + i])];
        }
    }

    /// <summary>About x, then y, then z: the angles come as x, z, y.</summary>
    static double[][] Euler(double x, double z, double y)
    {
        static double[][] Of(double[] axis) => [.. Plain.Rotation(axis).Select(row => (double[])[.. row, 0]), [0, 0, 0, 1]];
        return Plain.Multiply(Plain.Multiply(Of([0, 0, z]), Of([0, y, 0])), Of([x, 0, 0]));
    }

    static double[][][] Affine(int seed) =>
        [.. Plain.Random(seed, Bones, 12, -0.6, 0.6).Select(b => (double[][])[.. b.Chunk(4), [0, 0, 0, 1]])];
}
