namespace Autodiff;

// From and to C# values.
public abstract partial class NDArray
{
    /// <summary>A weakly typed Int64 scalar.</summary>
    public static implicit operator NDArray(int value) => FromInteger(value);

    /// <summary>A weakly typed Int64 scalar.</summary>
    public static implicit operator NDArray(long value) => FromInteger(value);

    /// <summary>A weakly typed Float64 scalar.</summary>
    public static implicit operator NDArray(double value) => ConcreteArray.Scalar(DType.Float64, value, weak: true);

    /// <summary>A Float32 scalar.</summary>
    public static implicit operator NDArray(float value) => ConcreteArray.Scalar(DType.Float32, value);

    /// <summary>A Bool scalar.</summary>
    public static implicit operator NDArray(bool value) => ConcreteArray.Scalar(DType.Bool, value ? 1 : 0);

    static ConcreteArray FromInteger(long value)
    {
        var literal = ConcreteArray.Literal(new Aval(DType.Int64, Shape.Scalar, Weak: true));
        literal.At<long>(0) = value;
        return literal;
    }

    /// <summary>The array behind this value, or an error that says why there is none.</summary>
    internal ConcreteArray Materialize(string purpose) =>
        this switch
        {
            ConcreteArray array => array,
            Tracer { Known: { } known } => known.Materialize(purpose),
            _ => throw new ConcretizationException(
                $"{purpose} needs the value of {this}, which is not known while a function is traced. "
                    + "Under Jit and Vmap, and inside loops and branches, use Where, Cond or WhileLoop instead of C#'s if and while, "
                    + "and keep numbers that decide the program's form as C# numbers that the function captures."
            ),
        };
}
