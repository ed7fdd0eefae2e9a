namespace Autodiff;

/// <summary>A type in the place of an array: what <c>EvalShape</c> returns, and what <c>MakeJaxpr</c> and <c>EvalShape</c> take as examples.</summary>
public sealed class AbstractArray(Aval aval) : NDArray
{
    /// <summary>An array of this shape and element type, without values.</summary>
    public AbstractArray(Shape shape, DType type)
        : this(new Aval(type, shape)) { }

    public override Aval Aval => aval;

    public override string ToString() => aval.ToString();
}
