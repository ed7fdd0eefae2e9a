namespace Autodiff;

/// <summary>Computes a step once that occurs twice, in one block or in a block and one around it.</summary>
sealed class CommonSubexpressions(ProgramFacts facts)
{
    readonly Dictionary<Key, Value[]> available = [];
    readonly Dictionary<Value, Value> same = [];

    internal static Program Merge(Program program, ProgramFacts facts) => new(new CommonSubexpressions(facts).Rewrite(program.Body));

    Value Current(Value value) => same.GetValueOrDefault(value, value);

    Block Rewrite(Block block)
    {
        var steps = new List<Step>();
        var added = new List<Key>();
        foreach (var original in block.Steps)
        {
            var step = original.Rebuild(Current, Rewrite);
            if (KeyOf(step) is not { } key)
                steps.Add(step);
            else if (available.TryGetValue(key, out var earlier))
                for (var i = 0; i < earlier.Length; i++)
                    same[step.Outputs[i]] = earlier[i];
            else
            {
                available[key] = step.Outputs;
                added.Add(key);
                steps.Add(step);
            }
        }
        foreach (var key in added)
            available.Remove(key);
        return new(block.Parameters, [.. steps], Array.ConvertAll(block.Results, Current));
    }

    /// <summary>What makes two steps equal, or null for steps that are not compared.</summary>
    Key? KeyOf(Step step) =>
        step switch
        {
            KernelStep s => KernelKey(s),
            AliasStep => new Key(typeof(AliasStep), [step.Inputs[0], step.Outputs[0].Type]),
            TapeStep => new Key(typeof(TapeStep), [.. step.Inputs, step.Outputs[0].Type]),
            ConstantStep s => new Key(typeof(ConstantStep), [s.Data.Buffer, s.Data.Aval]),
            RoutineStep { Routine: var routine } s => new Key(
                routine.Options is null ? routine : routine.GetType(),
                [routine.Options, .. s.Inputs, .. s.Outputs.Select(o => o.Type)]
            ),
            _ => null,
        };

    Key? KernelKey(KernelStep step)
    {
        // Filling an array costs no more than copying one, and each of two may be overwritten in place.
        if (Array.TrueForAll(step.Outputs, facts.Uniform.ContainsKey))
            return null;
        var kernel = facts.Operands.Open(step);
        var parts = new List<object?> { kernel.Space };
        foreach (var output in kernel.Outputs)
        {
            parts.AddRange([output.Type.Strong, output.Fold, output.Prefix, output.Into, output.Index?.Length, output.Guard is not null]);
            parts.AddRange(output.Expressions);
        }
        return new(kernel.ReducedAxes, parts);
    }

    /// <summary>A list compared element by element; expressions are interned, so equal ones are the same.</summary>
    sealed class Key(object kind, List<object?> parts) : IEquatable<Key>
    {
        readonly object kind = kind;
        readonly List<object?> parts = parts;

        public bool Equals(Key? other) => other is not null && kind.Equals(other.kind) && parts.SequenceEqual(other.parts);

        public override bool Equals(object? obj) => Equals(obj as Key);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            hash.Add(kind);
            foreach (var part in parts)
                hash.Add(part);
            return hash.ToHashCode();
        }
    }
}
