using System.Runtime.CompilerServices;

namespace Autodiff;

public static partial class Transform
{
    static readonly ConditionalWeakTable<Delegate, JitFunction> Jitted = [];

    /// <summary>
    /// The function compiled: at the first call with a new signature (tree, element types, shapes, weak types) it is traced and compiled; later calls run
    /// the compiled code. <see cref="CompileCache"/> bounds how many signatures are kept. C# numbers and objects that it captures are part of the program. It must be pure: side effects happen when it is traced.
    /// </summary>
    /// <param name="f">The function.</param>
    /// <param name="donate">
    /// Positions of arguments, from 0, that each call is given for good: their arrays (all leaves of a tree) have no values afterwards, and the call
    /// uses their memory, for results where one has as many bytes. Where the function is traced as part of another, and of numbers written in C#, nothing is donated.
    /// </param>
    /// <exception cref="InvalidArgumentException">
    /// A position to donate is none, or is given twice; or (when called) an array is donated that is also another argument, or is captured.
    /// </exception>
    /// <exception cref="ReleasedArrayException">An argument, or an array that the function captured, was donated or disposed of before (raised when called).</exception>
    public static Func<NDArray, NDArray> Jit(Func<NDArray, NDArray> f, ReadOnlySpan<int> donate = default) =>
        (Func<NDArray, NDArray>)JitDelegate(f, donate);

    /// <inheritdoc cref="Jit(Func{NDArray, NDArray}, ReadOnlySpan{int})"/>
    public static Func<NDArray, NDArray, NDArray> Jit(Func<NDArray, NDArray, NDArray> f, ReadOnlySpan<int> donate = default) =>
        (Func<NDArray, NDArray, NDArray>)JitDelegate(f, donate);

    /// <inheritdoc cref="Jit(Func{NDArray, NDArray}, ReadOnlySpan{int})"/>
    public static Func<NDArray, NDArray, NDArray, NDArray> Jit(
        Func<NDArray, NDArray, NDArray, NDArray> f,
        ReadOnlySpan<int> donate = default
    ) => (Func<NDArray, NDArray, NDArray, NDArray>)JitDelegate(f, donate);

    /// <inheritdoc cref="Jit(Func{NDArray, NDArray}, ReadOnlySpan{int})"/>
    public static F Jit<F>(F f, ReadOnlySpan<int> donate = default)
        where F : Delegate => (F)JitDelegate(f, donate);

    /// <summary>How often a jitted function was traced, how many signatures it holds, and how many it has forgotten.</summary>
    /// <exception cref="InvalidArgumentException">The delegate was not made by Jit.</exception>
    public static JitStatistics StatisticsOf(Delegate jitted) => JitFunctionOf(jitted, "StatisticsOf").Statistics;

    static JitFunction JitFunctionOf(Delegate jitted, string asked)
    {
        ArgumentNullException.ThrowIfNull(jitted);
        // A delegate made of another one, by giving it another type, has that one as its target.
        for (var f = jitted; f is not null; f = f.Target as Delegate)
            if (Jitted.TryGetValue(f, out var function))
                return function;
        throw new InvalidArgumentException(
            $"{asked} needs a delegate that Jit returned, but this {PyTree.NameOf(jitted.GetType())} is not one. Pass Jit(f) itself."
        );
    }

    static LoweredFunction<F> Lowered<F>(F jitted, Action<F> call)
        where F : Delegate
    {
        var function = JitFunctionOf(jitted, "Lower");
        var lifted = LiftedFunction.Of(jitted);
        StagedFunction? staged = null;
        call(
            (F)
                lifted.Wrap(arguments =>
                {
                    staged = function.Stage(arguments);
                    return (Array.ConvertAll(staged.OutputTypes, a => new AbstractArray(a)), staged.Output);
                })
        );
        return new(staged!, Device.Current, f => (F)lifted.Wrap(f));
    }

    static Delegate JitDelegate(Delegate f, ReadOnlySpan<int> donate)
    {
        var function = LiftedFunction.Of(f);
        var jit = new JitFunction(function, Donation.Positions(function, donate));
        var result = function.Wrap(jit.Call);
        Jitted.Add(result, jit);
        return result;
    }

    /// <summary>The program of a function for an argument like <paramref name="example"/>, whose values do not matter.</summary>
    [OverloadResolutionPriority(1)]
    public static Jaxpr MakeJaxpr(Func<NDArray, NDArray> f, NDArray example) => MakeJaxpr<NDArray, NDArray>(f, example.NotNull());

    /// <inheritdoc cref="MakeJaxpr(Func{NDArray, NDArray}, NDArray)"/>
    public static Jaxpr MakeJaxpr<T, R>(Func<T, R> f, T example) => ProgramOf(Staged(f, example).Closed);

    /// <inheritdoc cref="MakeJaxpr(Func{NDArray, NDArray}, NDArray)"/>
    [OverloadResolutionPriority(1)]
    public static Jaxpr MakeJaxpr(Func<NDArray, NDArray, NDArray> f, NDArray a, NDArray b) =>
        MakeJaxpr<NDArray, NDArray, NDArray>(f, a.NotNull(), b.NotNull());

    /// <inheritdoc cref="MakeJaxpr(Func{NDArray, NDArray}, NDArray)"/>
    public static Jaxpr MakeJaxpr<T1, T2, R>(Func<T1, T2, R> f, T1 a, T2 b) =>
        ProgramOf(Staged<(T1, T2), R>(t => f(t.Item1, t.Item2), (a, b)).Closed);

    /// <inheritdoc cref="MakeJaxpr(Func{NDArray, NDArray}, NDArray)"/>
    public static Jaxpr MakeJaxpr<T1, T2, T3, R>(Func<T1, T2, T3, R> f, T1 a, T2 b, T3 c) =>
        ProgramOf(Staged<(T1, T2, T3), R>(t => f(t.Item1, t.Item2, t.Item3), (a, b, c)).Closed);

    /// <inheritdoc cref="EvalShape{T, R}"/>
    [OverloadResolutionPriority(1)]
    public static NDArray EvalShape(Func<NDArray, NDArray> f, NDArray example) => EvalShape<NDArray, NDArray>(f, example.NotNull());

    /// <summary>The shapes and element types of the results of a function, without computing them: a tree of <see cref="AbstractArray"/>.</summary>
    public static R EvalShape<T, R>(Func<T, R> f, T example)
    {
        var (closed, structure) = Staged(f, example);
        return Tree.Unflatten<R>(structure, Array.ConvertAll(closed.Jaxpr.OutputTypes, a => new AbstractArray(a)));
    }

    // Arrays that the function captured are printed as constants; values traced outside become leading inputs.
    static Jaxpr ProgramOf(ClosedJaxpr closed) =>
        Array.TrueForAll(closed.Constants, c => c is ConcreteArray) ? closed.WithoutConstants : closed.Jaxpr;

    static (ClosedJaxpr Closed, TreeStructure Structure) Staged<T, R>(Func<T, R> f, T example)
    {
        ArgumentNullException.ThrowIfNull(f);
        var (leaves, structure) = Tree.Flatten(example);
        TreeStructure? output = null;
        var closed = StagingTrace.Stage(
            Array.ConvertAll(leaves, x => x.Aval),
            a =>
            {
                (var ys, output) = Tree.Flatten(f(Tree.Unflatten<T>(structure, a)));
                return ys;
            }
        );
        return (closed, output!);
    }

    /// <summary>
    /// The function, of which reverse mode stores nothing but the arguments: what its derivative needs is computed again in the backward pass.
    /// </summary>
    public static Func<NDArray, NDArray> Checkpoint(Func<NDArray, NDArray> f) => (Func<NDArray, NDArray>)CheckpointDelegate(f);

    /// <inheritdoc cref="Checkpoint(Func{NDArray, NDArray})"/>
    public static Func<NDArray, NDArray, NDArray> Checkpoint(Func<NDArray, NDArray, NDArray> f) =>
        (Func<NDArray, NDArray, NDArray>)CheckpointDelegate(f);

    /// <inheritdoc cref="Checkpoint(Func{NDArray, NDArray})"/>
    public static F Checkpoint<F>(F f)
        where F : Delegate => (F)CheckpointDelegate(f);

    static Delegate CheckpointDelegate(Delegate f)
    {
        var function = LiftedFunction.Of(f);
        return function.Wrap(arguments =>
        {
            TreeStructure? output = null;
            var closed = StagingTrace.Stage(
                Array.ConvertAll(arguments.Leaves, x => x.Aval),
                a =>
                {
                    (var ys, output) = function.Call(arguments.Structure, a);
                    return ys;
                }
            );
            return (new CheckpointPrimitive(closed.Jaxpr).BindAll([.. closed.Constants, .. arguments.Leaves]), output!);
        });
    }
}
