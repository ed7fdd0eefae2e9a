namespace Autodiff;

/// <summary>The type of an array's elements.</summary>
public enum DType : byte
{
    Bool,
    UInt8,
    UInt32,
    Int32,
    Int64,
    Float32,
    Float64,
}

/// <summary>What is known of each <see cref="DType"/>, and the promotion lattice.</summary>
public static class DTypes
{
    public static readonly IReadOnlyList<DType> All = Enum.GetValues<DType>();

    extension(DType type)
    {
        /// <summary>The size of an element in bytes.</summary>
        public int Size =>
            type switch
            {
                DType.Bool or DType.UInt8 => 1,
                DType.UInt32 or DType.Int32 or DType.Float32 => 4,
                _ => 8,
            };

        /// <summary>The short name of the IR: <c>f64</c>, <c>i32</c>, <c>bool</c>.</summary>
        public string ShortName =>
            type switch
            {
                DType.Bool => "bool",
                DType.UInt8 => "u8",
                DType.UInt32 => "u32",
                DType.Int32 => "i32",
                DType.Int64 => "i64",
                DType.Float32 => "f32",
                _ => "f64",
            };

        /// <summary>The C# type that holds an element.</summary>
        public Type ElementType =>
            type switch
            {
                DType.Bool => typeof(bool),
                DType.UInt8 => typeof(byte),
                DType.UInt32 => typeof(uint),
                DType.Int32 => typeof(int),
                DType.Int64 => typeof(long),
                DType.Float32 => typeof(float),
                _ => typeof(double),
            };

        public bool IsFloat => type >= DType.Float32;
        public bool IsInteger => type is > DType.Bool and < DType.Float32;
        public bool IsUnsigned => type is DType.UInt8 or DType.UInt32;

        /// <summary>The least and the greatest number, of an integer type narrower than Int64.</summary>
        internal (long Least, long Most)? RangeOfNarrow =>
            type switch
            {
                DType.UInt8 => (0, byte.MaxValue),
                DType.UInt32 => (0, uint.MaxValue),
                DType.Int32 => (int.MinValue, int.MaxValue),
                _ => null,
            };

        /// <summary>The type in which a function such as sin computes: the type itself for floats, Float64 for integers and booleans.</summary>
        public DType ToFloat => type.IsFloat ? type : DType.Float64;
    }

    /// <summary>The element type that holds values of the C# type <paramref name="type"/>.</summary>
    /// <exception cref="DTypeException">There is no such element type.</exception>
    public static DType Of(Type type) =>
        Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean => DType.Bool,
            TypeCode.Byte => DType.UInt8,
            TypeCode.UInt32 => DType.UInt32,
            TypeCode.Int32 => DType.Int32,
            TypeCode.Int64 => DType.Int64,
            TypeCode.Single => DType.Float32,
            TypeCode.Double => DType.Float64,
            _ => throw new DTypeException(
                $"No array can hold elements of type {type.Name}. Use bool, byte, int, uint, long, float or double."
            ),
        };

    /// <summary>
    /// The least upper bound of two types in JAX's promotion lattice. A weak type (a C# literal's) adapts to the other operand:
    /// a weak integer to every integer and float, a weak float to every float.
    /// </summary>
    public static (DType Type, bool Weak) Promote((DType Type, bool Weak) a, (DType Type, bool Weak) b)
    {
        var joined = Joins[(int)NodeOf(a), (int)NodeOf(b)];
        return joined switch
        {
            Node.WeakInt => (DType.Int64, true),
            Node.WeakFloat => (DType.Float64, true),
            Node.Bool => (DType.Bool, false),
            Node.UInt8 => (DType.UInt8, false),
            Node.UInt32 => (DType.UInt32, false),
            Node.Int32 => (DType.Int32, false),
            Node.Int64 => (DType.Int64, false),
            Node.Float32 => (DType.Float32, false),
            _ => (DType.Float64, false),
        };
    }

    enum Node
    {
        Bool,
        WeakInt,
        UInt8,
        UInt32,
        Int32,
        Int64,
        WeakFloat,
        Float32,
        Float64,
    }

    static Node NodeOf((DType Type, bool Weak) t) =>
        t switch
        {
            (DType.Bool, _) => Node.Bool,
            ({ IsFloat: true }, true) => Node.WeakFloat,
            (_, true) => Node.WeakInt,
            (DType.UInt8, _) => Node.UInt8,
            (DType.UInt32, _) => Node.UInt32,
            (DType.Int32, _) => Node.Int32,
            (DType.Int64, _) => Node.Int64,
            (DType.Float32, _) => Node.Float32,
            _ => Node.Float64,
        };

    // The edges of the lattice; a new type adds its node and its edges.
    static readonly (Node From, Node To)[] Edges =
    [
        (Node.Bool, Node.WeakInt),
        (Node.WeakInt, Node.UInt8),
        (Node.WeakInt, Node.Int32),
        (Node.UInt8, Node.UInt32),
        (Node.UInt8, Node.Int32),
        (Node.UInt32, Node.Int64),
        (Node.Int32, Node.Int64),
        (Node.Int64, Node.WeakFloat),
        (Node.WeakFloat, Node.Float32),
        (Node.Float32, Node.Float64),
    ];

    static readonly Node[,] Joins = ComputeJoins();

    // Bits instead of sets: this runs before the first operation of every process.
    static Node[,] ComputeJoins()
    {
        var count = (int)Node.Float64 + 1;
        var above = new int[count];
        for (var n = count - 1; n >= 0; n--)
            above[n] = 1 << n;
        // An edge leads to a later node.
        for (var e = Edges.Length - 1; e >= 0; e--)
            above[(int)Edges[e].From] |= above[(int)Edges[e].To];
        var joins = new Node[count, count];
        for (var a = 0; a < count; a++)
        for (var b = 0; b < count; b++)
        {
            var common = above[a] & above[b];
            var least = 0;
            while ((common & ~above[least]) != 0 || (common >> least & 1) == 0)
                least++;
            joins[a, b] = (Node)least;
        }
        return joins;
    }
}
