namespace Autodiff;

/// <summary>What an equation reads: a variable or a literal.</summary>
public abstract class Atom(Aval aval)
{
    public Aval Aval => aval;
}

/// <summary>A variable of a <see cref="Jaxpr"/>, compared by reference.</summary>
public sealed class Var(Aval aval) : Atom(aval);

/// <summary>A number written in the program.</summary>
public sealed class Literal(ConcreteArray value) : Atom(value.Aval)
{
    public ConcreteArray Value => value;
}

/// <summary>One application of a primitive.</summary>
public sealed record Equation(Primitive Primitive, Atom[] Inputs, Var[] Outputs);

/// <summary>
/// A program: a closed, pure, typed function in A-normal form. Immutable; two are equal if they are alike but for the names of
/// variables. It prints in JAX's form.
/// </summary>
public sealed class Jaxpr : IEquatable<Jaxpr>
{
    readonly Lazy<int> hash;
    readonly System.Collections.Concurrent.ConcurrentDictionary<object, object> remembered = new();

    public Jaxpr(Var[] inputs, Equation[] equations, Atom[] outputs)
    {
        Inputs = inputs;
        Equations = equations;
        Outputs = outputs;
        InputTypes = Array.ConvertAll(inputs, v => v.Aval);
        OutputTypes = Array.ConvertAll(outputs, a => a.Aval);
        hash = new(() => JaxprEquality.Hash(this));
    }

    public Var[] Inputs { get; }
    public Equation[] Equations { get; }
    public Atom[] Outputs { get; }
    public Aval[] InputTypes { get; }
    public Aval[] OutputTypes { get; }

    /// <summary>Applies the program in the current trace, equation by equation.</summary>
    public NDArray[] Evaluate(params NDArray[] arguments)
    {
        var values = new Dictionary<Var, NDArray>(Inputs.Length + Equations.Length);
        for (var i = 0; i < arguments.Length; i++)
            values[Inputs[i]] = arguments[i];
        NDArray Read(Atom a) => a is Var v ? values[v] : ((Literal)a).Value;
        foreach (var e in Equations)
        {
            var ys = e.Primitive.BindAll(Array.ConvertAll(e.Inputs, Read));
            for (var i = 0; i < ys.Length; i++)
                values[e.Outputs[i]] = ys[i];
        }
        return Array.ConvertAll(Outputs, Read);
    }

    /// <summary>Writes the steps of the program for inputs that are there already.</summary>
    public Value[] Emit(ProgramBuilder builder, Value[] inputs)
    {
        var values = new Dictionary<Var, Value>(Inputs.Length + Equations.Length);
        for (var i = 0; i < inputs.Length; i++)
            values[Inputs[i]] = inputs[i];
        Value Read(Atom a) => a is Var v ? values[v] : builder.Constant(((Literal)a).Value);
        foreach (var e in Equations)
        {
            var ys = e.Primitive.Emit(builder, Array.ConvertAll(e.Inputs, Read));
            for (var i = 0; i < ys.Length; i++)
                values[e.Outputs[i]] = ys[i];
        }
        return Array.ConvertAll(Outputs, Read);
    }

    /// <summary>The program without the equations whose results are not read.</summary>
    internal Jaxpr Prune() => new(Inputs, Pruning.Prune(Equations, Outputs), Outputs);

    /// <summary>What <paramref name="derive"/> gives for this program, kept as long as the program: a transform of it, or its executable.</summary>
    internal T Remember<T>(object key, Func<T> derive)
        where T : notnull => (T)remembered.GetOrAdd(key, static (_, d) => d(), derive);

    public bool Equals(Jaxpr? other) => ReferenceEquals(this, other) || other is not null && JaxprEquality.Equal(this, other);

    public override bool Equals(object? obj) => Equals(obj as Jaxpr);

    public override int GetHashCode() => hash.Value;

    public override string ToString() => JaxprPrinter.Print(this);
}
