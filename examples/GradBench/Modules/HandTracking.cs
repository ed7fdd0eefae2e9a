namespace Autodiff.GradBench;

/// <summary>
/// How far points measured on a hand are from a model of a hand in the pose theta: each from a vertex (simple), or from the point of a
/// triangle that its coordinates u name (complicated).
/// </summary>
static partial class HandTracking
{
    public static Module Module { get; } =
        new()
        {
            ["objective"] = Function.Of((Input i) => Problem.Of(i), (Problem p) => Residuals(p.Theta, p.Us, p).Ravel()),
            ["jacobian"] = Function.Of((Input i) => Problem.Of(i), (Problem p) => Jacobian(p)),
        };

    internal sealed record Input(NDArray Theta, InputData Data, NDArray Us);

    internal sealed record InputData(InputModel Model, int[] Correspondences, NDArray Points);

    internal sealed record InputModel(
        int[] Parents,
        NDArray BaseRelatives,
        NDArray InverseBaseAbsolutes,
        NDArray BasePositions,
        NDArray Weights,
        int[][] Triangles,
        bool IsMirrored
    );

    /// <summary>Us are null and Corners are single vertices in the simple case.</summary>
    [PyTree]
    internal sealed partial record Problem(NDArray Theta, NDArray? Us, NDArray Corners, NDArray Points, Hand Hand)
    {
        public static Problem Of(Input i)
        {
            var (model, simple) = (i.Data.Model, i.Us.Size == 0);
            NDArray corners = simple ? i.Data.Correspondences : Asarray(Array.ConvertAll(i.Data.Correspondences, c => model.Triangles[c]));
            return new(i.Theta, simple ? null : i.Us, AsType(corners, DType.Int64), i.Data.Points, Hand.Of(model));
        }
    }

    /// <summary>A skeleton, bone by bone, and a skin: each vertex follows the bones with weights of its own.</summary>
    [PyTree]
    internal sealed partial record Hand(
        [property: Static] string Parents,
        NDArray Relatives,
        NDArray InverseAbsolutes,
        NDArray Vertices,
        NDArray Weights,
        NDArray Mirror
    )
    {
        public static Hand Of(InputModel m) =>
            new(
                string.Join(' ', m.Parents),
                m.BaseRelatives,
                m.InverseBaseAbsolutes,
                m.BasePositions,
                m.Weights,
                new double[] { m.IsMirrored ? -1 : 1, 1, 1 }
            );

        public int[] ParentOf => [.. Parents.Split(' ').Select(int.Parse)];
    }

    /// <summary>
    /// By forward mode, as there are few directions: 26 of the pose and, since no two points share coordinates, 2 that move the coordinates
    /// of all points at once.
    /// </summary>
    static NDArray Jacobian(Problem p)
    {
        var byPose = JacFwd((NDArray theta) => Residuals(theta, p.Us, p))(p.Theta);
        if (p.Us is { } us)
        {
            var byCoordinates = JacFwd((NDArray shift) => Residuals(p.Theta, us + shift, p))(Zeros(2));
            byPose = Concatenate([byCoordinates, byPose], axis: 2);
        }
        return byPose.Reshape(-1, byPose.Shape[2]);
    }

    internal static NDArray Residuals(NDArray theta, NDArray? us, Problem p)
    {
        var corners = Skin(theta, p.Hand)[p.Corners];
        if (us is null)
            return p.Points - corners;
        var coordinates = Concatenate([us, 1 - Sum(us, [1], keepDims: true)], axis: 1);
        return p.Points - Sum(coordinates[.., .., Slice.NewAxis] * corners, 1);
    }

    /// <summary>The vertices in a pose: global rotation, global translation, and the bending of the fingers.</summary>
    static NDArray Skin(NDArray theta, Hand hand)
    {
        var transforms = MatMul(Absolutes(BoneAngles(theta, hand.Relatives.Length), hand), hand.InverseAbsolutes)[.., ..3];
        var carried = hand.Weights[.., .., Slice.NewAxis] * hand.Vertices[.., Slice.NewAxis];
        var skinned = TensorDot(carried, transforms, [1, 2], [0, 2]) * hand.Mirror;
        return MatMul(skinned, AxisRotation(theta[..3]).T) + theta[3..6];
    }

    /// <summary>The Euler angles of each bone. A finger has three that bend: the first in two directions, the others in one.</summary>
    static NDArray BoneAngles(NDArray theta, int bones)
    {
        var source = new int[bones, 3];
        for (var finger = 0; finger < 5; finger++)
        {
            var (bone, angle) = (2 + 4 * finger, 7 + 4 * finger); // after a 0, for a bone that does not bend
            (source[bone, 0], source[bone, 1], source[bone + 1, 0], source[bone + 2, 0]) = (angle, angle + 1, angle + 2, angle + 3);
        }
        return Append(0, theta)[source];
    }

    /// <summary>
    /// The transform of each bone: that of its parent, then its own. Each round doubles how many ancestors are reckoned with; the parent of
    /// a bone without one is a place at the end that does not move.
    /// </summary>
    static NDArray Absolutes(NDArray angles, Hand hand)
    {
        var ancestor = hand.ParentOf;
        var root = ancestor.Length;
        ancestor = [.. ancestor.Select(p => p < 0 ? root : p), root];
        var absolutes = Append(MatMul(hand.Relatives, Vmap(EulerTransform)(angles)), Eye(4)[Slice.NewAxis], axis: 0);
        while (ancestor.Any(a => a != root))
        {
            absolutes = MatMul(absolutes[ancestor], absolutes);
            ancestor = Array.ConvertAll(ancestor, a => ancestor[a]);
        }
        return absolutes[..root];
    }

    static NDArray EulerTransform(NDArray angles)
    {
        var ((sx, sz, sy), (cx, cz, cy)) = (Parts(Sin(angles)), Parts(Cos(angles)));
        NDArray x =
        [
            [1, 0, 0, 0],
            [0, cx, -sx, 0],
            [0, sx, cx, 0],
            [0, 0, 0, 1],
        ];
        NDArray y =
        [
            [cy, 0, sy, 0],
            [0, 1, 0, 0],
            [-sy, 0, cy, 0],
            [0, 0, 0, 1],
        ];
        NDArray z =
        [
            [cz, -sz, 0, 0],
            [sz, cz, 0, 0],
            [0, 0, 1, 0],
            [0, 0, 0, 1],
        ];
        return MatMul(MatMul(z, y), x);
    }

    /// <summary>The rotation about an axis by the axis's length; none if that is tiny.</summary>
    static NDArray AxisRotation(NDArray axis)
    {
        var square = Dot(axis, axis);
        var tiny = square < 1e-8;
        var angle = Sqrt(Where(tiny, 1, square));
        var (x, y, z) = Parts(axis / angle);
        NDArray cross =
        [
            [0, -z, y],
            [z, 0, -x],
            [-y, x, 0],
        ];
        return Where(tiny, Eye(3), Eye(3) + Sin(angle) * cross + (1 - Cos(angle)) * MatMul(cross, cross));
    }

    static (NDArray, NDArray, NDArray) Parts(NDArray v) => (v[0], v[1], v[2]);
}
