using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Autodiff;

// From and to C# values.
public abstract partial class NDArray
{
    /// <summary>A weakly typed Int64 scalar.</summary>
    public static implicit operator NDArray(int value) => FromInteger(value);

    /// <summary>A weakly typed Int64 scalar.</summary>
    public static implicit operator NDArray(long value) => FromInteger(value);

    /// <summary>A weakly typed Int64 scalar.</summary>
    public static implicit operator NDArray(byte value) => FromInteger(value);

    /// <summary>A weakly typed Int64 scalar.</summary>
    public static implicit operator NDArray(ushort value) => FromInteger(value);

    /// <summary>A weakly typed Int64 scalar.</summary>
    public static implicit operator NDArray(uint value) => FromInteger(value);

    /// <summary>A weakly typed Int64 scalar.</summary>
    /// <exception cref="DTypeException">The number is too large for one.</exception>
    public static implicit operator NDArray(ulong value) =>
        value <= long.MaxValue
            ? FromInteger((long)value)
            : throw new DTypeException(
                $"No element type holds the integer {value}. The largest is {long.MaxValue}; or convert it to double."
            );

    /// <summary>A weakly typed Float64 scalar.</summary>
    public static implicit operator NDArray(double value) => ConcreteArray.Scalar(DType.Float64, value, weak: true);

    /// <summary>A Float32 scalar.</summary>
    public static implicit operator NDArray(float value) => ConcreteArray.Scalar(DType.Float32, value);

    /// <summary>A Bool scalar.</summary>
    public static implicit operator NDArray(bool value) => ConcreteArray.Scalar(DType.Bool, value ? 1 : 0);

    public static implicit operator NDArray(double[] values) => Ops.Asarray(values);

    public static implicit operator NDArray(double[,] values) => Ops.Asarray(values);

    public static implicit operator NDArray(float[] values) => Ops.Asarray(values);

    public static implicit operator NDArray(float[,] values) => Ops.Asarray(values);

    public static implicit operator NDArray(int[] values) => Ops.Asarray(values);

    public static implicit operator NDArray(int[,] values) => Ops.Asarray(values);

    public static implicit operator NDArray(long[] values) => Ops.Asarray(values);

    public static implicit operator NDArray(long[,] values) => Ops.Asarray(values);

    public static implicit operator NDArray(uint[] values) => Ops.Asarray(values);

    public static implicit operator NDArray(uint[,] values) => Ops.Asarray(values);

    public static implicit operator NDArray(byte[] values) => Ops.Asarray(values);

    public static implicit operator NDArray(byte[,] values) => Ops.Asarray(values);

    public static implicit operator NDArray(bool[] values) => Ops.Asarray(values);

    public static implicit operator NDArray(bool[,] values) => Ops.Asarray(values);

    static ConcreteArray FromInteger(long value)
    {
        var literal = ConcreteArray.Literal(new Aval(DType.Int64, Shape.Scalar, Weak: true));
        literal.Ref<long>(0) = value;
        return literal;
    }

    /// <summary>The number, as a double.</summary>
    /// <exception cref="ShapeException">The array is not a scalar.</exception>
    /// <exception cref="ConcretizationException">The number is not known while a function is traced.</exception>
    public static explicit operator double(NDArray x) => x.NotNull().Scalar("A conversion to double", OfNumbers).Load(0);

    /// <summary>The number, as a float.</summary>
    /// <exception cref="ShapeException">The array is not a scalar.</exception>
    /// <exception cref="ConcretizationException">The number is not known while a function is traced.</exception>
    public static explicit operator float(NDArray x) => (float)x.NotNull().Scalar("A conversion to float", OfNumbers).Load(0);

    /// <summary>The number, as a long; fractions are cut off.</summary>
    /// <exception cref="ShapeException">The array is not a scalar.</exception>
    /// <exception cref="ConcretizationException">The number is not known while a function is traced.</exception>
    public static explicit operator long(NDArray x) => x.NotNull().Scalar("A conversion to long", OfIndices).LoadInteger(0);

    /// <summary>The number, as an int; fractions are cut off.</summary>
    /// <exception cref="ShapeException">The array is not a scalar.</exception>
    /// <exception cref="ConcretizationException">The number is not known while a function is traced.</exception>
    public static explicit operator int(NDArray x) => (int)x.NotNull().Scalar("A conversion to int", OfIndices).LoadInteger(0);

    /// <summary>The truth value: whether the number is not zero.</summary>
    /// <exception cref="ShapeException">The array is not a scalar.</exception>
    /// <exception cref="ConcretizationException">The number is not known while a function is traced.</exception>
    public static explicit operator bool(NDArray x) => x.NotNull().Scalar("A conversion to bool").Load(0) != 0;

    /// <summary>The number, in the C# type of the elements.</summary>
    /// <exception cref="ShapeException">The array is not a scalar.</exception>
    /// <exception cref="DTypeException">The elements have another type.</exception>
    /// <exception cref="ConcretizationException">The number is not known while a function is traced.</exception>
    public T Item<T>()
        where T : unmanaged
    {
        var item = default(T);
        Scalar("Item").CopyTo(new Span<T>(ref item));
        return item;
    }

    /// <summary>The elements in row-major order.</summary>
    /// <exception cref="DTypeException">The elements have another type.</exception>
    /// <exception cref="ConcretizationException">They are not known while a function is traced.</exception>
    public T[] ToArray<T>()
        where T : unmanaged
    {
        var result = new T[Size];
        Materialize("ToArray").CopyTo<T>(result);
        return result;
    }

    /// <summary>Copies the elements, in row-major order.</summary>
    /// <exception cref="DTypeException">The elements have another type.</exception>
    /// <exception cref="ShapeException">There is not enough room.</exception>
    /// <exception cref="ConcretizationException">They are not known while a function is traced.</exception>
    public void CopyTo<T>(Span<T> destination)
        where T : unmanaged
    {
        if (destination.Length < Size)
            throw new ShapeException($"CopyTo of {Aval} needs room for {Size} elements, but there is room for {destination.Length}.");
        Materialize("CopyTo").CopyTo(destination[..(int)Size]);
    }

    /// <summary>A C# array of the same rank, such as a <c>double[,]</c>; of one element for a scalar.</summary>
    /// <exception cref="ConcretizationException">The elements are not known while a function is traced.</exception>
    public Array ToMultiArray()
    {
        var array = Materialize("ToMultiArray");
        var result = Array.CreateInstance(DType.ElementType, Rank == 0 ? [1] : Shape.Dims.ToArray());
        array.CopyBytes(BytesOf(result, array.Aval.ByteSize));
        return result;
    }

    /// <summary>C# arrays of arrays, such as a <c>double[][]</c> for a matrix.</summary>
    /// <exception cref="ShapeException">The array is a scalar.</exception>
    /// <exception cref="ConcretizationException">The elements are not known while a function is traced.</exception>
    public Array ToJaggedArray()
    {
        if (Rank == 0)
            throw new ShapeException("ToJaggedArray needs an array with axes; use Item for the number of a scalar.");
        return Jagged(Materialize("ToJaggedArray"), 0, 0);
    }

    static Array Jagged(ConcreteArray x, int axis, int row)
    {
        var type = x.DType.ElementType;
        var (size, last) = (x.Shape[axis], axis == x.Rank - 1);
        for (var i = axis + 1; i < x.Rank; i++)
            type = type.MakeArrayType();
        var result = Array.CreateInstance(type, size);
        if (last)
        {
            var bytes = size * x.DType.Size;
            x.CopyBytes(BytesOf(result, bytes), row * bytes);
        }
        for (var i = 0; i < size && !last; i++)
            result.SetValue(Jagged(x, axis + 1, row * size + i), i);
        return result;
    }

    internal static Span<byte> BytesOf(Array values, long bytes) =>
        MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(values), checked((int)bytes));

    const string OfNumbers =
        "A number taken out of an array is no part of what is traced: compute with arrays, with Sqrt(x) instead of Math.Sqrt((double)x), and choose by Where, "
        + "Cond or WhileLoop.";

    const string OfIndices =
        "A number taken out of an array is no part of what is traced: an array may stand where it was for, as the index in x[i], as a bound of ForiLoop, and in "
        + "Where, Cond and WhileLoop. Sizes of results are C# numbers, which the function captures.";

    ConcreteArray Scalar(string purpose, string? advice = null) =>
        Size == 1
            ? Materialize(purpose, advice)
            : throw new ShapeException($"{purpose} needs one number, but {Aval} has {Size} elements. Index or reduce it first.");

    /// <summary>The array behind this value, or an error that says why there is none, and what to do.</summary>
    internal ConcreteArray Materialize(string purpose, string? advice = null) =>
        this switch
        {
            ConcreteArray array => array,
            Tracer { Known: { } known } => known.Materialize(purpose, advice),
            _ => throw new ConcretizationException(
                $"{purpose} needs the value of {this}, which is not known while a function is traced. "
                    + (
                        advice
                        ?? "Under Jit and Vmap, and inside loops and branches, use Where, Cond or WhileLoop instead of C#'s if and while, & and | instead of && and ||, "
                            + "and keep numbers that decide the program's form as C# numbers that the function captures."
                    )
            ),
        };
}

public static partial class Ops
{
    /// <summary>The array itself; a C# number or array becomes one by conversion.</summary>
    public static NDArray Asarray(NDArray x) => x.NotNull();

    /// <summary>A C# array of any rank, or of arrays of arrays of one length. The elements are copied and keep their type.</summary>
    /// <exception cref="DTypeException">No array can hold elements of that type.</exception>
    /// <exception cref="ShapeException">Rows differ in length.</exception>
    [OverloadResolutionPriority(1)]
    public static NDArray Asarray(Array values)
    {
        if (values.NotNull().GetType().GetElementType() is { IsArray: true })
            return FromJagged(values);
        var type = DTypes.Of(values.GetType().GetElementType()!);
        var aval = new Aval(type, [.. Enumerable.Range(0, values.Rank).Select(values.GetLength)]);
        var buffer = Device.Current.Allocate(aval.ByteSize);
        buffer.CopyFrom(NDArray.BytesOf(values, aval.ByteSize));
        return new ConcreteArray(aval, buffer);
    }

    static NDArray FromJagged(Array rows)
    {
        if (rows.Length == 0)
            throw new ShapeException("An empty array of arrays does not say how long its rows are. Use Zeros with a shape.");
        var parts = new NDArray[rows.Length];
        var next = 0;
        foreach (Array row in rows)
            parts[next++] = Asarray(row);
        return Stack(parts);
    }

    /// <summary>A copy of elements in row-major order, of the given shape; a vector if none is given.</summary>
    /// <exception cref="DTypeException">No array can hold elements of that type.</exception>
    /// <exception cref="ShapeException">The shape has another number of elements.</exception>
    public static NDArray FromSpan<T>(ReadOnlySpan<T> values, params ReadOnlySpan<int> shape)
        where T : unmanaged
    {
        var dims = shape.IsEmpty ? [values.Length] : Shape.Create(shape);
        return dims.Size == values.Length
            ? ConcreteArray.Create(new Aval(DTypes.Of(typeof(T)), dims), values)
            : throw new ShapeException($"FromSpan got {values.Length} elements for the shape {dims}, which has {dims.Size}.");
    }
}
