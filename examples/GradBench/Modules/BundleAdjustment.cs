namespace Autodiff.GradBench;

/// <summary>
/// The errors of p observations, each of one of m points by one of n cameras, and their Jacobian: sparse, for an observation depends on its
/// camera, its point and its weight only.
/// </summary>
static partial class BundleAdjustment
{
    const int CameraSize = 11;

    public static Module Module { get; } =
        new()
        {
            ["objective"] = Function.Of(
                (Input i) => Scene.Of(i),
                (Scene scene) => (Reprojection: Vmap(ReprojectionError)(scene.Observed()), Weight: WeightError(scene.Weights)),
                errors => new
                {
                    ReprojError = new { Elements = errors.Reprojection[0], Repeated = errors.Reprojection.Length },
                    WErr = new { Element = errors.Weight[0], Repeated = errors.Weight.Length },
                }
            ),
            ["jacobian"] = Function.Of(
                (Input i) => Scene.Of(i),
                (Scene scene) => Jacobian(scene),
                matrix => Tree.Map(FirstBlockAndLast, matrix)
            ),
        };

    internal sealed record Input(int N, int M, int P, NDArray Cam, NDArray X, double W, NDArray Feat);

    [PyTree]
    internal sealed partial record Scene(
        NDArray Cameras,
        NDArray Points,
        NDArray Weights,
        NDArray Features,
        NDArray CameraOf,
        NDArray PointOf
    )
    {
        /// <summary>The input repeats one camera, point, weight and feature; nothing below makes use of that.</summary>
        public static Scene Of(Input i) =>
            new(Tile(i.Cam, i.N, 1), Tile(i.X, i.M, 1), Full([i.P], i.W), Tile(i.Feat, i.P, 1), Arange(i.P) % i.N, Arange(i.P) % i.M);

        public Observation Observed() => new(Cameras[CameraOf], Points[PointOf], Weights, Features);
    }

    /// <summary>A point seen by a camera, at a place in its image, with a weight; or many, along a leading axis.</summary>
    [PyTree]
    internal sealed partial record Observation(NDArray Camera, NDArray Point, NDArray Weight, NDArray Feature);

    /// <summary>A matrix in compressed rows.</summary>
    [PyTree]
    internal sealed partial record SparseMatrix(NDArray Rows, NDArray Cols, NDArray Vals);

    /// <summary>The weighted distance between where a camera sees a point and where it should.</summary>
    internal static NDArray ReprojectionError(Observation o) => o.Weight * (Project(o.Camera, o.Point) - o.Feature);

    internal static NDArray WeightError(NDArray weight) => 1 - Square(weight);

    /// <summary>A camera is its rotation, centre, focal length, principal point and radial distortion.</summary>
    static NDArray Project(NDArray camera, NDArray point)
    {
        var seen = Rotate(Vector.Of(camera[..3]), Vector.Of(point - camera[3..6]));
        var (x, y) = (seen.X / seen.Z, seen.Y / seen.Z);
        var square = x * x + y * y;
        var zoom = camera[6] * (1 + camera[9] * square + camera[10] * Square(square));
        return [x * zoom + camera[7], y * zoom + camera[8]];
    }

    /// <summary>Rodrigues' formula: v turned about an axis by the axis's length.</summary>
    static Vector Rotate(Vector axis, Vector v)
    {
        var square = axis.Dot(axis);
        var still = Equal(square, 0);
        var angle = Sqrt(Where(still, 1, square));
        var unit = 1 / angle * axis;
        var turned = Cos(angle) * v + Sin(angle) * unit.Cross(v) + (1 - Cos(angle)) * unit.Dot(v) * unit;
        return Tree.Map((a, b) => Where(still, a, b), v + axis.Cross(v), turned);
    }

    [PyTree]
    sealed partial record Vector(NDArray X, NDArray Y, NDArray Z)
    {
        public static Vector Of(NDArray v) => new(v[0], v[1], v[2]);

        public static Vector operator +(Vector a, Vector b) => new(a.X + b.X, a.Y + b.Y, a.Z + b.Z);

        public static Vector operator *(NDArray a, Vector b) => new(a * b.X, a * b.Y, a * b.Z);

        public NDArray Dot(Vector b) => X * b.X + Y * b.Y + Z * b.Z;

        public Vector Cross(Vector b) => new(Y * b.Z - Z * b.Y, Z * b.X - X * b.Z, X * b.Y - Y * b.X);
    }

    internal static SparseMatrix Jacobian(Scene scene)
    {
        // Two rows of 15 elements for each observation: by camera, by point and by weight. Then one of its own for each weight.
        var (n, m, p) = (scene.Cameras.Length, scene.Points.Length, scene.Weights.Length);
        var blocks = Vmap(JacRev<Observation>(ReprojectionError))(scene.Observed());
        var byWeight = Vmap(Grad(WeightError))(scene.Weights);
        var errors = Concatenate([blocks.Camera, blocks.Point, blocks.Weight[.., .., Slice.NewAxis]], axis: 2);

        var weightAt = CameraSize * n + 3 * m + Arange(p);
        var cameraAt = CameraSize * scene.CameraOf[.., Slice.NewAxis] + Arange(CameraSize);
        var pointAt = CameraSize * n + 3 * scene.PointOf[.., Slice.NewAxis] + Arange(3);
        var row = Concatenate([cameraAt, pointAt, weightAt[.., Slice.NewAxis]], axis: 1);
        var width = CameraSize + 3 + 1;
        return new(
            Concatenate([width * Arange(2 * p), 2 * width * p + Arange(p + 1)]),
            Concatenate([BroadcastTo(row[.., Slice.NewAxis, ..], [p, 2, width]).Ravel(), weightAt]),
            Concatenate([errors.Ravel(), byWeight])
        );
    }

    static NDArray FirstBlockAndLast(NDArray list) => Append(list[..30], list[^1]);
}
