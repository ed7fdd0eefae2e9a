namespace Autodiff;

/// <summary>Writes a <see cref="Program"/> step by step. A block inside a loop or branch is written by a delegate, while it is open.</summary>
public sealed class ProgramBuilder
{
    List<Step> steps = [];

    public static Program Build(IEnumerable<Aval> inputs, Func<ProgramBuilder, Value[], Value[]> write)
    {
        var builder = new ProgramBuilder();
        return new(builder.Open([.. inputs.Select(a => new Value(a))], parameters => write(builder, parameters)));
    }

    /// <summary>Adds a kernel or routine.</summary>
    public Value[] Add(Lowered lowered, Value[] inputs, Aval[] results)
    {
        var outputs = New(results);
        steps.Add(
            lowered switch
            {
                Kernel kernel => new KernelStep(kernel, inputs, outputs),
                Routine routine => new RoutineStep(routine, inputs, outputs),
                _ => throw new NotSupportedException($"A {lowered.GetType().Name} is neither a kernel nor a routine."),
            }
        );
        return outputs;
    }

    public Value Alias(Value input, Aval type)
    {
        var output = new Value(type);
        steps.Add(new AliasStep(input, output));
        return output;
    }

    /// <summary>The values under the types they must have, which may differ in weakness.</summary>
    public Value[] Typed(Value[] values, Aval[] types) =>
        [.. values.Select((v, i) => v.Type.Weak == types[i].Weak ? v : Alias(v, types[i]))];

    /// <summary>An array that becomes part of the program, which keeps its memory.</summary>
    public Value Constant(ConcreteArray data)
    {
        var output = new Value(data.Aval);
        steps.Add(new ConstantStep(data.IsLiteral ? data : data.AsLiteral(), output));
        return output;
    }

    public Value EmptyTape(Aval type) => AddTape([], type);

    /// <summary>The number of rows of a tape.</summary>
    public Value TapeLength(Value tape) => AddTape([tape], new Aval(DType.Int64, Shape.Scalar));

    Value AddTape(Value[] inputs, Aval type)
    {
        var output = new Value(type);
        steps.Add(new TapeStep(inputs, output));
        return output;
    }

    /// <summary>Adds a loop; see <see cref="LoopStep"/>. Exactly one of length, count and condition is given.</summary>
    public Value[] Loop(
        Value[] carry,
        Value[] xs,
        Aval[] ys,
        Func<Value, Value[], Value[], Value[]> body,
        long? length = null,
        Value? count = null,
        Func<Value[], Value>? condition = null,
        bool reverse = false
    )
    {
        var index = new Value(new Aval(DType.Int64, Shape.Scalar));
        var carried = New(carry.Select(c => c.Type));
        var rows = New(xs.Select(x => x.Type.Row));
        var block = Open([index, .. carried, .. rows], _ => body(index, carried, rows));
        Block? test = null;
        if (condition is not null)
        {
            var tested = New(carry.Select(c => c.Type));
            test = Open(tested, t => [condition(t)]);
        }
        Value[] outputs =
        [
            .. New(carry.Select(c => c.Type)),
            new Value(new Aval(DType.Int64, Shape.Scalar)),
            .. New(ys.Select(y => y.Stack(length is { } n ? checked((int)n) : null))),
        ];
        steps.Add(
            new LoopStep(carry, xs, block, outputs)
            {
                Length = length,
                Count = count,
                Condition = test,
                Reverse = reverse,
            }
        );
        return outputs;
    }

    /// <summary>Adds a branch on a Bool scalar.</summary>
    public Value[] Branch(Value predicate, Aval[] results, Func<Value[]> ifTrue, Func<Value[]> ifFalse)
    {
        var outputs = New(results);
        var yes = Open([], _ => ifTrue());
        var no = Open([], _ => ifFalse());
        steps.Add(new BranchStep(predicate, yes, no, outputs));
        return outputs;
    }

    Block Open(Value[] parameters, Func<Value[], Value[]> write)
    {
        var outer = steps;
        steps = [];
        var results = write(parameters);
        var block = new Block(parameters, [.. steps], results);
        steps = outer;
        return block;
    }

    static Value[] New(IEnumerable<Aval> types) => [.. types.Select(t => new Value(t))];
}
