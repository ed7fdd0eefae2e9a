namespace Autodiff;

/// <summary>The bottom: every operation is computed at once, on the current device.</summary>
public sealed class EvalTrace : Trace
{
    public static readonly EvalTrace Instance = new();

    EvalTrace() { }

    public override NDArray[] Bind(Primitive primitive, NDArray[] xs) =>
        Run(
            primitive.Evaluated,
            xs,
            static (p, types) =>
            {
                var results = p.InferTypes(types); // the errors of staging, before any lowering
                return ProgramBuilder.Build(types, (builder, inputs) => builder.Typed(p.Emit(builder, inputs), results));
            }
        );

    /// <summary>Runs the program that <paramref name="lower"/> gives for the primitive, or the one it gave before for operands of these types.</summary>
    internal static NDArray[] Run(Primitive primitive, NDArray[] xs, Func<Primitive, Aval[], Program> lower) =>
        ExecutableCache.Get(primitive, AvalsOf(primitive, xs), lower).Run(xs);

    static Aval[] AvalsOf(Primitive primitive, NDArray[] xs)
    {
        var avals = new Aval[xs.Length];
        for (var i = 0; i < xs.Length; i++)
            avals[i] = xs[i] is Concrete c ? c.Aval : throw NotConcrete(primitive, xs[i]);
        return avals;
    }

    static AutodiffException NotConcrete(Primitive primitive, NDArray x) =>
        x is AbstractArray
            ? new ConcretizationException($"'{primitive.Name}' needs values, but {x} is only a type; use it with EvalShape and MakeJaxpr.")
            : new EscapedTracerException(
                $"'{primitive.Name}' got {x} outside the transform that made it. A traced value lives only while its function runs, on the thread that runs it: "
                    + "return it from the function instead of keeping it in a field, a list or a captured variable, or handing it to another thread."
            );
}
