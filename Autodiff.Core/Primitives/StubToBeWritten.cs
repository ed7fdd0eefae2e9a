namespace Autodiff;

public static partial class Ops
{
    public static NDArray CumProd(NDArray x, int axis, bool reverse = false) => throw null!;
}
