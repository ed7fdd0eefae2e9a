using System.Runtime.CompilerServices;

namespace Autodiff;

/// <summary>Which axes Vmap maps, leaf by leaf. Null is an array that all examples share.</summary>
public sealed record BatchAxes
{
    /// <summary>One axis for each leaf of all arguments, in order; null for axis 0 throughout.</summary>
    public IReadOnlyList<int?>? In { get; init; }

    /// <summary>One axis for each leaf of the result; null for axis 0 throughout. A result whose axis is null must not depend on the example.</summary>
    public IReadOnlyList<int?>? Out { get; init; }

    /// <summary>The number of examples; needed only where no argument is mapped.</summary>
    public int? Size { get; init; }
}

public static partial class Transform
{
    /// <summary>
    /// The function applied to every example of a batch at once: one axis of each argument is mapped (by default the first), and the results are
    /// stacked along <paramref name="outAxis"/>. It runs as array operations, not as a loop; only many lanes of a while loop run in blocks, each of which
    /// ends on its own.
    /// </summary>
    /// <param name="f">The function of one example.</param>
    /// <param name="inAxes">The mapped axis of each argument, which may count from the end; null for an argument that all examples share.</param>
    /// <param name="outAxis">The batch axis of the results.</param>
    /// <exception cref="BatchAxisException">The arguments disagree on the number of examples, or have no such axis (raised when called).</exception>
    public static Func<NDArray, NDArray> Vmap(Func<NDArray, NDArray> f, ReadOnlySpan<int?> inAxes = default, int outAxis = 0) =>
        (Func<NDArray, NDArray>)VmapDelegate(f, inAxes, outAxis);

    /// <inheritdoc cref="Vmap(Func{NDArray, NDArray}, ReadOnlySpan{int?}, int)"/>
    public static F Vmap<F>(F f, ReadOnlySpan<int?> inAxes = default, int outAxis = 0)
        where F : Delegate => (F)VmapDelegate(f, inAxes, outAxis);

    /// <inheritdoc cref="Vmap(Func{NDArray, NDArray}, ReadOnlySpan{int?}, int)"/>
    public static Func<NDArray, NDArray, NDArray> Vmap(
        Func<NDArray, NDArray, NDArray> f,
        ReadOnlySpan<int?> inAxes = default,
        int outAxis = 0
    ) => (Func<NDArray, NDArray, NDArray>)VmapDelegate(f, inAxes, outAxis);

    /// <inheritdoc cref="Vmap(Func{NDArray, NDArray}, ReadOnlySpan{int?}, int)"/>
    public static Func<NDArray, NDArray, NDArray, NDArray> Vmap(
        Func<NDArray, NDArray, NDArray, NDArray> f,
        ReadOnlySpan<int?> inAxes = default,
        int outAxis = 0
    ) => (Func<NDArray, NDArray, NDArray, NDArray>)VmapDelegate(f, inAxes, outAxis);

    /// <summary>Likewise, with an axis for each leaf.</summary>
    public static Func<NDArray, NDArray> Vmap(Func<NDArray, NDArray> f, BatchAxes axes) => (Func<NDArray, NDArray>)VmapLeaves(f, axes);

    /// <inheritdoc cref="Vmap(Func{NDArray, NDArray}, BatchAxes)"/>
    public static F Vmap<F>(F f, BatchAxes axes)
        where F : Delegate => (F)VmapLeaves(f, axes);

    static Delegate VmapLeaves(Delegate f, BatchAxes axes)
    {
        ArgumentNullException.ThrowIfNull(axes);
        var function = LiftedFunction.Of(f);
        return function.Wrap(arguments =>
        {
            var given = axes.In ?? [.. Enumerable.Repeat<int?>(0, arguments.Leaves.Length)];
            if (given.Count != arguments.Leaves.Length)
                throw new BatchAxisException(
                    $"Vmap got {given.Count} axes for {arguments.Leaves.Length} leaves; give one for each leaf of the arguments."
                );
            return Vectorization.Call(function, arguments, [.. given], axes.Size, leaf => OutAxis(axes.Out, leaf));
        });
    }

    static int? OutAxis(IReadOnlyList<int?>? axes, int leaf) =>
        axes is null ? 0
        : leaf < axes.Count ? axes[leaf]
        : throw new BatchAxisException($"Vmap got {axes.Count} out axes, but the result has more leaves.");

    static Delegate VmapDelegate(Delegate f, ReadOnlySpan<int?> inAxes, int outAxis)
    {
        var function = LiftedFunction.Of(f);
        var axes = inAxes.ToArray();
        var arity = function.ParameterNames.Length;
        if (axes.Length != 0 && axes.Length != arity)
            throw new BatchAxisException(
                $"Vmap got {axes.Length} in-axes for a function of {arity} arguments; give one for each argument, or none."
            );
        return function.Wrap(arguments =>
        {
            var perLeaf = new int?[arguments.Leaves.Length];
            for (int argument = 0, leaf = 0; argument < arguments.Ends.Count; argument++)
            for (; leaf < arguments.Ends[argument]; leaf++)
                perLeaf[leaf] = axes.Length == 0 ? 0 : axes[argument];
            return Vectorization.Call(function, arguments, perLeaf, null, _ => outAxis);
        });
    }
}

/// <summary>Vmap on lifted functions.</summary>
static class Vectorization
{
    internal static (NDArray[] Leaves, TreeStructure Structure) Call(
        LiftedFunction function,
        Arguments arguments,
        int?[] inAxes,
        int? size,
        Func<int, int?> outAxis
    )
    {
        var leaves = arguments.Leaves;
        var axes = new int?[leaves.Length];
        for (var i = 0; i < leaves.Length; i++)
            if (inAxes[i] is { } axis)
            {
                if (axis < -leaves[i].Rank || axis >= leaves[i].Rank)
                    throw new BatchAxisException(
                        $"Vmap maps axis {axis} of {Path(i)}, but it is {leaves[i].Aval}, which has no such axis. Use null in inAxes for an argument that all examples share."
                    );
                axes[i] = (axis + leaves[i].Rank) % leaves[i].Rank;
            }
        string Path(int leaf) => $"`{function.PathsOf(arguments.Structure, leaves)[leaf]}`";

        var sizes = Enumerable
            .Range(0, leaves.Length)
            .Where(i => axes[i] is not null)
            .Select(i => (Leaf: i, Size: leaves[i].Shape[axes[i]!.Value]))
            .ToArray();
        if (sizes.Length == 0 && size is null)
            throw new BatchAxisException(
                "Vmap must map at least one argument, but every in-axis is null. Give an axis, or BatchAxes.Size."
            );
        var count = size ?? sizes[0].Size;
        if (sizes.Any(s => s.Size != count))
            throw new BatchAxisException(
                "Vmap got arguments that disagree on the number of examples: "
                    + string.Join(", ", sizes.Select(s => $"{Path(s.Leaf)} has {s.Size} along axis {axes[s.Leaf]} ({leaves[s.Leaf].Aval})"))
                    + (size is null ? "." : $"; BatchAxes.Size is {size}.")
            );

        TreeStructure? structure = null;
        var results = Batching.Batch(
            a =>
            {
                (var ys, structure) = function.Call(arguments.Structure, a);
                return ys;
            },
            count,
            [.. leaves.Select((x, i) => axes[i] is { } a ? new Batched(Ops.MoveAxis(x, a, 0), true) : new Batched(x, false))]
        );
        return ([.. results.Select((y, i) => Place(y, i, count, outAxis(i)))], structure!);
    }

    static NDArray Place(Batched y, int leaf, int size, int? axis)
    {
        if (axis is not { } a)
            return !y.IsBatched
                ? y.Value
                : throw new BatchAxisException(
                    $"Vmap's out axis of result leaf {leaf} is null, but the result depends on the example. Give it an axis."
                );
        var value = y.Materialize(size);
        return a >= -value.Rank && a < value.Rank
            ? Ops.MoveAxis(value, 0, a)
            : throw new BatchAxisException(
                $"Vmap's out axis {a} does not fit result leaf {leaf}, which is {value.Aval} with its batch axis."
            );
    }
}
