using System.Runtime.CompilerServices;

namespace Autodiff;

// Each loop has overloads in which the carry is an NDArray or a tuple of them: without these a literal such as `init: 1` would infer a C# int,
// which is never traced.
public static partial class Transform
{
    /// <summary>
    /// A loop over the rows of <paramref name="xs"/> that hands on a carry and stacks what each step gives: (carry, row) → (carry, y). It differentiates both
    /// ways, batches, compiles to one native loop and nests.
    /// </summary>
    /// <param name="body">One step. Its carry must leave with the structure, shapes and element types with which it entered; weak initial values adapt.</param>
    /// <param name="init">The initial carry.</param>
    /// <param name="xs">The arrays whose rows, along the first axis, the steps take.</param>
    /// <param name="length">The number of steps; needed only where xs has no leaves, checked otherwise.</param>
    /// <param name="reverse">Whether to go from the last row to the first; y of a row stays in the row's place.</param>
    /// <param name="unroll">How many steps are written out in one iteration; 0 for all.</param>
    /// <param name="checkpoint">What reverse mode stores; by default all that it needs of each step, but nothing that does not vary.</param>
    /// <exception cref="CarryMismatchException">The carry leaves as something else; the message names the leaf.</exception>
    /// <exception cref="LoopLengthException">The lengths of xs disagree, or there is none.</exception>
    public static (C Carry, Y Ys) Scan<C, X, Y>(
        Func<C, X, (C, Y)> body,
        C init,
        X xs,
        int? length = null,
        bool reverse = false,
        int unroll = 1,
        Checkpointing? checkpoint = null
    ) => Loops.Scan(body, init, xs, length, reverse, unroll, checkpoint);

    /// <inheritdoc cref="Scan{C, X, Y}(Func{C, X, ValueTuple{C, Y}}, C, X, int?, bool, int, Checkpointing?)"/>
    [OverloadResolutionPriority(1)]
    public static (NDArray Carry, Y Ys) Scan<X, Y>(
        Func<NDArray, X, (NDArray, Y)> body,
        NDArray init,
        X xs,
        int? length = null,
        bool reverse = false,
        int unroll = 1,
        Checkpointing? checkpoint = null
    ) => Loops.Scan(body, init.NotNull(), xs, length, reverse, unroll, checkpoint);

    /// <inheritdoc cref="Scan{C, X, Y}(Func{C, X, ValueTuple{C, Y}}, C, X, int?, bool, int, Checkpointing?)"/>
    [OverloadResolutionPriority(2)]
    public static (NDArray Carry, Y Ys) Scan<Y>(
        Func<NDArray, NDArray, (NDArray, Y)> body,
        NDArray init,
        NDArray xs,
        int? length = null,
        bool reverse = false,
        int unroll = 1,
        Checkpointing? checkpoint = null
    ) => Loops.Scan(body, init.NotNull(), xs.NotNull(), length, reverse, unroll, checkpoint);

    /// <inheritdoc cref="Scan{C, X, Y}(Func{C, X, ValueTuple{C, Y}}, C, X, int?, bool, int, Checkpointing?)"/>
    [OverloadResolutionPriority(1)]
    public static (C Carry, Y Ys) Scan<C, Y>(
        Func<C, NDArray, (C, Y)> body,
        C init,
        NDArray xs,
        int? length = null,
        bool reverse = false,
        int unroll = 1,
        Checkpointing? checkpoint = null
    ) => Loops.Scan(body, init, xs.NotNull(), length, reverse, unroll, checkpoint);

    /// <inheritdoc cref="Scan{C, X, Y}(Func{C, X, ValueTuple{C, Y}}, C, X, int?, bool, int, Checkpointing?)"/>
    [OverloadResolutionPriority(2)]
    public static ((NDArray, NDArray) Carry, Y Ys) Scan<Y>(
        Func<(NDArray, NDArray), NDArray, ((NDArray, NDArray), Y)> body,
        (NDArray, NDArray) init,
        NDArray xs,
        int? length = null,
        bool reverse = false,
        int unroll = 1,
        Checkpointing? checkpoint = null
    ) => Loops.Scan(body, init, xs.NotNull(), length, reverse, unroll, checkpoint);

    /// <inheritdoc cref="Scan{C, X, Y}(Func{C, X, ValueTuple{C, Y}}, C, X, int?, bool, int, Checkpointing?)"/>
    [OverloadResolutionPriority(2)]
    public static ((NDArray, NDArray, NDArray) Carry, Y Ys) Scan<Y>(
        Func<(NDArray, NDArray, NDArray), NDArray, ((NDArray, NDArray, NDArray), Y)> body,
        (NDArray, NDArray, NDArray) init,
        NDArray xs,
        int? length = null,
        bool reverse = false,
        int unroll = 1,
        Checkpointing? checkpoint = null
    ) => Loops.Scan(body, init, xs.NotNull(), length, reverse, unroll, checkpoint);

    /// <summary>As Scan without arrays to walk over: <paramref name="length"/> steps of carry → (carry, y).</summary>
    public static (C Carry, Y Ys) Scan<C, Y>(
        Func<C, (C, Y)> body,
        C init,
        int length,
        bool reverse = false,
        int unroll = 1,
        Checkpointing? checkpoint = null
    ) => Loops.Scan<C, ValueTuple, Y>((c, _) => body(c), init, default, length, reverse, unroll, checkpoint);

    /// <inheritdoc cref="Scan{C, Y}(Func{C, ValueTuple{C, Y}}, C, int, bool, int, Checkpointing?)"/>
    [OverloadResolutionPriority(1)]
    public static (NDArray Carry, Y Ys) Scan<Y>(
        Func<NDArray, (NDArray, Y)> body,
        NDArray init,
        int length,
        bool reverse = false,
        int unroll = 1,
        Checkpointing? checkpoint = null
    ) => Loops.Scan<NDArray, ValueTuple, Y>((c, _) => body(c), init.NotNull(), default, length, reverse, unroll, checkpoint);

    /// <summary>
    /// The carry after (i, carry) → carry for i = lower, …, upper − 1. Bounds may be traced; then reverse mode keeps what it needs on tapes that grow.
    /// </summary>
    /// <exception cref="CarryMismatchException">The carry leaves as something else; the message names the leaf.</exception>
    public static C ForiLoop<C>(NDArray lower, NDArray upper, Func<NDArray, C, C> body, C init, Checkpointing? checkpoint = null) =>
        Loops.ForiLoop(lower, upper, body, init, checkpoint);

    /// <inheritdoc cref="ForiLoop{C}"/>
    [OverloadResolutionPriority(1)]
    public static NDArray ForiLoop(
        NDArray lower,
        NDArray upper,
        Func<NDArray, NDArray, NDArray> body,
        NDArray init,
        Checkpointing? checkpoint = null
    ) => Loops.ForiLoop(lower, upper, body, init.NotNull(), checkpoint);

    /// <inheritdoc cref="ForiLoop{C}"/>
    [OverloadResolutionPriority(1)]
    public static (NDArray, NDArray) ForiLoop(
        NDArray lower,
        NDArray upper,
        Func<NDArray, (NDArray, NDArray), (NDArray, NDArray)> body,
        (NDArray, NDArray) init,
        Checkpointing? checkpoint = null
    ) => Loops.ForiLoop(lower, upper, body, init, checkpoint);

    /// <inheritdoc cref="ForiLoop{C}"/>
    [OverloadResolutionPriority(1)]
    public static (NDArray, NDArray, NDArray) ForiLoop(
        NDArray lower,
        NDArray upper,
        Func<NDArray, (NDArray, NDArray, NDArray), (NDArray, NDArray, NDArray)> body,
        (NDArray, NDArray, NDArray) init,
        Checkpointing? checkpoint = null
    ) => Loops.ForiLoop(lower, upper, body, init, checkpoint);

    /// <summary>
    /// The carry after as many steps as the condition holds. The number of steps may depend on the data, and still reverse mode goes through: the loop keeps what
    /// its derivative needs on tapes that grow, and is walked backwards. Under Vmap each example stops on its own.
    /// </summary>
    /// <exception cref="CarryMismatchException">The carry leaves as something else; the message names the leaf.</exception>
    /// <exception cref="PredicateException">The condition is not one boolean.</exception>
    public static C WhileLoop<C>(Func<C, NDArray> condition, Func<C, C> body, C init, Checkpointing? checkpoint = null) =>
        Loops.WhileLoop(condition, body, init, checkpoint);

    /// <inheritdoc cref="WhileLoop{C}"/>
    [OverloadResolutionPriority(1)]
    public static NDArray WhileLoop(
        Func<NDArray, NDArray> condition,
        Func<NDArray, NDArray> body,
        NDArray init,
        Checkpointing? checkpoint = null
    ) => Loops.WhileLoop(condition, body, init.NotNull(), checkpoint);

    /// <inheritdoc cref="WhileLoop{C}"/>
    [OverloadResolutionPriority(1)]
    public static (NDArray, NDArray) WhileLoop(
        Func<(NDArray, NDArray), NDArray> condition,
        Func<(NDArray, NDArray), (NDArray, NDArray)> body,
        (NDArray, NDArray) init,
        Checkpointing? checkpoint = null
    ) => Loops.WhileLoop(condition, body, init, checkpoint);

    /// <inheritdoc cref="WhileLoop{C}"/>
    [OverloadResolutionPriority(1)]
    public static (NDArray, NDArray, NDArray) WhileLoop(
        Func<(NDArray, NDArray, NDArray), NDArray> condition,
        Func<(NDArray, NDArray, NDArray), (NDArray, NDArray, NDArray)> body,
        (NDArray, NDArray, NDArray) init,
        Checkpointing? checkpoint = null
    ) => Loops.WhileLoop(condition, body, init, checkpoint);

    /// <summary>
    /// One of two functions of an operand, chosen by a boolean scalar (or a number: not zero). Only the chosen one runs; under Vmap with a choice for each example,
    /// each that some example takes.
    /// </summary>
    /// <exception cref="PredicateException">The predicate is not a scalar.</exception>
    /// <exception cref="CarryMismatchException">The branches return different structures or types.</exception>
    public static R Cond<A, R>(NDArray predicate, Func<A, R> ifTrue, Func<A, R> ifFalse, A operand)
    {
        ArgumentNullException.ThrowIfNull(ifTrue);
        ArgumentNullException.ThrowIfNull(ifFalse);
        return Loops.Switch(
            "Cond",
            b => b == 0 ? "ifFalse" : "ifTrue",
            Bodies.Predicate("The predicate of Cond", predicate.NotNull()),
            [ifFalse, ifTrue],
            operand
        );
    }

    /// <inheritdoc cref="Cond{A, R}"/>
    [OverloadResolutionPriority(1)]
    public static NDArray Cond(NDArray predicate, Func<NDArray, NDArray> ifTrue, Func<NDArray, NDArray> ifFalse, NDArray operand) =>
        Cond<NDArray, NDArray>(predicate, ifTrue, ifFalse, operand.NotNull());

    /// <summary>As Cond, for functions that capture what they need.</summary>
    public static R Cond<R>(NDArray predicate, Func<R> ifTrue, Func<R> ifFalse)
    {
        ArgumentNullException.ThrowIfNull(ifTrue);
        ArgumentNullException.ThrowIfNull(ifFalse);
        return Cond<ValueTuple, R>(predicate.NotNull(), _ => ifTrue(), _ => ifFalse(), default);
    }

    /// <summary>One of several functions of an operand, chosen by an integer scalar, which is clamped to their range.</summary>
    /// <exception cref="EmptyBranchesException">There are no branches.</exception>
    /// <exception cref="PredicateException">The index is not an integer scalar.</exception>
    /// <exception cref="CarryMismatchException">The branches return different structures or types.</exception>
    public static R Switch<A, R>(NDArray index, IReadOnlyList<Func<A, R>> branches, A operand)
    {
        ArgumentNullException.ThrowIfNull(branches);
        if (branches.Count == 0)
            throw new EmptyBranchesException("Switch got no branches. Pass at least one.");
        if (index.NotNull().Rank != 0 || !index.DType.IsInteger)
            throw new PredicateException($"The index of Switch must be an integer scalar, but it is {index.Aval}.");
        return Loops.Switch(
            "Switch",
            b => $"branch {b}",
            Ops.Clip(Ops.AsType(index, DType.Int64), 0, branches.Count - 1),
            branches,
            operand
        );
    }

    /// <inheritdoc cref="Switch{A, R}"/>
    [OverloadResolutionPriority(1)]
    public static NDArray Switch(NDArray index, IReadOnlyList<Func<NDArray, NDArray>> branches, NDArray operand) =>
        Switch<NDArray, NDArray>(index, branches, operand.NotNull());

    /// <summary>
    /// The function applied to each row of <paramref name="xs"/>, one after another, as a scan; with <paramref name="batchSize"/>, to that many at a time by Vmap
    /// (0: to all at once). Less memory than Vmap, the same values.
    /// </summary>
    public static Y Map<X, Y>(Func<X, Y> f, X xs, int? batchSize = null)
    {
        ArgumentNullException.ThrowIfNull(f);
        if (batchSize is < 0)
            throw new InvalidArgumentException($"Map got batch size {batchSize}; it must not be negative.");
        var (leaves, structure) = Tree.Flatten(xs);
        var rows = Loops.LengthOf("Map", xs, leaves, null);
        if (batchSize is null || rows == 0)
            return Loops.Scan<ValueTuple, X, Y>((c, x) => (c, f(x)), default, xs, null, false, 1, null).Ys;
        var size = batchSize is 0 ? rows : Math.Min(batchSize.Value, rows);
        var whole = rows / size * size;
        var batched = Vmap(f);
        X Part(Func<NDArray, NDArray> cut) => Tree.Unflatten<X>(structure, Array.ConvertAll(leaves, x => cut(x)));
        var chunks = Part(x => Ops.ReshapeTo(Ops.SliceAxis(x, 0, 0, whole), [whole / size, size, .. x.Shape.Tail]));
        var ys = Tree.Map(
            y => Ops.ReshapeTo(y, [whole, .. y.Shape.Tail.Tail]),
            Loops.Scan<ValueTuple, X, Y>((c, x) => (c, batched(x)), default, chunks, null, false, 1, null).Ys
        );
        return whole == rows ? ys : Tree.Map((a, b) => Ops.Concatenate([a, b]), ys, batched(Part(x => Ops.SliceAxis(x, 0, whole, rows))));
    }

    /// <inheritdoc cref="Map{X, Y}"/>
    [OverloadResolutionPriority(1)]
    public static NDArray Map(Func<NDArray, NDArray> f, NDArray xs, int? batchSize = null) =>
        Map<NDArray, NDArray>(f, xs.NotNull(), batchSize);

    /// <summary>
    /// All prefixes of an associative operation along an axis: y₀ = x₀, yᵢ = f(yᵢ₋₁, xᵢ), in a number of array operations logarithmic in the length.
    /// f acts on arrays of many elements at once.
    /// </summary>
    public static T AssociativeScan<T>(Func<T, T, T> f, T elements, bool reverse = false, int axis = 0)
    {
        ArgumentNullException.ThrowIfNull(f);
        var (leaves, structure) = Tree.Flatten(elements);
        if (leaves.Length == 0)
            return elements;
        var at = Ops.NormalizeAxis(axis, leaves[0], "AssociativeScan");
        if (leaves.Any(x => x.Rank <= at || x.Shape[at] != leaves[0].Shape[at]))
            throw new ShapeException(
                $"AssociativeScan needs arrays of one size along axis {axis}, but got {string.Join(", ", leaves.Select(x => x.Aval))}."
            );
        T Rebuild(NDArray[] a) => Tree.Unflatten<T>(structure, a);
        return Rebuild(Ops.AssociativeScan((a, b) => Tree.Leaves(f(Rebuild(a), Rebuild(b))), leaves, at, reverse));
    }

    /// <inheritdoc cref="AssociativeScan{T}"/>
    [OverloadResolutionPriority(1)]
    public static NDArray AssociativeScan(Func<NDArray, NDArray, NDArray> f, NDArray elements, bool reverse = false, int axis = 0) =>
        AssociativeScan<NDArray>(f, elements.NotNull(), reverse, axis);
}
