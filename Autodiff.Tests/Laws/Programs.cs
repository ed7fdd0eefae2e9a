namespace Autodiff.Tests;

/// <summary>The programs that the transforms make of a row.</summary>
public static class Programs
{
    /// <summary>The row itself, its derivatives in both modes, and a batch of two of each.</summary>
    public static IEnumerable<(string Transform, Func<Jaxpr> Stage)> Of(OpRow row, int[][] shapes, DType type)
    {
        var xs = row.Draw(shapes, type);
        var functions = new List<(string, Func<NDArray[], NDArray[]>)> { ("value", row.Function) };
        if (row.Order > 0 && type.IsFloat)
        {
            functions.Add(("jvp", a => Differentiation.Jvp(row.Function, a)));
            functions.Add(("vjp", a => Differentiation.Vjp(row.Function, a)));
        }
        if (row.Order > 1 && type.IsFloat)
            functions.Add(("vjp of vjp", a => Differentiation.Vjp(b => Differentiation.Vjp(row.Function, b), a)));
        foreach (var (name, f) in functions)
        {
            yield return (name, () => Transform.MakeJaxpr(f, xs));
            if (xs.Length > 0)
                yield return (
                    $"vmap of {name}",
                    () => Transform.MakeJaxpr(Transform.Vmap(f), Array.ConvertAll(xs, x => Ops.Stack([x, x])))
                );
        }
    }

    /// <summary>The primitives of a program and of those that it carries.</summary>
    public static IEnumerable<Primitive> PrimitivesOf(Jaxpr program) =>
        program.Equations.SelectMany(e =>
            e.Primitive is ICarriesPrograms carrier ? carrier.Programs.SelectMany(PrimitivesOf).Prepend(e.Primitive) : new[] { e.Primitive }
        );
}
