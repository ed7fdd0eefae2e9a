using System.Runtime.CompilerServices;

namespace Autodiff;

/// <summary>
/// Numbers the values of a program, so that expressions of different kernels speak of the same operands: an opened kernel reads operand
/// <c>Id(value)</c>, and closing it numbers its inputs anew, each once and only those that are read.
/// </summary>
sealed class OperandTable(ScalarInterner interner)
{
    readonly Dictionary<Value, int> ids = [];
    readonly List<Value> values = [];

    internal Value this[int id] => values[id];

    internal int Id(Value value)
    {
        if (!ids.TryGetValue(value, out var id))
        {
            ids[value] = id = values.Count;
            values.Add(value);
        }
        return id;
    }

    internal Kernel Open(KernelStep step)
    {
        var ids = Array.ConvertAll(step.Inputs, Id);
        return Renumber(step.Kernel, operand => ids[operand], interner.Intern);
    }

    internal KernelStep Close(Kernel kernel, Value[] outputs)
    {
        var inputs = new List<Value>();
        var numbers = new Dictionary<int, int>();
        var closed = Renumber(
            kernel,
            id =>
            {
                if (!numbers.TryGetValue(id, out var number))
                {
                    numbers[id] = number = inputs.Count;
                    inputs.Add(values[id]);
                }
                return number;
            },
            s => s
        );
        return new(closed, [.. inputs], outputs);
    }

    static Kernel Renumber(Kernel kernel, Func<int, int> number, Func<Scalar, Scalar> keep)
    {
        var done = new Dictionary<Scalar, Scalar>();
        Scalar Visit(Scalar node)
        {
            if (done.TryGetValue(node, out var result))
                return result;
            RuntimeHelpers.EnsureSufficientExecutionStack();
            return done[node] = keep(
                node switch
                {
                    Element e => new Element(number(e.Operand), e.Type, Array.ConvertAll(e.Index, Visit)),
                    Apply a => a.WithArguments(VisitAll(a.Arguments)),
                    _ => node,
                }
            );
        }
        Scalar[] VisitAll(Scalar[] nodes)
        {
            var visited = Array.ConvertAll(nodes, Visit);
            return visited.AsSpan().SequenceEqual(nodes) ? nodes : visited;
        }
        return new(
            kernel.Space,
            kernel.ReducedAxes,
            Array.ConvertAll(kernel.Outputs, o => o.Rewrite(Visit, o.Into is { } into ? number(into) : null))
        );
    }
}
