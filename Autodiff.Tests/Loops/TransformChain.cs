using static Autodiff.Ops;
using static Autodiff.Transform;
using Function = System.Func<Autodiff.NDArray, Autodiff.NDArray>;

namespace Autodiff.Tests;

/// <summary>
/// Transforms on top of each other that make of a function of a number its derivative of some order, either at one point or at all points
/// of a vector.
/// </summary>
public sealed record TransformChain(string Name, int Order, bool OfVectors, Func<Function, Function> Apply)
{
    public const int HighestOrder = 3;

    public static readonly IReadOnlyList<TransformChain> All =
    [
        OfNumbers("f", 0, f => f),
        OfNumbers("Grad", 1, Grad),
        OfNumbers("Grad Grad", 2, f => Grad(Grad(f))),
        OfNumbers("Jvp Grad", 2, f => Slope(Grad(f))),
        OfNumbers("Grad Jvp", 2, f => Grad(Slope(f))),
        OfNumbers("Grad Grad Grad", 3, f => Grad(Grad(Grad(f)))),
        OfNumbers("Jit Grad Grad Jit", 2, f => Jit(Grad(Grad(Jit(f))))),
        OfLanes("Vmap", 0, f => Vmap(f)),
        OfLanes("Vmap Jit", 0, f => Vmap(Jit(f))),
        OfLanes("Jit Vmap", 0, f => Jit(Vmap(f))),
        OfLanes("Vmap Grad", 1, f => Vmap(Grad(f))),
        OfLanes("Grad Sum Vmap", 1, GradOfSum),
        OfLanes("Vmap Jvp", 1, f => Vmap(Slope(f))),
        OfLanes("Jvp Vmap", 1, f => Slope(Vmap(f))),
        OfLanes("Jit Vmap Grad", 1, f => Jit(Vmap(Grad(f)))),
        OfLanes("Vmap Grad Jit", 1, f => Vmap(Grad(Jit(f)))),
        OfLanes("Grad Sum Vmap Jit", 1, f => GradOfSum(Jit(f))),
        OfLanes("Jit Grad Sum Vmap", 1, f => Jit(GradOfSum(f))),
        OfLanes("Vmap Grad Grad", 2, f => Vmap(Grad(Grad(f)))),
        OfLanes("Vmap Jvp Grad", 2, f => Vmap(Slope(Grad(f)))),
        OfLanes("Vmap Grad Jvp", 2, f => Vmap(Grad(Slope(f)))),
        OfLanes("Vmap Jvp Jvp", 2, f => Vmap(Slope(Slope(f)))),
        OfLanes("Grad Sum Vmap Grad", 2, f => GradOfSum(Grad(f))),
        OfLanes("Jvp Grad Sum Vmap", 2, f => Slope(GradOfSum(f))),
        OfLanes("Grad Sum Grad Sum Vmap", 2, f => Grad(x => Sum(GradOfSum(f)(x)))),
        OfLanes("Jvp Vmap Grad", 2, f => Slope(Vmap(Grad(f)))),
        OfLanes("Grad Sum Jvp Vmap", 2, f => Grad(x => Sum(Slope(Vmap(f))(x)))),
        OfLanes("Jit Grad Sum Vmap Jit Grad Jit", 2, f => Jit(GradOfSum(Jit(Grad(Jit(f)))))),
        OfLanes("Vmap Grad Grad Grad", 3, f => Vmap(Grad(Grad(Grad(f))))),
        OfLanes("Grad Sum Vmap Jvp Grad", 3, f => GradOfSum(Slope(Grad(f)))),
        OfLanes("Jvp Grad Sum Vmap Grad", 3, f => Slope(GradOfSum(Grad(f)))),
    ];

    /// <summary>The derivative in the direction of ones: of a function of a number, or of one that acts on each element alone.</summary>
    internal static Function Slope(Function f) => x => Jvp(f, x, OnesLike(x)).Tangent;

    /// <summary>The gradient of the sum over a batch: each lane's own derivative, through the transposes of batched operations.</summary>
    internal static Function GradOfSum(Function f) => Grad(x => Sum(Vmap(f)(x)));

    static TransformChain OfNumbers(string name, int order, Func<Function, Function> apply) => new(name, order, false, apply);

    static TransformChain OfLanes(string name, int order, Func<Function, Function> apply) => new(name, order, true, apply);

    public override string ToString() => Name;
}
