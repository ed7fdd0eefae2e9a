namespace Autodiff;

/// <summary>What an operation becomes on a device: a <see cref="Kernel"/> or a <see cref="Routine"/>.</summary>
public abstract class Lowered;

/// <summary>How values that meet in one place are combined.</summary>
public enum Fold
{
    /// <summary>The last one stays.</summary>
    Set,
    Add,
    Mul,
    Max,
    Min,
    And,
    Or,

    /// <summary>The Int64 position, in the order of the reduced axes, of the first largest element; NaN counts as largest.</summary>
    ArgMax,

    /// <summary>Likewise of the first smallest; NaN counts as smallest.</summary>
    ArgMin,
}

/// <summary>
/// A loop nest: for every index of <paramref name="space"/>, outermost axis first, each output is given its value. The last
/// <paramref name="reducedAxes"/> axes of the space are folded and do not appear in the output.
/// </summary>
public sealed class Kernel(Shape space, int reducedAxes, params KernelOutput[] outputs) : Lowered
{
    public Shape Space => space;
    public int ReducedAxes => reducedAxes;
    public KernelOutput[] Outputs => outputs;

    /// <summary>This kernel with other values, stored at the same places: indices are kept as they are.</summary>
    internal Kernel WithValues(Func<Scalar, Scalar> rewrite) =>
        new(
            space,
            reducedAxes,
            Array.ConvertAll(
                outputs,
                o => new KernelOutput(o.Type, rewrite(o.Value), o.Fold)
                {
                    Prefix = o.Prefix,
                    Index = o.Index,
                    Into = o.Into,
                    Guard = o.Guard,
                }
            )
        );

    /// <summary>A kernel that gives each element of the result its own expression.</summary>
    public static Kernel Map(Aval result, Scalar body) => new(result.Shape, 0, new KernelOutput(result.Strong, body));

    /// <summary>The index variables of a space.</summary>
    public static Scalar[] Indices(int rank) => [.. Enumerable.Range(0, rank).Select(Scalar.Axis)];

    /// <summary>The element of an operand at the kernel's own index.</summary>
    public static Scalar ElementAt(int operand, Aval type) => new Element(operand, type.DType, Indices(type.Rank));
}

/// <summary>
/// One result of a <see cref="Kernel"/>.
/// <list type="bullet">
/// <item>A map: <see cref="Fold"/> is Set and the value is stored at the kernel's own index.</item>
/// <item>A reduction: the value is folded over the reduced axes, from the fold's identity; an empty max or min gives the lowest or highest
/// value of the type (infinite for floats).</item>
/// <item>A cumulation (<see cref="Prefix"/>): one axis is reduced, and the fold so far is stored at <see cref="Index"/> after every step.</item>
/// <item>A scatter (<see cref="Into"/>): the result starts as operand number Into; each value is combined by <see cref="Fold"/> into the place
/// <see cref="Index"/> where <see cref="Guard"/> holds. Set, Add, Mul, Max and Min are allowed; indices are visited in order.</item>
/// </list>
/// </summary>
public sealed class KernelOutput(Aval type, Scalar value, Fold fold = Fold.Set)
{
    Scalar[]? expressions;

    public Aval Type => type;
    public Scalar Value => value;
    public Fold Fold => fold;

    /// <summary>Whether each partial fold is stored.</summary>
    public bool Prefix { get; init; }

    /// <summary>Where to store, one Int64 expression an axis of the result; null for the kernel's own (unreduced) index.</summary>
    public Scalar[]? Index { get; init; }

    /// <summary>The operand whose elements the result starts with, or null. A device may overwrite that operand in place if nothing reads it later.</summary>
    public int? Into { get; init; }

    /// <summary>A Bool: whether this index stores at all; null for always.</summary>
    public Scalar? Guard { get; init; }

    /// <summary>This output with every expression rewritten.</summary>
    internal KernelOutput Rewrite(Func<Scalar, Scalar> rewrite, int? into) =>
        new(type, rewrite(value), fold)
        {
            Prefix = Prefix,
            Index = Index is null ? null : Array.ConvertAll(Index, i => rewrite(i)),
            Guard = Guard is null ? null : rewrite(Guard),
            Into = into,
        };

    /// <summary>All expressions of this output.</summary>
    internal Scalar[] Expressions => expressions ??= [value, .. Index ?? [], .. Guard is null ? Array.Empty<Scalar>() : [Guard]];
}

/// <summary>A hand-written loop over whole operands: sorting, a large matrix product, a factorisation.</summary>
public abstract class Routine : Lowered
{
    public abstract string Name { get; }

    /// <summary>
    /// What it does beyond what the types of its operands and results tell, as text: routines of one class with equal options do the same. Null if that
    /// is not said, and each routine is taken for one of its own.
    /// </summary>
    public virtual string? Options => null;

    /// <summary>The floating-point operations of a run, to leading order; 0 where they depend on the elements, and for integers.</summary>
    public virtual double Flops => 0;

    /// <summary>
    /// Computes the results from the operands, all dense and in row-major order, through pointers to their first elements. It must not
    /// overlap results with operands, must be callable from many threads, and must not allocate managed memory for small sizes.
    /// </summary>
    public abstract unsafe void Run(byte** operands, byte** results);
}
