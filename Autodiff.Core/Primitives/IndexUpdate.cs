using System.Runtime.CompilerServices;

namespace Autodiff;

/// <summary>What happens where an index computed by a program is out of range.</summary>
public enum IndexMode
{
    /// <summary>The nearest place inside is meant.</summary>
    Clip,

    /// <summary>Updates are dropped; what is read is filled in.</summary>
    Drop,

    /// <summary>The same as <see cref="Drop"/>, by the word for reading.</summary>
    Fill,

    /// <summary>Nothing checks it: the caller promises that there is none.</summary>
    PromiseInBounds,
}

public abstract partial class NDArray
{
    /// <summary>Updates of elements, as new arrays: <c>x.At[1..3].Set(0)</c>. Indices are those of <c>x[…]</c>.</summary>
    public IndexedArray At => new(this);
}

/// <summary>See <see cref="NDArray.At"/>.</summary>
public readonly struct IndexedArray
{
    readonly NDArray x;

    internal IndexedArray(NDArray x) => this.x = x;

    /// <summary>The elements to update.</summary>
    /// <exception cref="IndexingException">There are more indices than axes, a C# number is out of range, arrays do not broadcast, or a
    /// mask is traced.</exception>
    public IndexUpdate this[params ReadOnlySpan<Slice> index] => new(x, new IndexPlan(x, index));

    /// <inheritdoc cref="this[ReadOnlySpan{Slice}]"/>
    [OverloadResolutionPriority(1)]
    public IndexUpdate this[NDArray index] => new(x, new IndexPlan(x, [index.NotNull()]));
}

/// <summary>
/// Elements of an array that are to be read or replaced. Values broadcast to the shape of <c>x[…]</c> and take the type of x. Each method
/// returns a new array. Indices computed by a program that are out of range are dropped unless the mode says otherwise;
/// <c>uniqueIndices</c> promises that no element is met twice. Where one is, Add, Multiply, Min and Max take all its values and Set the
/// last.
/// </summary>
public readonly struct IndexUpdate
{
    readonly NDArray x;
    readonly IndexPlan plan;

    internal IndexUpdate(NDArray x, IndexPlan plan) => (this.x, this.plan) = (x, plan);

    /// <summary>The array with these elements replaced.</summary>
    public NDArray Set(NDArray values, IndexMode mode = IndexMode.Drop, bool uniqueIndices = false) =>
        Write(x, values, Fold.Set, mode, uniqueIndices);

    /// <summary>The array with values added to these elements.</summary>
    public NDArray Add(NDArray values, IndexMode mode = IndexMode.Drop, bool uniqueIndices = false) =>
        Write(x, values, Fold.Add, mode, uniqueIndices);

    /// <summary>The array with values subtracted from these elements.</summary>
    public NDArray Subtract(NDArray values, IndexMode mode = IndexMode.Drop, bool uniqueIndices = false) =>
        Write(x, -Fitting(values), Fold.Add, mode, uniqueIndices);

    /// <summary>The array with these elements multiplied by values. A derivative with respect to the values needs unique indices.</summary>
    public NDArray Multiply(NDArray values, IndexMode mode = IndexMode.Drop, bool uniqueIndices = false) =>
        Write(x, values, Fold.Mul, mode, uniqueIndices);

    /// <summary>
    /// The array with these elements divided by values; of floats, as x / y is. A derivative with respect to the values needs unique
    /// indices.
    /// </summary>
    public NDArray Divide(NDArray values, IndexMode mode = IndexMode.Drop, bool uniqueIndices = false) =>
        x / Factors(values, mode, uniqueIndices);

    /// <summary>
    /// The array with these elements raised to the power of values. A derivative with respect to the values needs unique indices.
    /// </summary>
    public NDArray Power(NDArray values, IndexMode mode = IndexMode.Drop, bool uniqueIndices = false) =>
        Ops.Power(x, Factors(values, mode, uniqueIndices));

    /// <summary>The array with the smaller of these elements and values.</summary>
    public NDArray Min(NDArray values, IndexMode mode = IndexMode.Drop, bool uniqueIndices = false) =>
        Write(x, values, Fold.Min, mode, uniqueIndices);

    /// <summary>The array with the larger of these elements and values.</summary>
    public NDArray Max(NDArray values, IndexMode mode = IndexMode.Drop, bool uniqueIndices = false) =>
        Write(x, values, Fold.Max, mode, uniqueIndices);

    /// <summary>The array with a function applied to these elements, once to each.</summary>
    public NDArray Apply(Func<NDArray, NDArray> f, IndexMode mode = IndexMode.Drop, bool uniqueIndices = false) =>
        Write(x, f(Get(mode)), Fold.Set, mode, uniqueIndices);

    /// <summary>
    /// These elements. Out of range, <see cref="IndexMode.Fill"/> gives <paramref name="fillValue"/>: by default NaN, the lowest signed
    /// or the highest unsigned integer.
    /// </summary>
    public NDArray Get(IndexMode mode = IndexMode.Clip, double? fillValue = null) => plan.Read(x, Ops.GatherModeOf(mode), fillValue);

    // Ones but for the product of the values that meet an element.
    NDArray Factors(NDArray values, IndexMode mode, bool unique) =>
        Write(Ops.Ones(x.Shape, values.NotNull().DType.IsFloat ? values.DType : x.DType), values, Fold.Mul, mode, unique);

    NDArray Write(NDArray into, NDArray values, Fold fold, IndexMode mode, bool unique) =>
        plan.Write(into, Fitting(values), fold, Ops.ScatterModeOf(mode), unique);

    NDArray Fitting(NDArray values) =>
        values.NotNull().Aval.Weak && values.DType.IsInteger && x.DType.IsInteger ? Ops.Adapt(values, x.DType) : values;
}
