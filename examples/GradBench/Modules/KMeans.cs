namespace Autodiff.GradBench;

/// <summary>The sum of the squared distances from points to their nearest centroids, and the Newton step of the centroids.</summary>
static partial class KMeans
{
    public static Module Module { get; } =
        new()
        {
            ["cost"] = Function.Of((Input input) => Cost(input.Centroids, input.Points)),
            ["dir"] = Function.Of((Input input) => Direction(input.Centroids, input.Points)),
        };

    [PyTree]
    internal sealed partial record Input(NDArray Points, NDArray Centroids);

    internal static NDArray Cost(NDArray centroids, NDArray points)
    {
        var squares = Sum(Square(centroids), 1) - 2 * MatMul(points, centroids.T);
        var nearest = centroids[ArgMin(squares, 1)];
        return Sum(Square(points - nearest));
    }

    /// <summary>The Hessian is diagonal, so that its product with a vector of ones is its diagonal.</summary>
    static NDArray Direction(NDArray centroids, NDArray points)
    {
        var (gradient, diagonal) = Jvp(Grad((NDArray c) => Cost(c, points)), centroids, OnesLike(centroids));
        return gradient / diagonal;
    }
}
