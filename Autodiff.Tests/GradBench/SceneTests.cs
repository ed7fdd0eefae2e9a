using BundleAdjustment = Autodiff.GradBench.BundleAdjustment;

namespace Autodiff.Tests.GradBench;

/// <summary>The eval ba.</summary>
public sealed class SceneTests
{
    const int Observations = 12;

    static readonly double[] Camera = [0.3, -0.2, 0.5, 0.1, 0.2, -3, 2, 0.4, -0.3, 0.05, -0.02];

    [Theory]
    [InlineData(1)]
    [InlineData(0)] // a camera that is not turned
    public void Bundle_adjustment(double turned)
    {
        const int Cameras = 2,
            Points = 5;
        double[] cam = [.. Camera[..3].Select(e => e * turned), .. Camera[3..]];
        var (x, feat) = (new[] { 0.3, -0.5, 0.7 }, new[] { 0.2, 0.9 });
        const double W = 0.6;
        var input = new
        {
            n = Cameras,
            m = Points,
            p = Observations,
            cam,
            x,
            w = W,
            feat,
        };
        var objective = new
        {
            reproj_error = new { elements = Error(cam, x, W, feat), repeated = Observations },
            w_err = new { element = 1 - W * W, repeated = Observations },
        };
        Tool.Gives(objective, "ba", "objective", input);

        // Two rows of 15 elements for each observation, then one for each weight; of each list the first 30 and the last are sent.
        var starts = Enumerable.Range(0, 2 * Observations + 1).Select(r => 15 * r);
        var block = Plain.Jacobian(v => Error(v[..11], v[11..14], v[14], feat), [.. cam, .. x, W]);
        int[] columns = [.. Enumerable.Range(0, 11), .. Enumerable.Range(11 * Cameras, 3), 11 * Cameras + 3 * Points];
        var expected = new
        {
            rows = starts.Concat(Enumerable.Range(1, Observations).Select(i => 30 * Observations + i)).Take(30).Append(31 * Observations),
            cols = columns.Concat(columns).Append(11 * Cameras + 3 * Points + Observations - 1),
            vals = block.SelectMany(row => row).Append(-2 * W),
        };
        Tool.Gives(expected, "ba", "jacobian", input, tolerance: 1e-8);
    }

    [Fact]
    public void Bundle_adjustment_of_a_scene_without_repetition()
    {
        int[] cameraOf = [0, 1, 1, 0],
            pointOf = [2, 0, 2, 1];
        var cameras = Plain.Random(1, 2, 11, -0.1, 0.1).Select(row => row.Zip(Camera, (e, c) => e + c).ToArray()).ToArray();
        var (points, features) = (Plain.Random(2, 3, 3), Plain.Random(3, 4, 2));
        var weights = Plain.Random(4, 4);
        var scene = new BundleAdjustment.Scene(
            Plain.Matrix(cameras),
            Plain.Matrix(points),
            weights,
            Plain.Matrix(features),
            cameraOf,
            pointOf
        );
        double[] Errors(double[] v)
        {
            var (c, p, w) = (v[..22].Chunk(11).ToArray(), v[22..31].Chunk(3).ToArray(), v[31..]);
            var errors = Enumerable.Range(0, 4).SelectMany(i => Error(c[cameraOf[i]], p[pointOf[i]], w[i], features[i]));
            return [.. errors, .. w.Select(e => 1 - e * e)];
        }
        double[] all = [.. cameras.SelectMany(r => r), .. points.SelectMany(r => r), .. weights];
        var expected = Plain.Jacobian(Errors, all);

        var sparse = Transform.Jit((BundleAdjustment.Scene s) => BundleAdjustment.Jacobian(s))(scene);
        var (rows, columns, values) = (sparse.Rows.ToArray<long>(), sparse.Cols.ToArray<long>(), sparse.Vals.ToArray<double>());
        Assert.Equal((13, 124, 124), (rows.Length, columns.Length, values.Length));
        var dense = expected.Select(row => new double[row.Length]).ToArray();
        for (var r = 0; r < dense.Length; r++)
        for (var e = rows[r]; e < rows[r + 1]; e++)
            dense[r][columns[e]] += values[e];
        Agreement.Holds(Plain.Matrix(expected), Plain.Matrix(dense), 1e-8);
    }

    static double[] Error(double[] camera, double[] point, double weight, double[] feature)
    {
        var seen = Plain.Multiply(Plain.Rotation(camera[..3]), [.. point.Select((e, i) => e - camera[3 + i])]);
        var (x, y) = (seen[0] / seen[2], seen[1] / seen[2]);
        var r = x * x + y * y;
        var distortion = 1 + camera[9] * r + camera[10] * r * r;
        return
        [
            weight * (camera[6] * distortion * x + camera[7] - feature[0]),
            weight * (camera[6] * distortion * y + camera[8] - feature[1]),
        ];
    }
}
