using System.Runtime.CompilerServices;

namespace Autodiff;

public static partial class Ops
{
    extension(NDArray)
    {
        public static NDArray operator <(NDArray x, NDArray y) => Less(x, y);

        public static NDArray operator >(NDArray x, NDArray y) => Greater(x, y);

        public static NDArray operator <=(NDArray x, NDArray y) => LessEqual(x, y);

        public static NDArray operator >=(NDArray x, NDArray y) => GreaterEqual(x, y);
    }

    /// <summary>x = y, elementwise; false on NaN.</summary>
    public static NDArray Equal(NDArray x, NDArray y) => Broadcasting.Apply(new EqualPrimitive(), x, y);

    /// <summary>x ≠ y, elementwise; true on NaN.</summary>
    public static NDArray NotEqual(NDArray x, NDArray y) => Broadcasting.Apply(new NotEqualPrimitive(), x, y);

    /// <summary>x &lt; y, elementwise; false on NaN.</summary>
    public static NDArray Less(NDArray x, NDArray y) => Broadcasting.Apply(new LessPrimitive(), x, y);

    /// <summary>x ≤ y, elementwise; false on NaN.</summary>
    public static NDArray LessEqual(NDArray x, NDArray y) => Broadcasting.Apply(new LessEqualPrimitive(), x, y);

    /// <summary>x &gt; y, elementwise; false on NaN.</summary>
    public static NDArray Greater(NDArray x, NDArray y) => Broadcasting.Apply(new LessPrimitive(), y, x);

    /// <summary>x ≥ y, elementwise; false on NaN.</summary>
    public static NDArray GreaterEqual(NDArray x, NDArray y) => Broadcasting.Apply(new LessEqualPrimitive(), y, x);

    internal sealed record EqualPrimitive : BinaryPredicate
    {
        public override string Name => "eq";

        protected override Scalar Lower(Scalar x, Scalar y) => x.Compare(ScalarOp.Equal, y);
    }

    internal sealed record NotEqualPrimitive : BinaryPredicate
    {
        public override string Name => "ne";

        protected override Scalar Lower(Scalar x, Scalar y) => x.Compare(ScalarOp.NotEqual, y);
    }

    internal sealed record LessPrimitive : BinaryPredicate
    {
        public override string Name => "lt";

        protected override Scalar Lower(Scalar x, Scalar y) => x < y;
    }

    internal sealed record LessEqualPrimitive : BinaryPredicate
    {
        public override string Name => "le";

        protected override Scalar Lower(Scalar x, Scalar y) => x <= y;
    }
}

// Elementwise, as in NumPy: comparing references would compile where an array of booleans is meant, and silently be false.
public abstract partial class NDArray
{
    /// <summary>x = y, elementwise; false on NaN. To ask for null, write <c>x is null</c>.</summary>
    public static NDArray operator ==(NDArray x, NDArray y) => Ops.Equal(Given(x), Given(y));

    /// <summary>x ≠ y, elementwise; true on NaN. To ask for null, write <c>x is not null</c>.</summary>
    public static NDArray operator !=(NDArray x, NDArray y) => Ops.NotEqual(Given(x), Given(y));

    static NDArray Given(NDArray x, [CallerArgumentExpression(nameof(x))] string name = "") =>
        x
        ?? throw new ArgumentNullException(
            name,
            "== and != compare the elements of two arrays. To ask whether there is an array, write `x is null` or `x is not null`."
        );

    /// <summary>Whether both are one object, which is what caches and records compare.</summary>
    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);
}
