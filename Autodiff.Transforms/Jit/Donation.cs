namespace Autodiff;

/// <summary>The arguments that every call of a jitted function is given for good.</summary>
sealed class Donation
{
    readonly string name;

    // The donated leaves, their paths, and what is left in the arrays.
    readonly int[] leaves;
    readonly string[] paths;
    readonly ReleasedBuffer[] marks;

    Donation(string name, int[] leaves, string[] paths)
    {
        (this.name, this.leaves, this.paths) = (name, leaves, paths);
        marks = Array.ConvertAll(
            leaves,
            l => new ReleasedBuffer(
                $"was donated to a call of {name}, as its argument {paths[l]}. Use the result of that call instead, or leave the argument out of "
                    + "'donate' in Jit if it is needed later"
            )
        );
    }

    /// <summary>Positions of arguments to donate, after a check.</summary>
    /// <exception cref="InvalidArgumentException">There is no such argument, or it is given twice.</exception>
    internal static int[] Positions(LiftedFunction function, ReadOnlySpan<int> positions)
    {
        if (positions.IsEmpty)
            return [];
        var names = function.ParameterNames;
        foreach (var position in positions)
            if (position < 0 || position >= names.Length)
                throw new InvalidArgumentException(
                    $"Jit cannot donate argument {position} of {function.Name}: it has {names.Length} ({string.Join(", ", names)}). "
                        + "'donate' takes their positions, from 0."
                );
        int[] given = [.. positions];
        return given.Distinct().Count() == given.Length
            ? given
            : throw new InvalidArgumentException($"Jit got a position to donate twice: {string.Join(", ", given)}. Give each once.");
    }

    /// <summary>The donation of some leaves; null if there are none.</summary>
    internal static Donation? Of(LiftedFunction function, TreeStructure structure, Aval[] types, int[] leaves, Aval[] results)
    {
        if (leaves.Length == 0)
            return null;
        var paths = function.PathsOf(structure, Array.ConvertAll(types, NDArray (t) => new AbstractArray(t)));
        var wanted = results.GroupBy(r => r.ByteSize).ToDictionary(g => g.Key, g => g.Count());
        var useless = Array.FindAll(
            leaves,
            l => System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(wanted, types[l].ByteSize, out _)-- <= 0
        );
        return new(function.Name, leaves, paths)
        {
            Useless =
                useless.Length == 0
                    ? ""
                    : $"the jitted function {function.Name} has no result for the memory of {string.Join(", ", useless.Select(l => $"{paths[l]} {types[l]}"))}, "
                        + "which it is donated: no result that is left has as many bytes. The memory is only given back; "
                        + "leave the argument out of 'donate' if it is needed later.",
        };
    }

    /// <summary>A warning of donated leaves that are of no use for results; empty if there are none.</summary>
    internal string Useless { get; private init; } = "";

    /// <summary>The donated inputs of a program whose first inputs are others.</summary>
    internal int[] Behind(int first) => Array.ConvertAll(leaves, l => first + l);

    /// <summary>
    /// Runs an executable that may overwrite what it is donated, on operands that are what the function captured and then the leaves of its arguments,
    /// which are <paramref name="given"/> once more.
    /// </summary>
    internal void Run(Executable executable, ReadOnlySpan<NDArray> given, NDArray[] operands, NDArray[] outputs)
    {
        var own = operands.AsSpan(operands.Length - given.Length);
        Take(given, own, operands);
        try
        {
            executable.Run(operands, outputs);
        }
        finally
        {
            // Results that lie there share the memory.
            foreach (var leaf in leaves)
                if (!ReferenceEquals(own[leaf], given[leaf]))
                    own[leaf].Dispose();
        }
    }

    // Moves the donated leaves to arrays of this call's own: of all, or of none.
    void Take(ReadOnlySpan<NDArray> given, Span<NDArray> own, NDArray[] operands)
    {
        var moved = 0;
        try
        {
            for (; moved < leaves.Length; moved++)
                if (given[leaves[moved]] is ConcreteArray { IsLiteral: false } array)
                    own[leaves[moved]] = array.TryMove(marks[moved]) ?? throw Refusal(array, given, moved);
            foreach (var operand in operands)
                if (operand.IsReleased)
                    throw Refusal((ConcreteArray)operand, given, moved);
        }
        catch
        {
            while (--moved >= 0)
            {
                var leaf = leaves[moved];
                if (!ReferenceEquals(own[leaf], given[leaf]))
                    ((ConcreteArray)given[leaf]).MoveBack(marks[moved], (ConcreteArray)own[leaf]);
            }
            throw;
        }
    }

    // Why an array cannot be taken or read: this very call has taken it, or it was gone before.
    AutodiffException Refusal(ConcreteArray array, ReadOnlySpan<NDArray> given, int moved)
    {
        var donor = -1;
        foreach (var leaf in leaves.AsSpan(0, moved))
            if (ReferenceEquals(given[leaf], array))
                donor = leaf;
        if (donor < 0)
            return array.ReleasedError();
        var places = new List<string>();
        for (var l = 0; l < given.Length; l++)
            if (ReferenceEquals(given[l], array))
                places.Add(paths[l]);
        return new InvalidArgumentException(
            $"The array {array.Aval} is donated to a call of {name} as its argument {paths[donor]}, but "
                + (places.Count > 1 ? $"passed more than once, as {string.Join(" and ", places)}" : $"{name} has captured it as well")
                + ". Pass Copy of it in one of the places."
        );
    }
}
